"""The index beside its peers on made faces: build, memory, recall, queries a second.

    python -m bench.search.run --count 100000 --work /tmp/search        # and then
    python -m bench.search.report --count 100000 --work /tmp/search > bench/search/RESULTS-100000.md

Everything made (vectors, the index, each peer's index, measurements) is kept in the work folder, and a step whose
result is there is not repeated: a run that was cut, or that left out a peer, goes on. So do a build that was cut and
the file of its stages (`stages-ENGINE.jsonl`). The index and its peers are built in processes of their own,
so that each one's memory is its own. Timed queries are interleaved: every contender answers a batch of single queries
in turn.

Ten million faces, without peers:

    python -m bench.search.run --count 10000000 --work WORK --threads 2 --peers none
    python -m bench.search.report --count 10000000 --work WORK > bench/search/RESULTS-10000000.md

takes 29 GB of disk while it builds (made vectors 10.2, rows as they are built 10.2, rows as they are kept 5.2, the
lists and their checkpoints 2, the groups 0.6) and 17 GB afterwards; memory below 2 GiB beside the page cache.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from bench.search.generator import Faces
from bench.search.peers import PEERS, Peer
from bench.search.stages import Stages
from vandap.search.api import build_index
from vandap.search.footprint import Footprint
from vandap.search.index import Index
from vandap.search.nearest import Best
from vandap.search.recall import TIE
from vandap.search.rows import normalised
from vandap.search.target import Target

K, TARGET, MEMORY = 10, 0.95, 8 * 2**30
OURS = "ours"
"""Stands for the index among the names of what is built."""
QUERIES, TUNING = 1000, 300
ROUNDS, BATCH = 10, 100
_BLOCK = 8192
_SAVED_EVERY = 1200.0
"""Seconds between two moments at which what has been built of a peer is kept."""


def main() -> None:
    """Make what is missing."""
    options = arguments()
    options.work.mkdir(parents=True, exist_ok=True)
    if options.build == OURS:
        build_ours(options)
        return
    if options.build:
        build_peer(options, next(peer for peer in PEERS if peer.name == options.build))
        return
    faces = Faces(options.count)
    faces.write(options.work / "vectors.npy")
    np.save(options.work / "queries.npy", faces.queries(QUERIES))
    truth(options.work)
    if not (options.work / f"vandap-{options.engine}" / "manifest.json").is_file():
        subprocess.run(_child(OURS), check=True)
    for peer in chosen(options):
        if not (options.work / f"{slug(peer)}.json").is_file():
            subprocess.run(_child(peer.name), check=False)
    measure(options)


def _child(name: str) -> list[str]:
    """The command that builds one index in a process of its own."""
    return [sys.executable, "-m", "bench.search.run", *sys.argv[1:], "--build", name]


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--peers", default="all", help="names joined by commas; none for the index alone")
    parser.add_argument("--engine", default="ivf", help="of the index; auto to race")
    parser.add_argument("--rows", default="auto", help="how the index keeps its rows")
    parser.add_argument("--build", help=argparse.SUPPRESS)
    return parser.parse_args()


def chosen(options: argparse.Namespace) -> list[type[Peer]]:
    """The peers that are installed, were asked for, and fit."""
    room = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 0.75
    names = {name.strip() for name in options.peers.split(",")}
    asked = [peer for peer in PEERS if options.peers == "all" or peer.name in names]
    return [
        peer for peer in asked if find_spec(peer.package) and options.count * 512 * peer.bytes_a_number * 1.1 < room
    ]


def slug(peer: type[Peer]) -> str:
    """A file name."""
    return peer.name.replace(" ", "-")


def truth(work: Path) -> np.ndarray:
    """Cosine of the true k-th neighbour of each query, float32 arithmetic on the vectors as they are stored."""
    path = work / "truth.npy"
    if not path.is_file():
        vectors, queries = np.load(work / "vectors.npy", mmap_mode="r"), np.load(work / "queries.npy")
        best = Best(len(queries), K)
        for start in range(0, len(vectors), _BLOCK):
            block = normalised(vectors[start : start + _BLOCK])
            best.take(queries @ block.T, np.arange(start, start + len(block)))
        np.save(path, best.found.scores[:, K - 1])
    return np.load(path)


def build_ours(options: argparse.Namespace) -> None:
    """Build the index, or go on with it."""
    stages = Stages(options.work / f"stages-{options.engine}.jsonl")

    def say(event: str, facts: Mapping[str, Any]) -> None:
        stages(event, facts)
        print(event, dict(facts), file=sys.stderr, flush=True)

    build_index(
        options.work / "vectors.npy", options.work / f"vandap-{options.engine}",
        target=Target(TARGET, K, memory=MEMORY), engine=options.engine, threads=options.threads,
        rows=options.rows, say=say,
    )  # fmt: skip
    stages("end", {})


def build_peer(options: argparse.Namespace, kind: type[Peer]) -> None:
    """Build a peer's index and keep it; one that was cut goes on where it was last saved, if it can."""
    vectors = np.load(options.work / "vectors.npy", mmap_mode="r")
    whole, part = (options.work / f"{slug(kind)}{ending}" for ending in ("", ".part"))
    state = part.with_suffix(".part.json")
    facts = {"name": kind.name, "build_seconds": 0.0, "peak_bytes": 0}
    with Footprint() as footprint:
        count, columns = vectors.shape
        peer = kind(count, columns, options.threads)
        if state.is_file():
            facts = json.loads(state.read_text())
            peer.added = facts.pop("rows")
            peer.load(options.work / facts.pop("file"))
        start = saved = time.perf_counter()

        def spent() -> dict[str, Any]:
            seconds = facts["build_seconds"] + time.perf_counter() - start
            return {**facts, "build_seconds": seconds, "peak_bytes": max(facts["peak_bytes"], footprint.peak)}

        for first in range(peer.added, count, _BLOCK):
            peer.take(normalised(vectors[first : first + _BLOCK]))
            if kind.goes_on and time.perf_counter() - saved > _SAVED_EVERY:
                told = spent()
                _save_part(peer, part.with_suffix(f".{peer.added}"), state, told)
                start, saved, facts = time.perf_counter(), time.perf_counter(), told
                print(f"{kind.name}: {peer.added:,} of {count:,}", file=sys.stderr, flush=True)
        peer.finish()
        facts = spent()
        peer.save(whole)
    (options.work / f"{slug(kind)}.json").write_text(json.dumps(facts))
    for left in options.work.glob(f"{slug(kind)}.*"):
        if left.name != f"{slug(kind)}.json":
            left.unlink()


