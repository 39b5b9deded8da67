"""At which rank of a model's answers the given labels stand: what wrong labels leave, and hard tasks do not.

A label that is wrong by chance stands at any rank. Where a task is hard, the right label stands second or third, and
hardly ever last. With two or three classes there is no such rank; but where a task is hard, the model is right where it
is sure, whereas wrong labels contradict it there as often as elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields

import numpy as np
from scipy import stats

from vandap.core.signals import Series
from vandap.diagnose.label_ranks import ARMS
from vandap.exam.decisive._told import told_by_a_column

SUREST = 8
"""The surest group is one row in so many."""
FEWEST = 32
"""Rows that the surest group has at least."""


@dataclass(frozen=True)
class Ranks:
    """The ranks of the given labels among a group of rows.

    Args:
        examples: Rows.
        classes: Classes that occur.
        agreement: Share of rows whose label is the model's answer.
        agreement_low: Lower end of its 95 % interval.
        second: Share of rows whose label is the model's second answer.
        floor: Mean share of a rank in the lower half.
        noise: Share of rows with a label by chance that would leave this floor.
        noise_low: Lower end of its 95 % interval.
        contradicted_low: Share of rows whose label is not the model's answer, lower end of its 95 % interval, among
            the surer half of the rows with the answer for which it is least; 0 where a class is never the answer.
    """

    examples: int
    classes: int
    agreement: float
    agreement_low: float
    second: float
    floor: float
    noise: float
    noise_low: float
    contradicted_low: float


def groups_of_ranks(scores: np.ndarray, labels: np.ndarray) -> tuple[Ranks, ...]:
    """Look at all rows, at the half that the model is surest of, at the surest eighth, and at the less sure half.

    Sureness is the distance of the two highest scores. Rows without information, or of a kind that the model does not
    know, have flat ranks, too; they are not among those that it is sure of.

    Args:
        scores: Logits or logarithms of probabilities: (rows, classes).
        labels: The given class of each row: (rows,).

    Returns:
        The ranks of all rows, the surer half, the surest rows, the rest beside the surer half.
    """
    ranks = 1 + (scores > np.take_along_axis(scores, labels[:, None], axis=1)).sum(axis=1)
    two = np.sort(scores, axis=1)[:, -2:]
    order = np.argsort(two[:, 0] - two[:, 1], kind="stable")
    count, classes = scores.shape
    half, surest = count // 2, min(max(FEWEST, count // SUREST), count)
    groups = (order, order[:half], order[:surest], order[half:])
    answers = scores.argmax(axis=1)
    contradicted = min(_contradicted_low(ranks[order[answers[order] == kind]]) for kind in range(classes))
    return tuple(_described(ranks[rows], classes, contradicted) for rows in groups)


def ranks_signal(
    inputs: Sequence[np.ndarray], scores: np.ndarray, labels: np.ndarray, also: Mapping[str, float] | None = None
) -> Series:
    """The signal of the test, from a model's answers.

    Args:
        inputs: Arrays of the rows, by which columns are sought that tell the answers.
        scores: Finite scores of the classes: (rows, classes).
        labels: The given class of each row: (rows,).
        also: Further facts, the same for every arm.
    """
    facts = {
        "majority": float(np.bincount(labels).max() / len(labels)),
        "told": told_by_a_column(inputs, scores.argmax(axis=1)),
        **(also or {}),
    }
    rows = [(*astuple(group), *facts.values()) for group in groups_of_ranks(scores, labels)]
    names = (*(field.name for field in fields(Ranks)), *facts)
    return Series(np.array(rows, dtype=np.float64), {"arm": ARMS, "fact": names})


def _described(ranks: np.ndarray, classes: int, contradicted_low: float) -> Ranks:
    count, middle = len(ranks), (classes + 1) // 2
    low_ranks, agreeing = int((ranks > middle).sum()), int((ranks == 1).sum())
    width = classes - middle
    return Ranks(
        examples=count,
        classes=classes,
        agreement=agreeing / count,
        agreement_low=lower_end(agreeing, count),
        second=float((ranks == 2).mean()),
        floor=low_ranks / count / width,
        noise=low_ranks / count / width * classes,
        noise_low=lower_end(low_ranks, count) / width * classes,
        contradicted_low=contradicted_low,
    )


def _contradicted_low(ranks: np.ndarray) -> float:
    """Of the surer half; one answer may be surer than the other throughout, so each has a half of its own."""
    half = ranks[: len(ranks) // 2]
    return lower_end(int((half > 1).sum()), len(half))


def lower_end(successes: int, total: int) -> float:
    """Lower end of the 95 % interval of a share (Clopper and Pearson, 1934)."""
    return float(stats.beta.ppf(0.025, successes, total - successes + 1)) if successes else 0.0
