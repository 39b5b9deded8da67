"""SVG elements as escaped markup, and the parts that every chart with axes shares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup, escape

from vandap.report.charts.records import Level, Mark
from vandap.report.charts.scale import Scale

WIDTH = 440
HEIGHT = 270
_TOP, _RIGHT, _BOTTOM = 30, 22, 44
_CHARACTER = 6.6


def element(tag: str, *children: str, **attributes: object) -> Markup:
    """Return `<tag attributes>children</tag>`; children that are no markup are escaped, attributes always are.

    A trailing underscore is dropped from an attribute's name, other underscores become hyphens.
    """
    pairs = ((name.rstrip("_").replace("_", "-"), value) for name, value in attributes.items() if value is not None)
    opening = "".join(f' {name}="{escape(_text(value))}"' for name, value in pairs)
    return Markup(f"<{tag}{opening}>{''.join(escape(child) for child in children)}</{tag}>")


def picture(
    title: str, description: str, *children: str, width: int = WIDTH, height: int = HEIGHT, scales: bool = True
) -> Markup:
    """Return an `<svg>` that says in words what it shows.

    Args:
        title: Its name.
        description: What to see in it.
        children: Its elements.
        width: Width of the drawing.
        height: Height of the drawing.
        scales: Whether it takes the width of its box; otherwise it keeps its own size, and its box may scroll.
    """
    return element(
        "svg",
        element("title", title),
        element("desc", description),
        *children,
        viewBox=f"0 0 {width} {height}",
        width=None if scales else width,
        height=None if scales else height,
        role="img",
        aria_label=f"{title}. {description}",
        class_="chart" if scales else "chart fixed",
    )


def path(x: np.ndarray, y: np.ndarray) -> str:
    """Return path data through the points; a point that is not finite breaks the path."""
    pieces, joined = [], False
    for across, down in zip(x.tolist(), y.tolist(), strict=True):
        finite = np.isfinite(across) and np.isfinite(down)
        pieces += [f"{'L' if joined else 'M'}{across:.1f} {down:.1f}"] if finite else []
        joined = bool(finite)
    return "".join(pieces)


@dataclass(frozen=True)
class Frame:
    """The plotting area with its two axes.

    Args:
        x: The horizontal axis.
        y: The vertical axis.
        x_label: Its title.
        y_label: Its title.
    """

    x: Scale
    y: Scale
    x_label: str
    y_label: str

    def draw(self) -> Markup:
        """Return grid lines, tick labels and axis titles."""
        parts = [*self._horizontal(), *self._vertical()]
        parts.append(element("text", self.y_label, x=2, y=14, class_="axis-title"))
        parts.append(element("text", self.x_label, x=self.x.end, y=HEIGHT - 6, class_="axis-title end"))
        return element("g", *parts)

    def mark(self, mark: Mark) -> Markup:
        """Return a labelled vertical line; the label stays inside the area."""
        at = float(self.x(mark.x))
        if not np.isfinite(at):
            return Markup("")
        left = at + len(mark.label) * _CHARACTER + 6 < self.x.end
        return element(
            "g",
            element("line", x1=at, x2=at, y1=self.y.end, y2=self.y.start, class_="mark"),
            element(
                "text",
                mark.label,
                x=at + (5 if left else -5),
                y=self.y.end + 11,
                class_=f"label {'' if left else 'end'}",
            ),
        )

    def level(self, level: Level) -> Markup:
        """Return a labelled horizontal line; the label stays inside the area."""
        at = float(self.y(level.value))
        if not np.isfinite(at):
            return Markup("")
        above = at - 16 > self.y.end
        return element(
            "g",
            element("line", x1=self.x.start, x2=self.x.end, y1=at, y2=at, class_="level"),
            element("text", level.label, x=self.x.end - 4, y=at + (-5 if above else 14), class_="label end"),
        )

    def _horizontal(self) -> Iterable[Markup]:
        for position, label in zip(self.y(np.array(self.y.ticks)).tolist(), self.y.labels, strict=True):
            yield element("line", x1=self.x.start, x2=self.x.end, y1=position, y2=position, class_="grid")
            yield element("text", label, x=self.x.start - 7, y=position + 4, class_="tick end")

    def _vertical(self) -> Iterable[Markup]:
        yield element("line", x1=self.x.start, x2=self.x.end, y1=self.y.start, y2=self.y.start, class_="base")
        for position, label in zip(self.x(np.array(self.x.ticks)).tolist(), self.x.labels, strict=True):
            yield element("line", x1=position, x2=position, y1=self.y.start, y2=self.y.start + 4, class_="base")
            yield element("text", label, x=position, y=self.y.start + 17, class_="tick middle")


def area(y_labels: tuple[str, ...]) -> tuple[float, float, float, float]:
    """Return (left, right, bottom, top) of the plotting area that leaves room for these tick labels."""
    left = 16 + max((len(label) for label in y_labels), default=1) * _CHARACTER
    return left, WIDTH - _RIGHT, HEIGHT - _BOTTOM, _TOP


def _text(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float | np.floating) else str(value)
