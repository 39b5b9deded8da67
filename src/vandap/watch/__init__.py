"""Watches any `keras.Model.fit` from inside, without changing what it computes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vandap.watch.context import watching

if TYPE_CHECKING:
    from vandap.watch.callback import Watch
    from vandap.watch.session import Session

__all__ = ["Session", "Watch", "watching"]


def __getattr__(name: str) -> Any:
    """Import what needs Keras only when it is asked for."""
    if name == "Watch":
        from vandap.watch.callback import Watch

        return Watch
    if name == "Session":
        from vandap.watch.session import Session

        return Session
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
