"""What a kind of crash is: how its message looks, what was expected, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from vandap.core.program import Crash, Program

Advice = tuple[str, str, str]
"""The fault's name ("" for none of the named ones), what was expected, what to do."""


@dataclass(frozen=True)
class Mistake:
    """A kind of crash.

    Args:
        pattern: What its message looks like.
        advice: The advice with the pattern's named groups in braces, or a function that finds it.
        remedy: Slug of the remedy.
        component: Where it is repaired: `data`, `model`, `compile` or `fit`.
        kinds: Classes of the exception; empty for any.
    """

    pattern: str
    advice: Advice | Callable[[Mapping[str, str], Crash, Program], Advice | None]
    remedy: str
    component: str = "fit"
    kinds: tuple[str, ...] = ()
