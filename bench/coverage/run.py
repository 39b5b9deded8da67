"""Measure how often 95 % intervals hold the truth, and how often equal models are called better.

    python bench/coverage/run.py                      everything, about ten minutes on one core
    python bench/coverage/run.py --part coverage      one part only
    python bench/coverage/run.py --cells 5            the next five cells, then stop

Each finished cell is appended to `results.jsonl`; a cell that stands there is not run again, so the bench can be
stopped and continued. When all cells are done, `RESULTS.md` is written. `--fresh` starts over with new random numbers.

*Coverage*: 2,000 parts a cell are drawn with fixed class counts (the estimand is the score of this fitted model on new
examples with the same class shares); the truth is the metric of 2,000,000 examples. *False better*: two different
models with the same distribution of errors are compared; `better` is then always wrong.
"""

from __future__ import annotations

import argparse
import json
import math
import secrets
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from populations import COVERAGE, MINIMUM, RIVALS, SIZES, Population

from vandap.core.estimate import Decision
from vandap.evaluate.compare import compare
from vandap.evaluate.estimate import estimate, score

HERE = Path(__file__).parent
RESULTS = HERE / "results.jsonl"
TRUTH = 1_000_000
TRUTH_DRAWS = 2
RIVAL_SIZES = (200, 1000)


def cells() -> Iterator[tuple[str, Population, int]]:
    for population in COVERAGE:
        for count in SIZES:
            if population.smallest(count) >= MINIMUM:
                yield "coverage", population, count
    for population in RIVALS:
        for count in RIVAL_SIZES:
            if population.smallest(count) >= MINIMUM:
                yield "false better", population, count


@cache
def truth(population: Population, seed: int) -> dict[str, float]:
    """The population's metrics: the mean over large draws."""
    generator = np.random.default_rng([seed, zlib.crc32(population.name.encode())])
    sums = dict.fromkeys(population.metrics, 0.0)
    for _ in range(TRUTH_DRAWS):
        target, prediction = population.draw(TRUTH, generator)
        for slug in sums:
            sums[slug] += score(slug, target, prediction) / TRUTH_DRAWS
    return sums


def coverage(population: Population, count: int, repetitions: int, seed: int) -> dict[str, Any]:
    """Count intervals below, above and without the truth, for every metric of one cell."""
    true = truth(population, seed)
    generator = generator_of("coverage", population, count, seed)
    misses = {slug: [0, 0, 0] for slug in true}
    for _ in range(repetitions):
        target, prediction = population.draw(count, generator)
        for slug, value in true.items():
            found = estimate(slug, target, prediction)
            misses[slug][0] += int(value > found.high)
            misses[slug][1] += int(value < found.low)
            misses[slug][2] += not found.has_interval
    return {"truth": true, "misses": misses}


def false_better(population: Population, count: int, repetitions: int, seed: int) -> dict[str, Any]:
    """Count the verdicts on two models of equal population score."""
    generator = generator_of("false better", population, count, seed)
    verdicts: dict[str, dict[str, int]] = {slug: {} for slug in population.metrics}
    for _ in range(repetitions):
        target, first, second = population.rivals(count, generator)
        for slug, tally in verdicts.items():
            decision = compare(slug, target, first, second, a="first", b="second").decision
            tally[decision.value] = tally.get(decision.value, 0) + 1
    return {"verdicts": verdicts}


def generator_of(part: str, population: Population, count: int, seed: int) -> np.random.Generator:
    """The cell's own random numbers: a cell gives the same result whether or not the bench was interrupted."""
    return np.random.default_rng([seed, zlib.crc32(f"{part}/{population.name}/{count}".encode())])


