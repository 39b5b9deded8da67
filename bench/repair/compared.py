"""Scores of judged programs, and the difference of two of them over seeds and fresh rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.repair.judge import Answers
from vandap.core.experiment import Pairing
from vandap.evaluate.catalogue import metric
from vandap.evaluate.experiment.arms import compare_arms
from vandap.evaluate.experiment.plan import Plan
from vandap.evaluate.experiment.scores import scores

Runs = Sequence[Answers | None]
METRICS = {"classes": "balanced_accuracy", "numbers": "r2"}
LEAST = -1.0
"""No score is lower: how wild a useless model is makes no difference to its user."""


@dataclass(frozen=True)
class Difference:
    """How much better the second of two programs is.

    Args:
        middle: The mean difference.
        low: Lower end of its interval of 95 % over seeds and rows, one look.
        high: Upper end.
    """

    middle: float
    low: float
    high: float


def score(runs: Runs, kind: str, like: Runs = ()) -> float:
    """Mean over seeds of balanced accuracy or explained variance; a run without answers scores as the dummy.

    Args:
        runs: A program's answers by seed.
        kind: `classes` or `numbers`.
        like: Answers of another program to the same rows, for one that never answers.
    """
    target = _target(runs, like)
    if target is None:
        return float("nan")
    given, dummy = _predictions(runs, target, kind), _dummy(target, kind)
    values = scores(metric(METRICS[kind]), target.reshape(-1), given, dummy).values
    return float(np.mean(np.maximum(values, LEAST)))


def difference(before: Runs, after: Runs, kind: str, like: Runs = ()) -> Difference:
    """Compare two programs that were trained with the same seeds; no difference where neither answers.

    Args:
        before: Answers of the one by seed.
        after: Answers of the other one.
        kind: `classes` or `numbers`.
        like: Answers of a third program to the same rows, which may know more classes.
    """
    target = _target(before, after, like)
    if target is None:
        return Difference(0.0, 0.0, 0.0)
    effect = compare_arms(
        METRICS[kind],
        target.reshape(-1),
        _predictions(before, target, kind),
        _predictions(after, target, kind),
        dummy=_dummy(target, kind),
        plan=Plan((len(before),)),
        pairing=Pairing.PARTIAL,
        groups=np.repeat(np.arange(len(target)), target.shape[1]) if target.ndim > 1 else None,
    ).effect
    return Difference(effect.difference, effect.low, effect.high)


def _target(*programs: Runs) -> np.ndarray | None:
    """The first that has the most classes: a faulty program may have made one of two; of numbers, the first."""
    known = [answers.target for runs in programs for answers in runs if answers is not None]
    return max(known, key=lambda target: _classes(target) if target.dtype.kind in "iu" else 0, default=None)


def _predictions(runs: Runs, target: np.ndarray, kind: str) -> list[np.ndarray | None]:
    """Answers in the form of the metrics; those to other rows than the target's count as none."""
    usable = [answers if answers is not None and answers.target.shape == target.shape else None for answers in runs]
    if kind == "numbers":
        return [None if answers is None else answers.given.reshape(-1) for answers in usable]
    return [None if answers is None else _certain(answers.given, target) for answers in usable]


def _certain(given: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Answered classes as probabilities of 0 and 1; no class at all is a wrong one."""
    classes = _classes(target)
    return np.eye(classes)[np.where(given >= 0, given, (target + 1) % classes)]


def _dummy(target: np.ndarray, kind: str) -> np.ndarray:
    if kind == "numbers":
        return np.zeros(target.size)
    counts = np.bincount(target, minlength=_classes(target))
    return np.tile(counts / counts.sum(), (len(target), 1))


def _classes(target: np.ndarray) -> int:
    return max(int(target.max()) + 1, 2)
