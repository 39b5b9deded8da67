"""Standard streams, at the level of file descriptors, so that what C libraries print is caught as well."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress


@contextmanager
def redirected(descriptor: int, target: int) -> Iterator[int | None]:
    """Point a standard stream's file descriptor elsewhere for a while.

    Args:
        descriptor: 1 or 2.
        target: An open file descriptor.

    Yields:
        A copy of what the descriptor was; None where it is closed.
    """
    try:
        kept = os.dup(descriptor)
    except OSError:
        yield None
        return
    _flush(descriptor)
    os.dup2(target, descriptor)
    try:
        yield kept
    finally:
        _flush(descriptor)
        os.dup2(kept, descriptor)
        os.close(kept)


def _flush(descriptor: int) -> None:
    """Write out what Python holds back; a program may have closed the stream, or put anything in its place."""
    with suppress(Exception):
        (sys.stdout if descriptor == 1 else sys.stderr).flush()


@contextmanager
def silenced() -> Iterator[None]:
    """Send what is printed on both standard streams to nowhere for a while."""
    with open(os.devnull, "w") as nowhere, ExitStack() as stack:  # noqa: PTH123
        for descriptor in (1, 2):
            stack.enter_context(redirected(descriptor, nowhere.fileno()))
        yield
