"""The tree of a filter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Literal: TypeAlias = bool | int | float | str


@dataclass(frozen=True)
class Compare:
    """`column operator value`; operators are `= != < <= > >=`."""

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
    """`left and right`."""

    left: Node
    right: Node


@dataclass(frozen=True)
class Either:
    """`left or right`."""

    left: Node
    right: Node


Node: TypeAlias = Compare | Among | Missing | Truth | Not | Both | Either
