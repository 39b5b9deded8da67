"""A graph of boxes, top down: each box one row below its deepest input."""

from __future__ import annotations

from markupsafe import Markup

from vandap.report.charts.records import Box, Graph
from vandap.report.charts.svg import element, picture

_WIDE, _LINE, _PAD = 220, 15, 9
_GAP_X, _GAP_Y, _BAR = 26, 22, 3
_CHARACTERS = 34


def graph(chart: Graph) -> Markup:
    """Draw the boxes and an arrow from each input. An arrow that skips rows runs around on the right."""
    depth = _depths(chart.boxes)
    rows = [
        [box for box in chart.boxes if depth[box.name] == level] for level in range(max(depth.values(), default=-1) + 1)
    ]
    widest = max((len(row) for row in rows), default=1)
    centre = (widest * _WIDE + (widest - 1) * _GAP_X) / 2 + 40
    place: dict[str, tuple[float, float, float]] = {}
    top = 6.0
    for row in rows:
        tall = max(_height(box) for box in row)
        left = centre - (len(row) * _WIDE + (len(row) - 1) * _GAP_X) / 2
        for index, box in enumerate(row):
            place[box.name] = (left + index * (_WIDE + _GAP_X), top, _height(box))
        top += tall + _GAP_Y
    arrows = [
        _arrow(place[name], place[box.name], straight=depth[box.name] - depth[name] == 1)
        for box in chart.boxes
        for name in box.inputs
        if name in place
    ]
    boxes = [_box(box, *place[box.name]) for box in chart.boxes]
    return picture(
        chart.title, chart.description, *arrows, *boxes, width=round(2 * centre), height=round(top), scales=False
    )


def _depths(boxes: tuple[Box, ...]) -> dict[str, int]:
    depth: dict[str, int] = {}
    for box in boxes:
        depth[box.name] = 1 + max((depth[name] for name in box.inputs if name in depth), default=-1)
    return depth


def _height(box: Box) -> float:
    return 2 * _PAD + _LINE * len(box.lines) + (_BAR if box.weight else 0)


def _box(box: Box, left: float, top: float, height: float) -> Markup:
    parts = [element("rect", x=left, y=top, width=_WIDE, height=height, rx=5, class_="box")]
    if box.weight > 0:
        width = max(2.0, min(box.weight, 1.0) * (_WIDE - 2 * _PAD))
        parts.append(
            element("rect", x=left + _PAD, y=top + height - _PAD, width=width, height=_BAR, rx=1.5, class_="column s0")
        )
    for index, line in enumerate(box.lines):
        text = line if len(line) <= _CHARACTERS else line[: _CHARACTERS - 1] + "…"
        kind = "box-title" if index == 0 else "box-text"
        parts.append(element("text", text, x=left + _PAD, y=top + _PAD + 11 + index * _LINE, class_=kind))
    return element("g", *parts)


def _arrow(source: tuple[float, float, float], end: tuple[float, float, float], *, straight: bool) -> Markup:
    if straight:
        x1, y1 = source[0] + _WIDE / 2, source[1] + source[2]
        x2, y2 = end[0] + _WIDE / 2, end[1]
        middle = (y1 + y2) / 2
        line = _curve((x1, y1), (x1, middle), (x2, middle), (x2, y2))
        head = _line((x2 - 3.5, y2 - 6), (x2, y2), (x2 + 3.5, y2 - 6))
    else:
        x1, y1 = source[0] + _WIDE, source[1] + source[2] / 2
        x2, y2 = end[0] + _WIDE, end[1] + end[2] / 2
        right = max(x1, x2) + 24
        line = _curve((x1, y1), (right, y1), (right, y2), (x2, y2))
        head = _line((x2 + 6, y2 - 3.5), (x2, y2), (x2 + 6, y2 + 3.5))
    return element("path", d=line + head, class_="arrow")


def _curve(start: tuple[float, float], *points: tuple[float, float]) -> str:
    return f"M{start[0]:.1f} {start[1]:.1f}C" + " ".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _line(start: tuple[float, float], *points: tuple[float, float]) -> str:
    return f"M{start[0]:.1f} {start[1]:.1f}L" + " ".join(f"{x:.1f} {y:.1f}" for x, y in points)
