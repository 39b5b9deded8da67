"""The engines and the row codes by name."""

from __future__ import annotations

from vandap.core.family import members
from vandap.errors import UsageError
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
    found = next((item for item in engines() if item.slug == slug), None)
    if found is None:
        raise UsageError(
            "There is no such search engine.",
            received=slug,
            expected="one of auto, " + ", ".join(item.slug for item in engines()),
            hint="Leave --engine out: the engines are raced on a sample of your vectors.",
        )
    return found


def row_codes() -> tuple[RowCode, ...]:
    """Every way to keep rows."""
    return members(codes, RowCode)  # type: ignore[type-abstract]


def row_code(slug: str) -> RowCode:
    """A row code by name.

    Raises:
        UsageError: There is none.
    """
    found = next((item for item in row_codes() if item.slug == slug), None)
    if found is None:
        raise UsageError(
            "There is no such form of rows.",
            received=slug,
            expected="one of auto, " + ", ".join(item.slug for item in row_codes()),
            hint="Leave --rows out: 8 bits are taken where a measurement says that the promise allows it.",
        )
    return found
