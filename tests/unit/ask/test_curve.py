"""What a learning curve says about more data."""

from __future__ import annotations

import math

import pytest

from vandap.ask.arms import FEW_ROWS, Point
from vandap.ask.curve import Curve


def curve(*gains: float, width: float = 0.005) -> Curve:
    """All rows, then ever fewer, each with its gain against all rows."""
    points = [Point("all", 5, 0.9, 0.0, 0.0, 0.0)]
    points += [Point(f"{0.5**place:g}", 5, 0.9 + gain, gain, gain - width, gain + width)
               for place, gain in enumerate(gains, 1)]  # fmt: skip
    return Curve("accuracy", 0.01, 1000, tuple(points))


def test_a_curve_that_flattens_promises_less() -> None:
    """0.04, then 0.02 for a doubling: about 0.01 for the next."""
    found = curve(-0.02, -0.06, -0.14)
    assert found.next == pytest.approx(0.01) and found.last is not None
    assert (found.last.gain, found.last.low) == pytest.approx((0.02, 0.015))
    assert "more data surely help" in found.told() and "+0.01" in found.told()


def test_a_flat_curve_promises_nothing() -> None:
    """Where the last doubling brought less than matters, more of the same would hardly help."""
    found = curve(0.001, -0.02)
    assert found.next == 0.0 and "hardly help" in found.told()


def test_a_curve_that_steepens_has_no_forecast() -> None:
    """Gains that grew are not said to shrink."""
    for before in (-0.05, -0.08, -0.12):
        found = curve(-0.06, before)
        assert math.isnan(found.next) and "not known" in found.told() and "shrink" not in found.told()
    assert curve(-0.06, -0.13).next == pytest.approx(0.06 * 0.06 / 0.07)


def test_few_trainings_cannot_tell() -> None:
    """Neither surely helpful nor surely within the margin."""
    assert "cannot be told" in curve(-0.02, -0.04, width=0.03).told()
    assert "no time" in Curve("accuracy", 0.01, 0, ()).told() and Curve("accuracy", 0.01, 0, ()).last is None


def test_few_rows_are_not_few_trainings() -> None:
    """Where no interval may be given, none is shown, and more trainings are not asked for."""
    points = (Point("all", 5, 0.9), Point("0.5", 5, 0.8, -0.1, why=FEW_ROWS))
    text = Curve("accuracy", 0.01, 100, points).told()
    assert "brought +0.1, but too few rows decide" in text and "nan" not in text and "trainings" not in text


def test_its_table_has_every_point() -> None:
    """All rows first."""
    table = curve(-0.02, -0.06).table()
    assert [row[0] for row in table.rows] == ["all", "0.5", "0.25"] and len(table.head) == len(table.rows[0])
