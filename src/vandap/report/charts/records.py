"""What a chart shows: frozen records of numbers and labels, without any drawing."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

NOTHING = np.zeros(0)


@dataclass(frozen=True)
class Line:
    """One line of a chart.

    Args:
        name: Its name in the legend; empty where it needs none.
        x: Shape `(points,)`.
        y: Shape `(points,)`; NaN breaks the line.
        low: Lower end of the 95 % band, or empty.
        high: Upper end of the 95 % band, or empty.
        dots: Draw points with error bars rather than a line with a band.
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    low: np.ndarray = field(default_factory=lambda: NOTHING)
    high: np.ndarray = field(default_factory=lambda: NOTHING)
    dots: bool = False


@dataclass(frozen=True)
class Mark:
    """A vertical line at `x` with a label."""

    x: float
    label: str


@dataclass(frozen=True)
class Level:
    """A line at a value of the measured axis with a label: a threshold, or a value to compare with."""

    value: float
    label: str


@dataclass(frozen=True)
class LineChart:
    """Lines over a shared pair of axes.

    Args:
        title: What is shown, as a short heading.
        description: What to see in it, for readers who cannot see it.
        x_label: Title of the horizontal axis.
        y_label: Title of the vertical axis.
        lines: At most six are told apart.
        log_x: Logarithmic horizontal axis.
        log_y: Logarithmic vertical axis.
        unit_square: Both axes run from 0 to 1.
        diagonal: Draw the line y = x for reference.
        whole_x: The horizontal axis counts something: no ticks between whole numbers.
        marks: Vertical lines.
        levels: Horizontal lines; one far outside of the measured values is left out.
    """

    title: str
    description: str
    x_label: str
    y_label: str
    lines: tuple[Line, ...]
    log_x: bool = False
    log_y: bool = False
    unit_square: bool = False
    diagonal: bool = False
    whole_x: bool = False
    marks: tuple[Mark, ...] = ()
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True)
class Bars:
    """Named values as horizontal bars, or as points with their 95 % intervals.

    Args:
        title: What is shown.
        description: What to see in it.
        x_label: Title of the axis.
        names: One for each bar, in the order in which they are drawn, top down.
        values: Shape `(bars,)`; NaN where nothing was measured.
        low: Lower ends of the intervals, or empty.
        high: Upper ends of the intervals, or empty.
        log: Logarithmic axis; zero and negative values are drawn at its lower end.
        dots: Draw points, because zero is no natural end of the axis.
        strong: Names of the bars to look at; where empty, all are.
        levels: Vertical lines; one far outside of the measured values is left out.
    """

    title: str
    description: str
    x_label: str
    names: tuple[str, ...]
    values: np.ndarray
    low: np.ndarray = field(default_factory=lambda: NOTHING)
    high: np.ndarray = field(default_factory=lambda: NOTHING)
    log: bool = False
    dots: bool = False
    strong: frozenset[str] = frozenset()
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True)
class Scatter:
    """Points over a pair of axes.

    Args:
        title: What is shown.
        description: What to see in it.
        x_label: Title of the horizontal axis.
        y_label: Title of the vertical axis.
        x: Shape `(points,)`.
        y: Shape `(points,)`.
        diagonal: Draw the line y = x, over equal axes.
        zero: Draw the line y = 0.
    """

    title: str
    description: str
    x_label: str
    y_label: str
    x: np.ndarray
    y: np.ndarray
    diagonal: bool = False
    zero: bool = False


@dataclass(frozen=True)
class Histogram:
    """Counts over bins.

    Args:
        title: What is shown.
        description: What to see in it.
        x_label: Title of the horizontal axis.
        y_label: Title of the vertical axis.
        edges: Shape `(bins + 1,)`, ascending.
        counts: Shape `(bins,)`.
        marks: Vertical lines.
    """

    title: str
    description: str
    x_label: str
    y_label: str
    edges: np.ndarray
    counts: np.ndarray
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Spark:
    """A histogram the size of a word, without axes.

    Args:
        description: What to see in it.
        counts: Shape `(bins,)`.
    """

    description: str
    counts: np.ndarray


@dataclass(frozen=True)
class Span:
    """One row of a bar chart: a bar to `value` with its 95 % interval, over an axis shared by all rows.

    Args:
        description: The numbers in words.
        value: Where the bar ends.
        low: Lower end of the interval, or NaN.
        high: Upper end of the interval, or NaN.
        axis: (lowest, highest) value of the axis.
        strong: Whether this row is the one to look at.
    """

    description: str
    value: float
    low: float
    high: float
    axis: tuple[float, float]
    strong: bool = False


@dataclass(frozen=True)
class Box:
    """One box of a graph.

    Args:
        name: Its unique name.
        lines: What is written in it, the first line as its heading.
        inputs: Names of the boxes it reads.
        weight: Share of the whole in [0, 1] that it stands for; drawn as a small bar.
    """

    name: str
    lines: tuple[str, ...]
    inputs: tuple[str, ...]
    weight: float = 0.0


@dataclass(frozen=True)
class Graph:
    """Boxes and arrows, top down.

    Args:
        title: What is shown.
        description: What to see in it.
        boxes: In an order in which inputs come first.
    """

    title: str
    description: str
    boxes: tuple[Box, ...]
