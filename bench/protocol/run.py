"""Does the protocol keep its promises? Coverage, false claims and power of controlled experiments, simulated.

    python -m bench.protocol.run                     every cell that is missing, then RESULTS.md
    python -m bench.protocol.run --part additive     one part only: additive, labels, few, folds or needed
    python -m bench.protocol.run --cells 3           the next three cells, then stop

Each finished cell is appended to `results.jsonl` and not run again; `--fresh` starts over with new random numbers. What
is simulated stands in `populations.py`; the tables are drawn by `report.py`.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy import special

from bench.protocol import report
from bench.protocol.populations import ADDITIVE, EXAMPLES, LABELS, Additive, Labels, Ridge
from vandap.core.estimate import Decision
from vandap.core.experiment import Pairing
from vandap.evaluate.experiment.arms import compare_arms, effect_of, verdict
from vandap.evaluate.experiment.crossed import Contrast, crossed
from vandap.evaluate.experiment.folds import compare_folds
from vandap.evaluate.experiment.needed import needed
from vandap.evaluate.experiment.plan import FEWEST, LOOKS, Plan
from vandap.evaluate.experiment.scores import Scores

HERE = Path(__file__).parent
RESULTS = HERE / "results.jsonl"
REPETITIONS = {"additive": 2000, "labels": 400, "few": 2000, "folds": 1000, "needed": 300}
LABEL_METRICS = ("accuracy", "macro_f1", "log_loss")
LABEL_EXAMPLES = 300
MOST_SEEDS = 200
"""Longer experiments than this are not simulated."""
FAILS = 0.2
"""Share of trainings that fail and answer as the dummy does, where folds are trained with several seeds."""
EFFECTS = (0.0, 2.0, 3.0, 4.0)
"""True differences, in true standard errors at 20 seeds."""
SEQUENTIAL, SHORT = Plan(LOOKS), Plan((FEWEST,))


def cells() -> dict[tuple[str, str], Callable[[np.random.Generator, int], dict[str, Any]]]:
    """Every cell by its part and name, as a function of random numbers and repetitions."""
    found = {("additive", population.name): _bind(additive, population) for population in ADDITIVE}
    for population in LABELS:
        for slug in LABEL_METRICS:
            found["labels", f"{population.name}, {slug}"] = _bind(labels, population, slug, Pairing.FULL)
    found |= {("few", population.name): _bind(few, population) for population in ADDITIVE}
    for population in LABELS:
        found["few", f"{population.name}, accuracy"] = _bind(few_labels, population)
    found["labels", "two balanced, accuracy, unpaired"] = _bind(labels, LABELS[0], "accuracy", Pairing.NONE)
    for effect in EFFECTS:
        found["needed", f"{effect:g}"] = _bind(planning, ADDITIVE[2], effect)
    found["folds", "ridge, 100 rows, 10 x 10 folds"] = folds
    found["folds", "ridge, 100 rows, 4 x 5 folds, one training in five fails"] = _bind(failing_folds, 1)
    found["folds", "the same, 5 seeds a fold"] = _bind(failing_folds, 5)
    return found


def _bind(measure: Callable[..., dict[str, Any]], *first: Any) -> Callable[..., dict[str, Any]]:
    return lambda generator, repetitions: measure(*first, generator, repetitions)


def additive(population: Additive, generator: np.random.Generator, repetitions: int) -> dict[str, Any]:
    """Draw arms of equal score; a true effect is then added to the difference, which changes nothing else."""
    units, margin = population.units, 3.0 * population.variance(LOOKS[-1]) ** 0.5
    single, whole, naive = Counter[str](), Counter[str](), Counter[str]()
    for _ in range(repetitions):
        first, second = population.arms(LOOKS[-1], generator)
        found = [
            crossed(first.first(seeds), second.first(seeds), units, paired=population.paired, labels=False)
            for seeds in LOOKS
        ]
        for contrast in found:
            naive.update(_naive(first.first(contrast.seeds), second.first(contrast.seeds), population.paired))
        for effect in EFFECTS:
            shift = effect * margin / 3.0
            moved = [_moved(contrast, shift) for contrast in found]
            single.update(f"{effect:g}/{item.seeds}/{_single(item, margin)}" for item in moved)
            whole.update(_sequential(moved, margin, f"{effect:g}", shift))
        single.update(f"covers/{item.seeds}" for item in found if _covers(item))
        whole.update(_sequential([_moved(item, margin) for item in found], margin, "margin", margin))
        whole.update(_sequential([_moved(item, -margin) for item in found], margin, "-margin", -margin))
    variances = {str(seeds): population.variance(seeds) for seeds in LOOKS}
    return {"single": single, "sequential": whole, "naive": naive, "variances": variances, "examples": EXAMPLES}


def _moved(contrast: Contrast, shift: float) -> Contrast:
    return Contrast(
        contrast.difference + shift,
        contrast.error,
        contrast.freedom,
        contrast.seeds,
        contrast.count,
        contrast.components,
    )


def _single(contrast: Contrast, margin: float) -> str:
    return verdict(effect_of(contrast, Plan((contrast.seeds,)), contrast.seeds), margin).value


def _covers(contrast: Contrast) -> bool:
    effect = effect_of(contrast, Plan((contrast.seeds,)), contrast.seeds)
    return effect.low <= 0.0 <= effect.high


def _sequential(found: list[Contrast], margin: float, name: str, truth: float) -> list[str]:
    """What the looks end with: the verdict, the seeds used, and whether the last interval holds the truth."""
    for contrast in found:
        effect = effect_of(contrast, SEQUENTIAL, contrast.seeds)
        decision = verdict(effect, margin)
        if decision is not Decision.CANNOT_TELL:
            break
    covers = [f"{name}/covers"] if effect.low <= truth <= effect.high else []
    return [f"{name}/{decision.value}", f"{name}/seeds/{effect.seeds}", *covers]


def _naive(first: Scores, second: Scores, paired: bool) -> list[str]:
    """Which of the usual t tests call the changed arm better, at 5 % two-sided."""
    seeds = len(first.values)
    gains = second.values - first.values
    error = gains.var(ddof=1) if paired else first.values.var(ddof=1) + second.values.var(ddof=1)
    each = (second.influence - first.influence).mean(axis=0)
    found = {
        "seeds": (error / seeds, seeds - 1 if paired else 2 * seeds - 2),
        "examples": (each.var(ddof=1) / len(each), len(each) - 1),
    }
    return [f"{name}/{seeds}" for name, numbers in found.items() if _t_better(float(gains.mean()), *numbers)]


def _t_better(difference: float, variance: float, freedom: int) -> bool:
    return bool(difference > -float(special.stdtrit(freedom, 0.025)) * variance**0.5)


def labels(
    population: Labels, slug: str, pairing: Pairing, generator: np.random.Generator, repetitions: int
) -> dict[str, Any]:
    """The whole way from predictions to verdict, with looks; both arms have one distribution."""
    target = population.target(LABEL_EXAMPLES)
    dummy = np.tile([1.0 - population.rare, population.rare], (len(target), 1))
    tally = Counter[str]()
    for _ in range(repetitions):
        first, second = population.arms(LOOKS[-1], LABEL_EXAMPLES, generator)
        found = compare_arms(slug, target, first, second, dummy=dummy, plan=SEQUENTIAL, pairing=pairing)
        tally[found.decision.value] += 1
        tally["covers"] += bool(found.effect.low <= 0.0 <= found.effect.high)
    return {"sequential": tally, "examples": LABEL_EXAMPLES}


def folds(generator: np.random.Generator, repetitions: int) -> dict[str, Any]:
    """Two learners that are equally good on data of this size, by 10 x 10 folds."""
    population, tally = Ridge(), Counter[str]()
    for _ in range(repetitions):
        first, second, dummy = population.scores(10, 10, generator)
        found = compare_folds(
            "mae", first, second, dummy=dummy, rows=population.rows, margin=0.02 * float(dummy.mean())
        )
        tally[found.decision.value] += 1
        tally["covers"] += bool(found.effect.low <= 0.0 <= found.effect.high)
        gains = (first - second).ravel()
        tally["naive"] += _t_better(float(gains.mean()), gains.var(ddof=1) / gains.size, gains.size - 1)
    return {"corrected": tally}


def failing_folds(seeds: int, generator: np.random.Generator, repetitions: int) -> dict[str, Any]:
    """The same learners, of which each training fails now and then, by few folds with so many seeds each."""
    population, tally = Ridge(), Counter[str]()
    for _ in range(repetitions):
        *arms, dummy = population.scores(4, 5, generator)
        shape = (*dummy.shape, seeds)
        first, second = (np.where(generator.random(shape) < FAILS, dummy[..., None], arm[..., None]) for arm in arms)
        found = compare_folds(
            "mae", first, second, dummy=np.broadcast_to(dummy[..., None], shape), rows=population.rows,
            margin=0.02 * float(dummy.mean()),
        )  # fmt: skip
        tally[found.decision.value] += 1
        tally["covers"] += bool(found.effect.low <= 0.0 <= found.effect.high)
        gains = (first - second).ravel()
        tally["naive"] += _t_better(float(gains.mean()), gains.var(ddof=1) / gains.size, gains.size - 1)
    return {"corrected": tally}


def few(population: Additive, generator: np.random.Generator, repetitions: int) -> dict[str, Any]:
    """Arms of equal score, and the single look at the fewest seeds."""
    tally, units = Counter[str](), population.units
    margin = 3.0 * population.variance(LOOKS[-1]) ** 0.5
    for _ in range(repetitions):
        first, second = population.arms(FEWEST, generator)
        found = crossed(first, second, units, paired=population.paired, labels=False)
        tally[_single(found, margin)] += 1
        tally["covers"] += _covers(found)
    return {"single": tally}


def few_labels(population: Labels, generator: np.random.Generator, repetitions: int) -> dict[str, Any]:
    """The same, from predictions to the verdict."""
    target, tally = population.target(LABEL_EXAMPLES), Counter[str]()
    dummy = np.tile([1.0 - population.rare, population.rare], (len(target), 1))
    for _ in range(repetitions):
        first, second = population.arms(FEWEST, LABEL_EXAMPLES, generator)
        found = compare_arms("accuracy", target, first, second, dummy=dummy, plan=SHORT)
        tally[found.decision.value] += 1
        tally["covers"] += bool(found.effect.low <= 0.0 <= found.effect.high)
    return {"single": tally}


def planning(population: Additive, effect: float, generator: np.random.Generator, repetitions: int) -> dict[str, Any]:
    """After five seeds that could not tell, run a new experiment of as many fresh seeds as were named."""
    error = population.variance(LOOKS[-1]) ** 0.5
    margin, shift, first = 2.0 * error, effect * error, LOOKS[0]
    named, told, without = [], 0, 0
    for _ in range(repetitions):
        arms = population.arms(first + MOST_SEEDS, generator)
        pilot = effect_of(_moved(_contrast(population, arms, 0, first), shift), Plan((first,)), first)
        if verdict(pilot, margin) is not Decision.CANNOT_TELL:
            continue
        seeds = found.seeds if (found := needed(pilot, margin)) else None
        if seeds is None or seeds > MOST_SEEDS:
            without += 1
            continue
        named.append(seeds)
        fresh = _moved(_contrast(population, arms, first, first + seeds), shift)
        told += _single(fresh, margin) != Decision.CANNOT_TELL.value
    return {"named": named, "told": told, "without": without}


def _contrast(population: Additive, arms: tuple[Scores, Scores], start: int, stop: int) -> Contrast:
    """The contrast of some of the runs."""
    part = slice(start, stop)
    reference, changed = (
        Scores(arm.values[part], arm.influence[part], arm.broken[part], arm.wild[part]) for arm in arms
    )
    return crossed(reference, changed, population.units, paired=population.paired, labels=False)


def run(part: str | None, most: int, seed: int) -> bool:
    """Run the cells that are missing, and return whether none is left."""
    done = {(row["part"], row["cell"]) for row in report.rows(RESULTS)}
    missing = [cell for cell in cells().items() if cell[0] not in done and part in (None, cell[0][0])]
    for (kind, name), measure in missing[:most]:
        started = time.process_time()
        generator = np.random.default_rng([seed, zlib.crc32(f"{kind}/{name}".encode())])
        row = {"part": kind, "cell": name, "repetitions": REPETITIONS[kind], "seed": seed}
        row |= measure(generator, REPETITIONS[kind])
        row["seconds"] = round(time.process_time() - started, 1)
        with RESULTS.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        print(f"{kind}: {name}: {row['seconds']} s", file=sys.stderr, flush=True)
    return len(missing) <= most


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=list(REPETITIONS))
    parser.add_argument("--cells", type=int, default=10**6, help="stop after so many cells")
    parser.add_argument("--fresh", action="store_true", help="forget earlier results and take a new seed")
    arguments = parser.parse_args()
    if arguments.fresh:
        RESULTS.unlink(missing_ok=True)
    known = report.rows(RESULTS)
    seed = known[0]["seed"] if known else secrets.randbits(32)
    if run(arguments.part, arguments.cells, seed) and arguments.part is None:
        (HERE / "RESULTS.md").write_text(report.page(RESULTS) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
