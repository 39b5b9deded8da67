"""How a long job tells what it is doing. Engines report; faces draw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Progress: TypeAlias = Callable[[str, Mapping[str, Any]], None]
"""Called as `progress(event, facts)`. Events: `stage` (title), `note` (text), `rung` (learner, score, seconds),
`epoch` (epoch, epochs, loss, val_loss, score, remaining_s)."""


def silent(event: str, facts: Mapping[str, Any]) -> None:
    """Report nothing."""
