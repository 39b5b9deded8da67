"""Which classes are taken for which."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vandap.report import format as written
from vandap.report.material import Material
from vandap.report.view import View

MOST_CLASSES = 30
"""With more classes the matrix is no longer readable, so only the confusions are listed."""

_LISTED = 10


@dataclass(frozen=True)
class Cell:
    """One cell: its count, its share of the true class in words, its shade (0 to 10) and whether it is correct."""

    count: str
    share: str
    shade: int
    correct: bool


@dataclass(frozen=True)
class Pair:
    """One confusion: true class, predicted class, how often, as a share of the true class."""

    true: str
    predicted: str
    count: str
    share: str


@dataclass(frozen=True)
class Confusion:
    """The confusion matrix.

    Args:
        part: The part of the data.
        classes: Class names.
        rows: Cells by true class; empty when there are too many classes.
        totals: Examples of each true class.
        pairs: The most frequent confusions.
        errors: Examples predicted wrongly.
        examples: All examples.
    """

    part: str
    classes: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[str, ...]
    pairs: tuple[Pair, ...]
    errors: str
    examples: str


class ConfusionView(View):
    """The section of the confusion matrix."""

    slug = "confusion"
    title = "What it confuses"
    order = 40

    def build(self, material: Material) -> Confusion | None:
        """Return the matrix; None for regression."""
        evaluation = material.evaluation
        if evaluation is None or evaluation.confusion is None or not np.size(evaluation.confusion):
            return None
        matrix = np.nan_to_num(np.asarray(evaluation.confusion, float))
        names = tuple(report.name for report in evaluation.classes) or tuple(map(str, material.data.get("classes", ())))
        names = names if len(names) == len(matrix) else tuple(f"class {code}" for code in range(len(matrix)))
        totals = matrix.sum(axis=1)
        shares = matrix / np.maximum(totals, 1.0)[:, None]
        shown = len(names) <= MOST_CLASSES
        return Confusion(
            part=evaluation.part,
            classes=names,
            rows=tuple(_cells(matrix, shares, row) for row in range(len(names))) if shown else (),
            totals=tuple(written.count(total) for total in totals.tolist()),
            pairs=_pairs(matrix, shares, names),
            errors=written.count(float(totals.sum() - np.trace(matrix))),
            examples=written.count(float(totals.sum())),
        )


def _cells(matrix: np.ndarray, shares: np.ndarray, row: int) -> tuple[Cell, ...]:
    return tuple(
        Cell(
            count=written.count(count) if count else "",
            share=written.share(share),
            shade=0 if count == 0 else max(1, round(10 * share)),
            correct=row == column,
        )
        for column, (count, share) in enumerate(zip(matrix[row].tolist(), shares[row].tolist(), strict=True))
    )


def _pairs(matrix: np.ndarray, shares: np.ndarray, names: tuple[str, ...]) -> tuple[Pair, ...]:
    wrong = matrix * (1 - np.eye(len(matrix)))
    order = np.argsort(-wrong, axis=None, kind="stable")[:_LISTED]
    places = [divmod(int(index), len(matrix)) for index in order]
    return tuple(
        Pair(
            names[true], names[predicted], written.count(wrong[true, predicted]), written.share(shares[true, predicted])
        )
        for true, predicted in places
        if wrong[true, predicted] > 0
    )
