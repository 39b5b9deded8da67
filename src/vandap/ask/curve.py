"""The learning curve: the same training on parts of its rows, and what it says about more of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from vandap.ask.arms import FEW_ROWS, Point, point, trained
from vandap.ask.opened import Opened
from vandap.ask.question import Table
from vandap.core.records import from_json
from vandap.repair.changes.data import DataShare
from vandap.repair.runner import Done

SHARES = (0.5, 0.25, 0.125)
"""Parts of the training rows, each half of the one before; each training draws its own."""
HEAD = ("training rows", "seeds", "score", "against all rows", "low", "high")


@dataclass(frozen=True)
class Curve:
    """What trainings on parts of the rows scored.

    Args:
        metric: Slug of the metric.
        margin: Differences within it do not matter.
        rows: Training rows; 0 where they are not known.
        points: All rows first, then ever fewer.
    """

    metric: str
    margin: float
    rows: int
    points: tuple[Point, ...]

    @property
    def last(self) -> Point | None:
        """What the last doubling brought: all rows against half of them; None where it was not measured."""
        if len(self.points) < 2:
            return None
        half = self.points[1]
        gain = (-half.gain, -half.high, -half.low)
        return Point("the last doubling", half.seeds, self.points[0].score, *gain, why=half.why)

    @property
    def next(self) -> float:
        """What the next doubling would bring, if gains go on to shrink as they did; NaN where they did not, or unknown.

        Errors of networks fall as a power of the number of examples (Hestness et al. 2017), so each doubling gains the
        same share of what the one before gained.
        """
        gains = [item.gain for item in self.points[1:3]]
        if len(gains) < 2 or not all(map(math.isfinite, gains)):
            return math.nan
        last, before = -gains[0], gains[0] - gains[1]
        if last <= 0:
            return 0.0
        return last * last / before if last < before else math.nan

    def table(self) -> Table:
        """The points as a table."""
        rows = tuple(
            (item.name, item.seeds, _known(item.score), *map(_known, (item.gain, item.low, item.high)))
            for item in self.points
        )
        return Table(f"Learning curve ({self.metric}; a positive difference is better)", HEAD, rows)

    def told(self) -> str:
        """What it says about more data, in two or three sentences."""
        last = self.last
        if last is None:
            return "There was no time for the learning curve."
        grown = f"The last doubling of the training rows brought {last.gain:+.3g}"
        if not math.isfinite(last.low):
            return f"{grown}, but {last.why or FEW_ROWS}, so whether more data help cannot be told."
        grown += f" [{last.low:+.3g}, {last.high:+.3g}]"
        if last.is_better and math.isfinite(self.next):
            return (
                f"{grown}: more data surely help. Twice the rows would bring about {self.next:+.3g}, if gains go on to "
                f"shrink as they did; to measure it one needs the rows."
            )
        if last.is_better:
            return (
                f"{grown}: more data surely help, and the curve does not flatten yet, so how far it goes is not known."
            )
        if last.high < self.margin:
            return f"{grown}: more data of this kind would hardly help."
        return f"{grown}: whether more data help cannot be told with so few trainings."


def measured(opened: Opened, reference: Sequence[Done]) -> Curve:
    """Train on parts of the rows, with as many seeds as on all of them.

    Args:
        opened: The training.
        reference: Trainings on all rows.
    """
    seeds = len(reference)
    found = [point(opened, "all", reference, reference)]
    for share in SHARES if found[0] is not None else ():
        found.append(point(opened, f"{share:.3g}", trained(opened, (DataShare(share),), seeds), reference))
    scale = opened.bench.scale
    rows = opened.known.program.fit.examples if opened.known.program.fits else 0
    return Curve(scale.metric, scale.margin, rows, tuple(item for item in found if item is not None))


def read(stored: object) -> Curve:
    """Read a stored curve."""
    return from_json(Curve, stored)


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
