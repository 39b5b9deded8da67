"""Give freed memory back to the system."""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress


def give_back(*, cycles: bool = False) -> None:
    """Return what was freed to the system, where the C library would keep it.

    After a compilation or the parsing of many small blocks, glibc holds 100 MB and more of free memory, because a few
    bytes in use at its end pin the heap. Systems without `malloc_trim` need nothing or offer nothing.

    Args:
        cycles: First free cycles of references, as between a network and its callbacks; takes some tenths of a second.
    """
    if cycles:
        gc.collect()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
