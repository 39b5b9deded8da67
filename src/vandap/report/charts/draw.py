"""The one entry: any chart record to SVG."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from vandap.report.charts.axes import histogram, line_chart, scatter
from vandap.report.charts.bars import bars
from vandap.report.charts.graph import graph
from vandap.report.charts.records import Bars, Graph, Histogram, LineChart, Scatter, Span, Spark
from vandap.report.charts.small import span, spark

_DRAWERS: dict[type, Callable[[Any], Markup]] = {
    LineChart: line_chart,
    Scatter: scatter,
    Histogram: histogram,
    Bars: bars,
    Graph: graph,
    Span: span,
    Spark: spark,
}


def draw(chart: object) -> Markup:
    """Draw a chart record."""
    return _DRAWERS[type(chart)](chart)
