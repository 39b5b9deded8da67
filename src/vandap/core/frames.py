"""Tracebacks without vandap's frames: who watches a program must not stand in what it shows of its own errors."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

_OURS = str(Path(__file__).parents[1]) + os.sep


class Unnoticed:
    """A context that an exception leaves without a trace of vandap.

    Python adds a frame to a traceback when the exception is raised in it or enters it, not when it leaves. So what is
    taken out in the outermost of our frames stays out.

    Example:
        ```python
        with Unnoticed():
            return original(*args, **kwargs)
        ```
    """

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take our frames out; the exception goes on."""
        leave_us_out(error)


def leave_us_out(error: BaseException | None) -> None:
    """Take vandap's frames out of a traceback, and out of those of its causes: the user shall see their program."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        error.__traceback__ = _without_us(error.__traceback__)
        error = error.__cause__ or error.__context__


def _without_us(trace: TracebackType | None) -> TracebackType | None:
    parts = []
    while trace is not None:
        parts.append(trace)
        trace = trace.tb_next
    if not any(_is_ours(part) for part in parts):
        return parts[0] if parts else None
    kept = None
    for part in reversed(parts):
        if not _is_ours(part):
            kept = TracebackType(kept, part.tb_frame, part.tb_lasti, part.tb_lineno)
    return kept


def _is_ours(trace: TracebackType) -> bool:
    return trace.tb_frame.f_code.co_filename.startswith(_OURS)
