"""Drawings the size of a table cell: a bar with its interval, a histogram without axes."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from vandap.report.charts.records import Span, Spark
from vandap.report.charts.svg import element

_ROW = 22


def span(chart: Span) -> Markup:
    """Draw a bar to the value with its interval as a whisker.

    Positions are percentages, so the drawing takes any width without scaling its strokes.
    """
    low, high = chart.axis

    def at(value: float) -> float:
        return 100 * min(max((value - low) / ((high - low) or 1.0), 0.0), 1.0)

    zero = at(0.0)
    parts = [
        element("title", chart.description),
        element("line", x1=_percent(zero), x2=_percent(zero), y1=0, y2=_ROW, class_="base"),
    ]
    if np.isfinite(chart.value):
        left, right = sorted((zero, at(chart.value)))
        kind = "strong" if chart.strong else "weak"
        parts.append(
            element(
                "rect",
                x=_percent(left),
                y=4,
                width=_percent(max(right - left, 0.3)),
                height=_ROW - 8,
                rx=2,
                class_=kind,
            )
        )
    if np.isfinite([chart.low, chart.high]).all():
        ends = _percent(at(chart.low)), _percent(at(chart.high))
        middle = _ROW / 2
        parts.append(element("line", x1=ends[0], x2=ends[1], y1=middle, y2=middle, class_="whisker"))
        parts += [element("line", x1=end, x2=end, y1=middle - 4, y2=middle + 4, class_="whisker") for end in ends]
    return element("svg", *parts, width="100%", height=_ROW, role="img", class_="span")


def spark(chart: Spark) -> Markup:
    """Draw a histogram the size of a word."""
    counts = np.nan_to_num(np.asarray(chart.counts, float))
    heights = 18 * counts / (counts.max(initial=0.0) or 1.0)
    width = 90 / max(len(counts), 1)
    bars = [
        element("rect", x=index * width, y=20 - height, width=max(width - 1, 0.8), height=height, class_="column s0")
        for index, height in enumerate(np.where(counts > 0, np.maximum(heights, 1.0), 0.0).tolist())
    ]
    return element(
        "svg",
        element("title", chart.description),
        *bars,
        viewBox="0 0 90 20",
        width=90,
        height=20,
        role="img",
        class_="spark",
    )


def _percent(value: float) -> str:
    return f"{value:.2f}%"
