"""The rows that the latest filters leave, so that a filter is evaluated once until something changes."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

import numpy as np

from vandap.search.engines._engine import Allowed

_KEPT, _CHARACTERS = 16, 2**20
"""Filters, and characters of all of them: one that lists ids may be of many megabytes."""


class Filters:
    """Filters by their text. Threads that ask for others wait for nobody."""

    def __init__(self) -> None:
        self._kept: dict[str | None, Allowed] = {}
        self._lock = Lock()

    def of(self, text: str | None, make: Callable[[], np.ndarray]) -> Allowed:
        """What a filter leaves.

        Args:
            text: The filter; None where there is none, and only rows that are gone are left out.
            make: Evaluates it; bool for each row, an array of its own.
        """
        allowed = self._kept.get(text)
        if allowed is None:
            allowed = Allowed(make())
            _ = allowed.bits  # before others have it: an engine points into them, and two threads would make two
            if len(text or "") <= _CHARACTERS:
                self._keep(text, allowed)
        return allowed

    def _keep(self, text: str | None, allowed: Allowed) -> None:
        with self._lock:
            self._kept[text] = allowed
            while len(self._kept) > _KEPT or sum(len(known or "") for known in self._kept) > _CHARACTERS:
                self._kept.pop(next(iter(self._kept)))

    def clear(self) -> None:
        """Forget them: something changed."""
        with self._lock:
            self._kept.clear()
