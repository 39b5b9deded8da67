"""The tables of a run, as Markdown.

python -m bench.search.report --count 100000 --work /tmp/search > bench/search/RESULTS-100000.md
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from bench.search.peers import PEERS
from bench.search.run import slug
from bench.search.stages import summary
from vandap.core.machine import hardware
from vandap.search.describe import bytes_per_vector
from vandap.search.index import Index


def main() -> None:
    """Print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--engine", default="ivf")
    options = parser.parse_args()
    measured = json.loads((options.work / f"measured-{options.engine}.json").read_text())
    machine = hardware()
    print(f"# {options.count:,} made faces of 512 numbers\n")
    print(f"`python -m bench.search.run --count {options.count} --work WORK --threads {measured['threads']}`\n")
    print(
        f"{machine['processor']}, {machine['cores']} cores; load average while measuring "
        f"{measured['load'][0]:.1f}: other programs were running where it is above {machine['cores']}. Single queries, "
        "one thread, one after another, every contender in turn; recall@10 against exact search.\n"
    )
    print("## Queries\n\n| | recall@10 | queries a second | p50, ms | p99, ms |\n|---|---|---|---|---|")
    for row in sorted(measured["rows"], key=lambda row: row["name"]):
        print(
            f"| {row['name']} | {row['recall']:.3f} | {row['queries_a_second']:,.0f} | {row['p50_ms']:.2f} | "
            f"{row['p99_ms']:.2f} |"
        )
    batch = measured["batch"]
    print(
        f"\nIn batches of 1,000 on {batch['threads']} thread(s): {batch['queries_a_second']:,.0f} queries a second.\n"
    )
    builds(options)


def builds(options: argparse.Namespace) -> None:
    """The table of builds."""
    print("## Builds\n\nOne after another, so under loads that differ: read their order of magnitude.\n")
    print("| | seconds | peak memory, MiB | predicted, MiB | bytes a vector on disk | predicted |")
    print("|---|---|---|---|---|---|")
    index = Index(options.work / f"vandap-{options.engine}")
    build = index.generation.manifest.build
    print(
        f"| vandap {options.engine}, with tuning and exact answers | {build['seconds']:.0f} | "
        f"{build['peak_bytes'] / 2**20:,.0f} | {build['predicted']['peak_bytes'] / 2**20:,.0f} | "
        f"{bytes_per_vector(index):,.0f} | {build['predicted']['bytes_per_vector']:,.0f} |"
    )
    for peer in PEERS:
        path = options.work / f"{slug(peer)}.json"
        if path.is_file():
            facts: dict[str, Any] = json.loads(path.read_text())
            size = _size(options.work / slug(peer)) / options.count
            peak = facts["peak_bytes"] / 2**20
            print(f"| {facts['name']} | {facts['build_seconds']:.0f} | {peak:,.0f} | | {size:,.0f} | |")
    recall = index.generation.manifest.recall
    stages(options)
    print(
        f"\nThe index's own promise: recall@{recall.k} {recall.estimate:.4f}, at least {recall.lower95:.4f} (95 %), on "
        f"{recall.queries:,} held-out queries."
    )


def stages(options: argparse.Namespace) -> None:
    """Where the time of the index's build went."""
    path = options.work / f"stages-{options.engine}.jsonl"
    if not path.is_file():
        return
    print("\n## Stages of the index's build\n")
    print("| | seconds | seconds of processor | own memory at its end, MiB | largest with mapped files, MiB |")
    print("|---|---|---|---|---|")
    for stage in summary(path):
        own, highest = stage["anonymous"] / 2**20, stage["highest"] / 2**20
        print(f"| {stage['stage']} | {stage['seconds']:.0f} | {stage['processor']:.0f} | {own:,.0f} | {highest:,.0f} |")


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else sum(file.stat().st_size for file in path.iterdir())


if __name__ == "__main__":
    main()
