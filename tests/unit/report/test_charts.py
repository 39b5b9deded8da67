"""Axes and drawings."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from vandap.report.charts.axes import thin
from vandap.report.charts.draw import draw
from vandap.report.charts.records import Box, Graph, Histogram, Line, LineChart, Mark, Scatter, Span, Spark
from vandap.report.charts.scale import linear, logarithmic, nice_step
from vandap.report.charts.svg import element

NAN = np.full(3, np.nan)
X = np.array([1.0, 2.0, 3.0])


@pytest.mark.parametrize(("rough", "step"), [(0.07, 0.1), (0.19, 0.2), (0.21, 0.25), (3.0, 5.0), (7.0, 10.0)])
def test_steps_are_round(rough: float, step: float) -> None:
    """A step is 1, 2, 2.5 or 5 times a power of ten."""
    assert nice_step(rough) == pytest.approx(step)


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-3.1, 99.5), (1e-9, 2e-9), (5.0, 5.0), (0.0, 0.0), (-2e9, 3e9)])
def test_linear_axis_covers_its_values(low: float, high: float) -> None:
    """Every value lies inside the axis, and its labels are distinct and in order."""
    scale = linear(low, high, 0.0, 100.0)
    assert 0.0 <= float(scale(low)) <= float(scale(high)) <= 100.0
    assert list(scale.ticks) == sorted(set(scale.ticks))
    assert len(set(scale.labels)) == len(scale.labels) >= 2


def test_whole_axis_has_no_ticks_between_whole_numbers() -> None:
    """There is no epoch 1.5."""
    assert all(tick == round(tick) for tick in linear(1, 3, 0, 1, whole=True).ticks)


def test_large_labels_are_shortened() -> None:
    """An axis of hundreds of thousands counts in thousands."""
    assert linear(0, 500_000, 0, 1).labels[-1] == "500k"


@pytest.mark.parametrize(("low", "high"), [(1e-6, 1.0), (0.01, 0.02), (3.0, 3.0), (1e-12, 1e12)])
def test_logarithmic_axis(low: float, high: float) -> None:
    """Equal ratios are equally far apart, and what is not positive has no place."""
    scale = logarithmic(low, high, 0.0, 100.0)
    a, b, c = (float(scale(low * ratio)) for ratio in (1, 1.1, 1.21))
    assert b - a == pytest.approx(c - b)
    assert math.isnan(float(scale(0.0)))
    assert 2 <= len(scale.ticks) <= 12


def test_thinning_keeps_the_corner_of_a_step() -> None:
    """A curve that jumps keeps its jump when it is thinned to few points."""
    x = np.linspace(0, 1, 5000)
    y = (x > 0.333).astype(float)
    kept = thin(x, y, 50)
    assert len(kept) <= 50
    assert {0, len(x) - 1} <= set(kept.tolist())
    assert np.interp(0.32, x[kept], y[kept]) < 0.1 < 0.9 < np.interp(0.345, x[kept], y[kept])


CHARTS = {
    "lines": LineChart(
        "t", "d", "x", "y", (Line("a", X, X), Line("b", X, NAN)), marks=(Mark(2.0, "here"), Mark(math.nan, ""))
    ),
    "band": LineChart("t", "d", "x", "y", (Line("a", X, X, X - 1, X + 1),), log_x=True),
    "one point": LineChart("t", "d", "x", "y", (Line("a", X[:1], X[:1]),), log_x=True, log_y=True),
    "nothing finite": LineChart("t", "d", "x", "y", (Line("a", NAN, NAN),), log_y=True),
    "dots": LineChart("t", "d", "x", "y", (Line("a", X, NAN, NAN, NAN, dots=True),), unit_square=True, diagonal=True),
    "scatter": Scatter("t", "d", "x", "y", X, np.array([1.0, np.nan, np.inf]), diagonal=True, zero=True),
    "empty scatter": Scatter("t", "d", "x", "y", np.zeros(0), np.zeros(0), diagonal=True),
    "histogram": Histogram("t", "d", "x", "y", np.array([0.0, 1.0, 2.0]), np.array([0.0, np.nan])),
    "spark": Spark("d", np.array([0.0, 3.0, np.nan])),
    "span": Span("d", -0.5, -0.7, 0.2, (-1.0, 1.0)),
    "absent span": Span("d", math.nan, math.nan, math.nan, (0.0, 0.0)),
    "graph": Graph(
        "t", "d", (Box("a", ("A", "x" * 90), ()), Box("b", ("B",), ("a",), 0.5), Box("c", ("C",), ("a", "b")))
    ),
    "empty graph": Graph("t", "d", ()),
}


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_is_well_formed_and_finite(name: str) -> None:
    """Whatever the numbers, a drawing is XML, has words for who cannot see it, and never says NaN."""
    markup = str(draw(CHARTS[name]))
    root = ElementTree.fromstring(markup)
    assert root.attrib["role"] == "img"
    assert root.find("title") is not None
    assert "nan" not in markup.lower()
    assert "inf" not in markup.lower()


def test_elements_escape_text_and_attributes() -> None:
    """A name from the user's data is text, never markup."""
    markup = element("text", "<script>", title='"><b>', class_="a")
    assert markup == '<text title="&#34;&gt;&lt;b&gt;" class="a">&lt;script&gt;</text>'


def test_a_missing_value_breaks_a_line() -> None:
    """A gap is a gap, not a line across it."""
    chart = LineChart("t", "d", "x", "y", (Line("a", np.arange(5.0), np.array([1, 2, np.nan, 4, 5])),))
    drawn = ElementTree.fromstring(str(draw(chart))).findall(".//path")
    assert [path.attrib["d"].count("M") for path in drawn if "line" in path.attrib["class"]] == [2]