def _save_part(peer: Peer, path: Path, state: Path, facts: Mapping[str, Any]) -> None:
    """Keep what has been built, and let go of what was kept before."""
    peer.save(path)
    before = json.loads(state.read_text())["file"] if state.is_file() else None
    written = state.with_suffix(".new")
    written.write_text(json.dumps({**facts, "rows": peer.added, "file": path.name}))
    written.replace(state)
    if before:
        (path.parent / before).unlink()


class Contender:
    """Something that answers single queries."""

    def __init__(self, name: str, answer: Callable[[np.ndarray], np.ndarray]) -> None:
        self.name, self.answer = name, answer
        self.seconds: list[float] = []

    def recall(self, work: Path, queries: slice) -> float:
        """Share of the true neighbours found, by cosine, so that ties count as found."""
        vectors, asked, kth = np.load(work / "vectors.npy", mmap_mode="r"), np.load(work / "queries.npy"), truth(work)
        shares = []
        for query, least in zip(asked[queries], kth[queries], strict=True):
            rows = self.answer(query)
            scores = normalised(vectors[rows[rows >= 0]]) @ query
            shares.append(min(K, int((scores >= least - 100 * TIE).sum())) / K)
        return float(np.mean(shares))


def contenders(options: argparse.Namespace) -> list[Contender]:
    """The index, and each peer at its default and at the first effort that reaches the target."""
    index = Index(options.work / f"vandap-{options.engine}", threads=1)
    index.ready(rows=True)  # as a server, and as the peers, who hold their vectors in memory
    found = [Contender(f"vandap {options.engine}", lambda query: np.array(index.search(query, K).ids[0]))]
    for kind in chosen(options):
        if (options.work / f"{slug(kind)}.json").is_file():
            peer = kind(options.count, 512, 1)
            peer.load(options.work / slug(kind))
            found += tuned(options.work, peer)
    return found


def tuned(work: Path, peer: Peer) -> list[Contender]:
    """A peer at its default, and tuned on the first queries."""

    def at(effort: int, note: str) -> Contender:
        return Contender(f"{peer.name}, {note}", lambda query: peer.search(query, K, effort))

    found = [at(peer.usual, "default")]
    for effort in peer.efforts:
        contender = at(effort, f"tuned to {effort}")
        if contender.recall(work, slice(0, TUNING)) >= TARGET:
            return [*found, contender]
    return found


def measure(options: argparse.Namespace) -> None:
    """Time all contenders in turn and measure their recall on the other queries."""
    queries = np.load(options.work / "queries.npy")
    racing = contenders(options)
    for turn in range(ROUNDS):
        for contender in racing:
            for query in queries[turn * BATCH : (turn + 1) * BATCH]:
                start = time.perf_counter()
                contender.answer(query)
                contender.seconds.append(time.perf_counter() - start)
        print(f"round {turn + 1} of {ROUNDS}", file=sys.stderr, flush=True)
    rows = [figures(options.work, contender) for contender in racing]
    facts = {"rows": rows, "batch": batch(options), "load": os.getloadavg(), "threads": options.threads}
    (options.work / f"measured-{options.engine}.json").write_text(json.dumps(facts, indent=1))


def figures(work: Path, contender: Contender) -> dict[str, Any]:
    """What is in a table's row; the slow queries count among those of a second."""
    seconds = np.array(contender.seconds)
    return {
        "name": contender.name,
        "recall": contender.recall(work, slice(TUNING, None)),
        "queries_a_second": len(seconds) / float(seconds.sum()),
        "p50_ms": 1000 * float(np.median(seconds)),
        "p99_ms": 1000 * float(np.quantile(seconds, 0.99)),
    }


def batch(options: argparse.Namespace) -> dict[str, float]:
    """Queries a second of the index in batches, all threads."""
    index = Index(options.work / f"vandap-{options.engine}", threads=options.threads)
    queries = np.load(options.work / "queries.npy")
    index.search(queries, K)
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        index.search(queries, K)
        seconds.append(time.perf_counter() - start)
    return {"threads": options.threads, "queries_a_second": len(seconds) * len(queries) / sum(seconds)}


if __name__ == "__main__":
    main()
