"""Charts with two axes: lines, points, histograms."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from markupsafe import Markup

from vandap.report.charts.records import Histogram, Line, LineChart, Scatter
from vandap.report.charts.scale import Scale, extent, linear, logarithmic, near
from vandap.report.charts.svg import Frame, area, element, path, picture

POINTS = 240
"""No line is drawn through more points than this: a screen does not show more."""


def thin(x: np.ndarray, y: np.ndarray, points: int = POINTS) -> np.ndarray:
    """Return the indices of at most `points` points, spread evenly along the drawn length, ends included.

    Even spacing along the line keeps the corners of a step-like curve, which even spacing in the index would cut.
    """
    if len(x) <= points:
        return np.arange(len(x))
    steps = [np.abs(np.diff(np.nan_to_num(values))) / (np.ptp(np.nan_to_num(values)) or 1.0) for values in (x, y)]
    along = np.concatenate([[0.0], np.cumsum(steps[0] + steps[1])])
    return np.unique(np.searchsorted(along, np.linspace(0, along[-1], points)).clip(0, len(x) - 1))


def _frame(
    make_x: Callable[[float, float], Scale], make_y: Callable[[float, float], Scale], labels: tuple[str, str]
) -> Frame:
    left, right, bottom, top = area(make_y(1, 0).labels)
    return Frame(make_x(left, right), make_y(bottom, top), *labels)


def line_chart(chart: LineChart) -> Markup:
    """Draw lines with their 95 % bands."""
    x_low, x_high = (0.0, 1.0) if chart.unit_square else extent(*(line.x for line in chart.lines), positive=chart.log_x)
    shown = [values for line in chart.lines for values in (line.y, line.low, line.high)]
    y_low, y_high = (0.0, 1.0) if chart.unit_square else extent(*shown, positive=chart.log_y)
    levels = tuple(level for level in chart.levels if near(level.value, y_low, y_high, log=chart.log_y))
    y_low, y_high = extent(np.array([y_low, y_high, *(level.value for level in levels)]))
    frame = _frame(
        lambda start, end: (
            logarithmic(x_low, x_high, start, end)
            if chart.log_x
            else linear(x_low, x_high, start, end, whole=chart.whole_x)
        ),
        lambda start, end: (
            logarithmic(y_low, y_high, start, end) if chart.log_y else linear(y_low, y_high, start, end, target=4)
        ),
        (chart.x_label, chart.y_label),
    )
    parts = [frame.draw(), *(frame.mark(mark) for mark in chart.marks)]
    if chart.diagonal:
        parts.append(_diagonal(frame))
    for index, line in enumerate(chart.lines):
        parts.append(_dots(frame, line, index) if line.dots else _line(frame, line, index))
    parts += [frame.level(level) for level in levels]
    return picture(chart.title, chart.description, *parts)


def _line(frame: Frame, line: Line, index: int) -> Markup:
    keep = thin(line.x, line.y)
    x, parts = frame.x(line.x[keep]), []
    if len(line.low):
        band = frame.y(np.concatenate([line.high[keep], line.low[keep][::-1]]))
        around = np.concatenate([x, x[::-1]])
        finite = np.isfinite(band) & np.isfinite(around)
        parts.append(element("path", d=path(around[finite], band[finite]) + "Z", class_=f"band s{index % 6}"))
    parts.append(element("path", d=path(x, frame.y(line.y[keep])), class_=f"line s{index % 6}"))
    return element("g", *parts, *([_single(frame, line, index)] if len(keep) == 1 else []))


def _single(frame: Frame, line: Line, index: int) -> Markup:
    at = float(frame.x(line.x)[0]), float(frame.y(line.y)[0])
    return (
        element("circle", cx=at[0], cy=at[1], r=3, class_=f"dot s{index % 6}") if np.isfinite(at).all() else Markup("")
    )


def _dots(frame: Frame, line: Line, index: int) -> Markup:
    x, y = frame.x(line.x), frame.y(line.y)
    parts = [element("path", d=path(x, y), class_=f"line thin s{index % 6}")]
    if len(line.low):
        for across, low, high in zip(x.tolist(), frame.y(line.low).tolist(), frame.y(line.high).tolist(), strict=True):
            if np.isfinite([across, low, high]).all():
                parts.append(element("line", x1=across, x2=across, y1=low, y2=high, class_=f"bar s{index % 6}"))
    for across, down in zip(x.tolist(), y.tolist(), strict=True):
        if np.isfinite([across, down]).all():
            parts.append(element("circle", cx=across, cy=down, r=3.5, class_=f"dot s{index % 6}"))
    return element("g", *parts)


def _diagonal(frame: Frame) -> Markup:
    ends = np.array([max(frame.x.low, frame.y.low), min(frame.x.high, frame.y.high)])
    return element("path", d=path(frame.x(ends), frame.y(ends)), class_="reference")


def scatter(chart: Scatter) -> Markup:
    """Draw points."""
    x_low, x_high = extent(chart.x)
    y_low, y_high = extent(chart.y)
    if chart.diagonal:
        x_low, x_high = y_low, y_high = min(x_low, y_low), max(x_high, y_high)
    frame = _frame(
        lambda start, end: linear(x_low, x_high, start, end),
        lambda start, end: linear(y_low, y_high, start, end),
        (chart.x_label, chart.y_label),
    )
    parts = [frame.draw()]
    if chart.diagonal:
        parts.append(_diagonal(frame))
    if chart.zero:
        zero = float(frame.y(0.0))
        parts.append(element("line", x1=frame.x.start, x2=frame.x.end, y1=zero, y2=zero, class_="reference"))
    finite = np.isfinite(chart.x) & np.isfinite(chart.y)
    across, down = frame.x(chart.x[finite]).tolist(), frame.y(chart.y[finite]).tolist()
    # one path of zero-length strokes with round caps: a tenth of the bytes of as many circles
    points = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in zip(across, down, strict=True))
    parts.append(element("path", d=points, class_="points s0"))
    return picture(chart.title, chart.description, *parts)


def histogram(chart: Histogram) -> Markup:
    """Draw counts over bins."""
    low, high = extent(chart.edges)
    most = float(np.nanmax(chart.counts, initial=1.0))
    frame = _frame(
        lambda start, end: linear(low, high, start, end),
        lambda start, end: linear(0.0, most, start, end, target=4),
        (chart.x_label, chart.y_label),
    )
    lefts, rights = frame.x(chart.edges[:-1]).tolist(), frame.x(chart.edges[1:]).tolist()
    tops, floor = frame.y(np.nan_to_num(chart.counts)).tolist(), frame.y.start
    bars = [
        element("rect", x=left + 0.5, y=top, width=max(1.0, right - left - 1), height=floor - top, class_="column s0")
        for left, right, top in zip(lefts, rights, tops, strict=True)
    ]
    return picture(chart.title, chart.description, frame.draw(), *bars, *(frame.mark(mark) for mark in chart.marks))
