"""Give freed memory back to the system."""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress


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
