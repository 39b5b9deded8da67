"""Are promises kept? Builds over varied data, judged on fresh queries that no build has seen.

    python -m bench.search.promise > bench/search/PROMISE.md

Each build promises a recall at 10 of 0.95. Fresh queries then tell what it is, before and after a fifth of the vectors
is removed and added again, and under filters that match from a half to a thousandth of the vectors. The judge is the
vector as it was given, in single precision, whatever form its row has.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa

from bench.search.generator import Faces
from vandap.search import searching
from vandap.search.build import build
from vandap.search.index import Index
from vandap.search.nearest import Best
from vandap.search.plan import Contents, Plan
from vandap.search.recall import TIE
from vandap.search.rows import normalised
from vandap.search.target import Target
from vandap.search.vectors import Array

COUNT, QUERIES, K, TARGET = 12_000, 1000, 10, 0.95
SHARES = (0.5, 0.1, 0.01, 0.001)
COMMON = 0.995
"""Cosine of every vector with what all have in common, in `offset`."""


def faces(columns: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Identities of twenty, nothing between them."""
    made = Faces(COUNT, columns, seed)
    return np.concatenate(list(made.blocks())), made.queries(QUERIES)


def clusters(columns: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Thirty wide clusters of very different sizes."""
    generator = np.random.default_rng(seed)
    centres = generator.standard_normal((30, columns))
    chosen = generator.choice(30, COUNT + QUERIES, p=generator.dirichlet(np.full(30, 0.5)))
    return _parted(centres[chosen] + 0.7 * generator.standard_normal((COUNT + QUERIES, columns)))


def sphere(columns: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Nothing at all: directions at random, for which no index can do much."""
    return _parted(np.random.default_rng(seed).standard_normal((COUNT + QUERIES, columns)))


def sheet(columns: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Six dimensions bent into many, as embeddings of one kind of thing are."""
    generator = np.random.default_rng(seed)
    flat = generator.standard_normal((COUNT + QUERIES, 6)) @ generator.standard_normal((6, columns))
    return _parted(np.tanh(flat) + 0.05 * generator.standard_normal(flat.shape))


def repeats(columns: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Half of the vectors repeat another one."""
    vectors, queries = sheet(columns, seed)
    half = COUNT // 2
    vectors[half:] = vectors[:half]
    return vectors, queries


def offset(columns: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Directions at random beside what all have in common, which rounding of rows hits hardest."""
    generator = np.random.default_rng(seed)
    common = normalised(generator.standard_normal((1, columns)))
    own = normalised(generator.standard_normal((COUNT + QUERIES, columns)))
    return _parted(COMMON * common + np.sqrt(1 - COMMON**2) * own)


def _parted(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    units = normalised(vectors)
    return units[:COUNT], units[COUNT:]


KINDS: tuple[Callable[[int, int], tuple[np.ndarray, np.ndarray]], ...] = (
    faces, clusters, sphere, sheet, repeats, offset,
)  # fmt: skip


def kth_scores(vectors: np.ndarray, queries: np.ndarray, among: np.ndarray, k: int) -> np.ndarray:
    """Cosine of the true k-th neighbour of each query among some vectors, shape (queries, 1)."""
    best = Best(len(queries), k)
    best.take(queries @ vectors[among].T, among)
    return best.found.scores[:, -1:]


def recall(
    index: Index, vectors: np.ndarray, queries: np.ndarray, among: np.ndarray, where: str | None = None
) -> float:
    """Share of the true neighbours that a search finds; where fewer than k match, of those."""
    k = min(K, len(among))
    found = index.search(queries, k, where)
    if any(len(scores) < k for scores in found.scores):
        raise AssertionError("fewer than k where k match")
    cosines = np.einsum("qkc,qc->qk", vectors[np.array(found.ids)], queries)
    return float((cosines >= kth_scores(vectors, queries, among, k) - TIE).mean())


def trial(number: int, engine: str, folder: Path) -> dict[str, object]:
    """One build and what became of it."""
    kind, columns = KINDS[number % len(KINDS)], (32, 64, 128, 256)[number // len(KINDS) % 4]
    vectors, queries = kind(columns, number)
    draw = np.random.default_rng(number).random(COUNT)
    payload = pa.table({"draw": draw})
    plan = Plan(Target(TARGET, K), engine, seed=number)
    manifest = build(Contents(Array(vectors), payload=payload), folder, plan)
    index = Index(folder, 1)
    everything = np.arange(COUNT)
    row: dict[str, object] = {
        "data": kind.__name__,
        "columns": columns,
        "engine": manifest.engine,
        "rows": manifest.rows,
    }
    row |= {
        "met": manifest.met,
        "promised": manifest.recall.lower95,
        "fresh": recall(index, vectors, queries, everything),
    }
    for share in SHARES:
        some = np.flatnonzero(draw < share)
        row[f"filter {share}"] = recall(index, vectors, queries[:200], some, f"draw < {share}")
    gone = np.sort(np.random.default_rng(number + 1).choice(COUNT, COUNT // 5, replace=False))
    index.remove(gone.tolist())
    row["without"] = recall(index, vectors, queries, np.setdiff1d(everything, gone))
    index.add(vectors[gone], gone.tolist(), {"draw": draw[gone].tolist()})
    row["again"] = recall(index, vectors, queries, everything)
    return row


def main() -> None:
    """Build, judge, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--builds", type=int, default=24)
    parser.add_argument("--engines", default="ivf,hnsw", help="taken in turn; auto races them")
    options = parser.parse_args()
    searching._SCAN_NUMBERS = 0  # else sets of this size would be searched exactly under a filter, which proves nothing
    engines, rows = options.engines.split(","), []
    for number in range(options.builds):
        with tempfile.TemporaryDirectory(prefix="vandap-promise-") as folder:
            turn = (number + number // len(KINDS)) % len(engines)  # each kind of data meets each engine
            rows.append(trial(number, engines[turn], Path(folder) / "index"))
        print(rows[-1], file=sys.stderr, flush=True)
    kept = sum(row["fresh"] >= TARGET for row in rows if row["met"])  # type: ignore[operator]
    met = sum(bool(row["met"]) for row in rows)
    print(f"# {options.builds} builds of {COUNT:,} vectors\n")
    print(f"`python -m bench.search.promise --builds {options.builds} --engines {options.engines}`\n")
    print(f"{met} promised a recall@{K} of {TARGET}; {kept} of these kept it on {QUERIES:,} fresh queries.\n")
    names = list(rows[0])
    print(f"| {' | '.join(names)} |\n|{'---|' * len(names)}")
    for row in rows:
        print(
            "| " + " | ".join(f"{item:.4f}" if isinstance(item, float) else str(item) for item in row.values()) + " |"
        )
    print(
        "\nfresh: recall on fresh queries; filter s: where a share s of the vectors matches; without: a fifth removed;"
    )
    print("again: the same fifth added again.")


if __name__ == "__main__":
    main()
