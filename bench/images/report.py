"""Write the results as Markdown: `python -m bench.images.report > bench/images/RESULTS.md`."""

from __future__ import annotations

import json

from bench.images.run import RESULTS

HEADS = (
    "data, budget", "test accuracy [95 %]", "chosen", "network", "epochs", "back end", "s a step", "whole run, s",
    "findings",
)  # fmt: skip
COMMAND = """for case in fashion cifar dogs-cats; do VANDAP_DATA=... python -m bench.images.run $case; done
python -m bench.images.report > bench/images/RESULTS.md"""


def main() -> None:
    """Print the results."""
    rows = [json.loads(line) for line in RESULTS.read_text().splitlines()]
    print("# Images on two cores\n")
    print(f"```\n{COMMAND}\n```\n")
    print("| " + " | ".join(HEADS) + " |")
    print("|---" * len(HEADS) + "|")
    for row in rows:
        accuracy, network, cost = row["accuracy"], row["network"], row["cost"] or {}
        cells = [
            f"{row['name']}, {row['budget']:.0f} s",
            f"{accuracy['value']:.4f} [{accuracy['low']:.4f}, {accuracy['high']:.4f}] of {accuracy['count']:,}",
            row["recommended"],
            f"width {network.get('width')}, {row['parameters']:,} weights, rate {network.get('learning_rate', 0):.2g}",
            f"{cost.get('epochs_run', 0):.1f}",
            row["backend"],
            f"{cost.get('seconds_per_step', 0):.3f}",
            f"{row['seconds']:.0f}",
            "; ".join(" ".join(finding.split(":")[0].split()) for finding in row["findings"]) or "none",
        ]
        print("| " + " | ".join(cells) + " |")
    for row in rows:
        _details(row)


def _details(row: dict) -> None:
    print(f"\n## {row['name']}\n")
    ladder = sorted((item for item in row["ladder"].items() if item[1] is not None), key=lambda item: -item[1])
    print("Validation: " + ", ".join(f"{slug} {score:.4f}" for slug, score in ladder) + ".\n")
    timed = [
        f"{item['backend']} {item.get('seconds_per_step') or float('nan'):.4f} s" for item in row["backends"] or []
    ]
    if timed:
        print("A step of the smallest network: " + ", ".join(timed) + ".\n")
    if "plain" in row:
        plain = row["plain"]
        gain = 100 * (row["accuracy"]["value"] - plain["accuracy"])
        seconds, epochs = plain["seconds"], plain["epochs"]
        print(f"The plain Keras example network in the same wall clock ({seconds:.0f} s, {epochs} epochs, ")
        print(f"best epoch kept): {plain['accuracy']:.4f}. vandap is {gain:+.1f} points away from it.")


if __name__ == "__main__":
    main()
