"""One thread for each product of matrices while blocks are worked on side by side."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits

_LOCK = threading.Lock()
_held: list[threadpool_limits] = []
"""The limit of the whole process, once for each that wants it."""


@contextmanager
def one_thread_a_product() -> Iterator[None]:
    """Let the linear algebra of this process use one thread, until the last of those that want so has ended.

    `threadpool_limits` alone gives back what it found: of two that overlap, the one that ends last would give back the
    limit of the other.
    """
    with _LOCK:
        _held.append(_held[-1] if _held else threadpool_limits(1, "blas"))
    try:
        yield
    finally:
        with _LOCK:
            limit = _held.pop()
            if not _held:
                limit.restore_original_limits()
