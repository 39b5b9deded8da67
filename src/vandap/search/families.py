"""The engines and the row codes by name."""

from __future__ import annotations

from vandap.core.family import by_slug, members
from vandap.search import codes
from vandap.search import engines as package
from vandap.search.codes._code import RowCode
from vandap.search.engines._engine import Engine


def engines() -> tuple[Engine, ...]:
    """Every engine, installed or not."""
    return members(package, Engine)  # type: ignore[type-abstract]


def engine(slug: str) -> Engine:
    """An engine by name.

    Raises:
        UsageError: There is none.
    """
    return by_slug(
        engines(),
        slug,
        unknown="There is no such search engine.",
        hint="Leave --engine out: the engines are raced on a sample of your vectors.",
        also=("auto",),
    )


def row_codes() -> tuple[RowCode, ...]:
    """Every way to keep rows."""
    return members(codes, RowCode)  # type: ignore[type-abstract]


def row_code(slug: str) -> RowCode:
    """A row code by name.

    Raises:
        UsageError: There is none.
    """
    return by_slug(
        row_codes(),
        slug,
        unknown="There is no such form of rows.",
        hint="Leave --rows out: 8 bits are taken where a measurement says that the promise allows it.",
        also=("auto",),
    )
