"""The engines by name."""

from __future__ import annotations

from vandap.core.family import members
from vandap.errors import UsageError
from vandap.search import engines as package
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
