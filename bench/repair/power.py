"""Power of the protocol for three changes of known effect on digits, beside theory.

The known effect is that of 100 seeds on all fresh rows. An experiment of 12 or 20 seeds then draws its seeds and its
rows from these, with replacement and with each class's share kept, so that the effect it looks for is known exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from bench.repair.cures import Row, Tools
from bench.repair.written import Program
from vandap.evaluate.catalogue import metric
from vandap.evaluate.experiment.arms import effect_of
from vandap.evaluate.experiment.crossed import Contrast, crossed
from vandap.evaluate.experiment.plan import Plan
from vandap.evaluate.experiment.scores import Scores, scores
from vandap.evaluate.intervals import Units

SOURCE = '''\
"""Handwritten digits."""

import keras
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

X, y = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(X / 16.0, y, test_size=0.5, random_state=0)
model = keras.Sequential(
    [keras.Input((64,)), keras.layers.Dense({units}, activation="relu"), keras.layers.Dense(10, activation="softmax")]
)
model.compile(keras.optimizers.Adam({rate}), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs={epochs}, batch_size=32, verbose=0)
'''
USUAL: Mapping[str, float] = {"units": 32, "rate": 0.001, "epochs": 12}
AS_IT_IS = "as it is"
ARMS: Mapping[str, Mapping[str, float]] = {
    AS_IT_IS: {},
    "epochs 14": {"epochs": 14},
    "units 48": {"units": 48},
    "rate 0.0015": {"rate": 0.0015},
}
KNOWN_SEEDS = 100
ROWS = 400
EXPERIMENTS = 2000
LOOKS = (12, 20)
_FIRST, _AT_ONCE = 500_000, 10
_TARGET = "target"


def measure(known: Sequence[Row], count: int, tools: Tools) -> Iterator[Row]:
    """Train every arm with so many seeds; a row holds the classes that one training answers, a letter each."""
    done = {(row["arm"], row["seed"]) for row in known}
    for arm, changes in ARMS.items():
        script = Program(SOURCE.format_map({**USUAL, **changes}), {}).write(tools.work / f"power-{arm}")
        missing = [seed for seed in range(_FIRST, _FIRST + count) if (arm, seed) not in done]
        for start in range(0, len(missing), _AT_ONCE):
            seeds = missing[start : start + _AT_ONCE]
            for seed, answers in zip(seeds, tools.judged(script, seeds, "classes", (0, 1)), strict=True):
                assert answers is not None
                if (_TARGET, 0) not in done:
                    done.add((_TARGET, 0))
                    yield {"arm": _TARGET, "seed": 0, "answers": _text(answers.target)}
                yield {"arm": arm, "seed": seed, "answers": _text(answers.given)}


def _text(classes: np.ndarray) -> str:
    return "".join(map(str, classes))


@dataclass(frozen=True)
class Power:
    """How often experiments find one change.

    Args:
        arm: The change.
        seeds: Seeds of each arm with which its effect is known.
        effect: That effect.
        error: Its standard error.
        found: Share of the experiments that call it better, by seeds of an experiment.
        theory: The power of Student's t for it.
    """

    arm: str
    seeds: int
    effect: float
    error: float
    found: Mapping[int, float]
    theory: Mapping[int, float]


def powers(rows: Sequence[Row]) -> Iterator[Power]:
    """The power for every change whose trainings are there."""
    answers = {(row["arm"], row["seed"]): np.array(list(row["answers"]), dtype=int) for row in rows}
    target = answers.pop((_TARGET, 0), np.zeros(0, int))
    for arm in ARMS:
        seeds = sorted(seed for name, seed in answers if name == arm and (AS_IT_IS, seed) in answers)
        if arm == AS_IT_IS or len(seeds) <= max(LOOKS):
            continue
        before, after = (_scores([answers[name, seed] for seed in seeds], target) for name in (AS_IT_IS, arm))
        known = crossed(before, after, Units.of(len(target), None, target), paired=True, labels=True)
        found = {look: _found(before, after, target, look) for look in LOOKS}
        yield Power(
            arm, len(seeds), known.difference, known.error, found, {look: _theory(known, look) for look in LOOKS}
        )


def _scores(runs: Sequence[np.ndarray], target: np.ndarray) -> Scores:
    classes = np.eye(int(target.max()) + 1)
    return scores(metric("accuracy"), target, [classes[run] for run in runs], classes[target])


def _found(before: Scores, after: Scores, target: np.ndarray, look: int) -> float:
    """Share of experiments of so many seeds, one look, whose interval lies above zero."""
    generator = np.random.default_rng([len(before.values), look])
    better = 0
    for _ in range(EXPERIMENTS):
        seeds = generator.integers(0, len(before.values), look)
        rows = _rows(target, generator)
        arms = (_part(arm, seeds, rows) for arm in (before, after))
        contrast = crossed(*arms, Units.of(len(rows), None, target[rows]), paired=True, labels=True)
        better += effect_of(contrast, Plan((look,)), look).low > 0
    return better / EXPERIMENTS


def _rows(target: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Rows of every class in its share."""
    share = ROWS / len(target)
    parts = (np.flatnonzero(target == label) for label in np.unique(target))
    return np.concatenate([generator.choice(part, round(share * len(part))) for part in parts])


def _part(arm: Scores, seeds: np.ndarray, rows: np.ndarray) -> Scores:
    """Some runs on some rows; the score of a run is the mean of its rows' own."""
    own = (arm.values[:, None] + arm.influence)[np.ix_(seeds, rows)]
    values = own.mean(axis=1)
    return Scores(values, own - values[:, None], arm.broken[seeds], arm.wild[seeds])


def _theory(known: Contrast, look: int) -> float:
    """Power of the t test with `look - 1` degrees of freedom, the variances taken as known."""
    size = known.difference / np.sqrt(known.components.variance(look, ROWS))
    return float(stats.nct.sf(-special.stdtrit(look - 1, 0.025), look - 1, size))
