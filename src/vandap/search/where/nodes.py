"""The tree of a filter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import pyarrow.compute as pc

Literal: TypeAlias = bool | int | float | str
OPERATORS: Mapping[str, Callable[..., Any]] = {
    "=": pc.equal,
    "!=": pc.not_equal,
    "<": pc.less,
    "<=": pc.less_equal,
    ">": pc.greater,
    ">=": pc.greater_equal,
}
"""Comparisons of a column with a value."""


@dataclass(frozen=True)
class Compare:
    """`column operator value`, with one of `OPERATORS`."""

    column: str
    operator: str
    value: Literal


@dataclass(frozen=True)
class Among:
    """`column in (values)`."""

    column: str
    values: tuple[Literal, ...]


@dataclass(frozen=True)
class Missing:
    """`column is null`."""

    column: str


@dataclass(frozen=True)
class Truth:
    """A column of truth values on its own."""

    column: str


@dataclass(frozen=True)
class Not:
    """`not inner`."""

    inner: Node


@dataclass(frozen=True)
class Both:
    """`one and another and ...`."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Either:
    """`one or another or ...`."""

    parts: tuple[Node, ...]


Node: TypeAlias = Compare | Among | Missing | Truth | Not | Both | Either
