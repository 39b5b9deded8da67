"""Give freed memory back to the system."""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress

MAPPED = 4 << 20
"""Bytes from which a block of memory is mapped for itself: more than the work arrays of a block of rows, less than
those of all rows of a large table."""

_M_MMAP_THRESHOLD = -3


def map_large_blocks() -> None:
    """Let every large array go back to the system as soon as it is freed, for the rest of the process.

    glibc maps large blocks for themselves at first, but each one that is freed moves the bound up to its size, as far
    as 32 MB; from then on arrays of millions of rows lie in heaps, where whatever is allocated after them pins them.
    Setting the bound keeps it. Systems without `mallopt` are left as they are.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, MAPPED)


def give_back(*, network: bool = False) -> None:
    """Return what was freed to the system, where the C library would keep it.

    After a compilation or the parsing of many small blocks, glibc holds 100 MB and more of free memory, because a few
    bytes in use at its end pin the heap. Systems without `malloc_trim` need nothing or offer nothing.

    Args:
        network: A network was in use that is not needed now: first free its cycles of references, and the programs
            that JAX compiled in this process. What is called again is compiled again, which takes seconds at most.
    """
    if network:
        jax = sys.modules.get("jax")
        if jax is not None:
            jax.clear_caches()
        gc.collect()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