def run(part: str | None, most: int, repetitions: int, seed: int) -> bool:
    """Run the cells that are missing, and return whether none is left."""
    done = {(row["part"], row["population"], row["count"]) for row in rows()}
    missing = [cell for cell in cells() if (cell[0], cell[1].name, cell[2]) not in done and part in (None, cell[0])]
    for kind, population, count in missing[:most]:
        started = time.perf_counter()
        measure = coverage if kind == "coverage" else false_better
        row = {"part": kind, "population": population.name, "count": count, "repetitions": repetitions, "seed": seed}
        row |= measure(population, count, repetitions, seed)
        row["seconds"] = round(time.perf_counter() - started, 1)
        with RESULTS.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        print(f"{kind} {population.name} n={count}: {row['seconds']} s", file=sys.stderr, flush=True)
    return len(missing) <= most


def rows() -> list[dict[str, Any]]:
    if not RESULTS.exists():
        return []
    return [json.loads(line) for line in RESULTS.read_text(encoding="utf-8").splitlines()]


def page() -> str:
    """The tables of `RESULTS.md`."""
    found = rows()
    seconds = sum(row["seconds"] for row in found)
    shares = [_covered(row, slug) for row in found if row["part"] == "coverage" for slug in row["truth"]]
    given = [share for share in shares if not math.isnan(share)]
    inside = sum(93.0 <= share <= 97.0 for share in given)
    return "\n".join(
        [
            "# Do the intervals cover, and are equal models called equal?\n",
            f"Made by `python bench/coverage/run.py` (seed {found[0]['seed']}, {found[0]['repetitions']} repetitions a "
            f"cell, {seconds:.0f} s on one core). What is simulated: `populations.py`.\n",
            "## Coverage of 95 % intervals, in percent\n",
            f"Goal: 93 to 97 in every cell; {inside} of {len(given)} cells reach it (others are bold). The standard "
            "error of an entry is 0.5. A dash: so few rows of a class get no interval.\n",
            *_tables("coverage", COVERAGE, _coverage_entry),
            "## Equal models called `better`, in percent\n",
            "Goal: at most 5 in every cell (nominal: 2.5). In brackets: called `worse` or `harm`.\n",
            *_tables("false better", RIVALS, _claims),
        ]
    )


def _tables(part: str, populations: tuple[Population, ...], entry: Callable[[dict[str, Any], str], str]) -> list[str]:
    lines = []
    for slugs in dict.fromkeys(population.metrics for population in populations):
        names = [population.name for population in populations if population.metrics == slugs]
        lines += [_row(["population", "n", *slugs]), _row(["---"] * (len(slugs) + 2))]
        for row in rows():
            if row["part"] == part and row["population"] in names:
                lines.append(_row([row["population"], row["count"], *(entry(row, slug) for slug in slugs)]))
        lines.append("")
    return lines


def _covered(row: dict[str, Any], slug: str) -> float:
    low, high, without = row["misses"][slug]
    given = row["repetitions"] - without
    missed = low + high
    return 100.0 * (1.0 - missed / given) if given else math.nan


def _claims(row: dict[str, Any], slug: str) -> str:
    tally = row["verdicts"][slug]
    better = 100.0 * tally.get(Decision.BETTER.value, 0) / row["repetitions"]
    worse = 100.0 * sum(tally.get(item.value, 0) for item in (Decision.WORSE, Decision.HARM)) / row["repetitions"]
    return f"{better:.1f} ({worse:.1f})"


def _coverage_entry(row: dict[str, Any], slug: str) -> str:
    share = _covered(row, slug)
    if math.isnan(share):
        return "-"
    return f"{share:.1f}" if 93.0 <= share <= 97.0 else f"**{share:.1f}**"


def _row(items: list[Any]) -> str:
    return "| " + " | ".join(str(item) for item in items) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=["coverage", "false better"])
    parser.add_argument("--cells", type=int, default=10**6, help="stop after so many cells")
    parser.add_argument("--repetitions", type=int, default=2000)
    parser.add_argument("--fresh", action="store_true", help="forget earlier results and take a new seed")
    arguments = parser.parse_args()
    if arguments.fresh:
        RESULTS.unlink(missing_ok=True)
    known = rows()
    seed = known[0]["seed"] if known else secrets.randbits(32)
    if run(arguments.part, arguments.cells, arguments.repetitions, seed) and arguments.part is None:
        (HERE / "RESULTS.md").write_text(page() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
