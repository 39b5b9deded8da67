"""Do the data of a fit give the answers away? Asked once for the same data, and within one budget for all fits."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import Any

from vandap.watch.plain import attempt
from vandap.watch.recorder import Signals
from vandap.watch.sample import leaves, of_arrays

SECONDS = 6.0
"""Time for the data of all fits of a program together; of one fit it takes some tenths of a second."""
_ROWS = 16


class LeakSearch:
    """Remembers what was found of which data, so that a program of a thousand fits pays once.

    Args:
        seconds: Time for everything that is asked.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self._left = seconds
        self._found: dict[bytes, Signals] = {}

    def ask(self, question: str, data: tuple[Any, Any], work: Callable[[], Signals]) -> Signals:
        """Do the work, unless it was done for the same data or the time is spent.

        Args:
            question: What is asked.
            data: The two arrays, or structures of arrays, that it is asked of.
            work: Answers it; an error is no answer.
        """
        key = attempt(lambda: _fingerprint(question, data), b"")
        if key and key not in self._found and self._left > 0:
            begun = time.perf_counter()
            self._found[key] = attempt(work, {})
            self._left -= time.perf_counter() - begun
        return self._found.get(key, {})


def _fingerprint(question: str, data: tuple[Any, Any]) -> bytes:
    """Shapes of the data and the same few rows of each: enough to tell one training set from another."""
    told = hashlib.blake2b(question.encode(), digest_size=16)
    for part in data:
        told.update(repr([tuple(leaf.shape) for leaf in leaves(part)]).encode())
        some = of_arrays((part, None, None), _ROWS)
        for leaf in leaves(some.x) if some is not None else ():
            told.update(leaf.tobytes())
    return told.digest()
