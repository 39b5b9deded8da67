"""Named values: one row each, with a threshold through all of them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from markupsafe import Markup

from vandap.report import format as written
from vandap.report.charts.records import Bars, Level
from vandap.report.charts.scale import Scale, extent, linear, logarithmic, near
from vandap.report.charts.svg import WIDTH, element, picture

_ROW, _TOP, _BOTTOM, _RIGHT = 24, 26, 44, 74
_CHARACTER = 6.4
_LONGEST = 24


def bars(chart: Bars) -> Markup:
    """Draw bars, or points with intervals, under each other."""
    height = _TOP + _ROW * len(chart.names) + _BOTTOM
    scale = _scale(chart)
    floor = height - _BOTTOM
    levels = (level for level in chart.levels if near(level.value, *_range(chart), log=chart.log))
    return picture(
        chart.title,
        chart.description,
        *_axis(scale, floor, chart.x_label, height),
        *(_row(chart, scale, index) for index in range(len(chart.names))),
        *(_level(scale, level, floor) for level in levels),
        height=height,
    )


def _range(chart: Bars) -> tuple[float, float]:
    low, high = extent(chart.values, chart.low, chart.high, positive=chart.log)
    return (low, high) if chart.log or chart.dots else (min(low, 0.0), max(high, 0.0))


def _scale(chart: Bars) -> Scale:
    low, high = _range(chart)
    shown = [level.value for level in chart.levels if near(level.value, low, high, log=chart.log)]
    low, high = min([low, *shown]), max([high, *shown])
    left = 14 + min(max((len(name) for name in chart.names), default=1), _LONGEST) * _CHARACTER
    if chart.log:
        return logarithmic(low / 2, high * 1.5, left, WIDTH - _RIGHT)
    return linear(low, high, left, WIDTH - _RIGHT, target=4)


def _axis(scale: Scale, floor: float, label: str, height: float) -> Iterable[Markup]:
    for position, text in zip(scale(np.array(scale.ticks)).tolist(), scale.labels, strict=True):
        yield element("line", x1=position, x2=position, y1=_TOP - 6, y2=floor, class_="grid")
        yield element("text", text, x=position, y=floor + 17, class_="tick middle")
    yield element("text", label, x=scale.end, y=height - 6, class_="axis-title end")


def _row(chart: Bars, scale: Scale, index: int) -> Markup:
    name, value = chart.names[index], float(chart.values[index])
    middle = _TOP + _ROW * (index + 0.5)
    shown = name if len(name) <= _LONGEST else "…" + name[1 - _LONGEST :]
    parts = [
        element("title", f"{name}: {written.number(value)}"),
        element("text", shown, x=scale.start - 8, y=middle + 4, class_="name end"),
        element("text", written.number(value), x=WIDTH - 2, y=middle + 4, class_="label end"),
    ]
    kind = "strong" if not chart.strong or name in chart.strong else "weak"
    zero = float(scale(scale.low if chart.log else min(max(0.0, scale.low), scale.high)))
    at = float(scale(value)) if np.isfinite(value) else float("nan")
    if np.isfinite(at) and chart.dots:
        parts += [*_whisker(chart, scale, index, middle), element("circle", cx=at, cy=middle, r=4, class_=kind)]
    elif np.isfinite(at):
        left, right = sorted((zero, at))
        width = max(right - left, 1.5)
        parts.append(element("rect", x=left, y=middle - 7, width=width, height=14, rx=2, class_=kind))
    return element("g", *parts, class_="span")


def _whisker(chart: Bars, scale: Scale, index: int, middle: float) -> Iterable[Markup]:
    ends = [float(scale(side[index])) for side in (chart.low, chart.high) if len(side) > index]
    if len(ends) == 2 and np.isfinite(ends).all():
        yield element("line", x1=ends[0], x2=ends[1], y1=middle, y2=middle, class_="whisker")
        for end in ends:
            yield element("line", x1=end, x2=end, y1=middle - 4, y2=middle + 4, class_="whisker")


def _level(scale: Scale, level: Level, floor: float) -> Markup:
    at = float(scale(level.value))
    if not np.isfinite(at):
        return Markup("")
    left = at > (scale.start + scale.end) / 2
    return element(
        "g",
        element("line", x1=at, x2=at, y1=_TOP - 10, y2=floor, class_="level"),
        element("text", level.label, x=at, y=_TOP - 13, class_=f"label {'end' if left else ''}"),
    )
