"""Give freed memory back to the system."""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress


def give_back() -> None:
    """Return what was freed to the system, where the C library would keep it.

    After a compilation or the parsing of many small blocks, glibc holds 100 MB and more of free memory, because a few
    bytes in use at its end pin the heap. Systems without `malloc_trim` need nothing or offer nothing. Cycles of
    references, as between a network and its callbacks, are freed first.
    """
    gc.collect()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
