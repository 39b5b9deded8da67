"""Tracebacks without vandap's frames: who watches a program must not stand in what it shows of its own errors."""

from __future__ import annotations

import os
import re
from pathlib import Path
from types import TracebackType

_OURS = str(Path(__file__).parents[1]) + os.sep
_LINE = rf'  File "{re.escape(_OURS)}[^"]*", line \d+, in \S+\n\n?'
_TOLD = re.compile(rf'(?:  File "<string>", line \d+, in <module>\n\n?(?={_LINE}))?{_LINE}')


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
        _leave_out_of_message(error)
        error = error.__cause__ or error.__context__


def _leave_out_of_message(error: BaseException) -> None:
    """TensorFlow tells in an error's message where each operation was made, from the outermost frame on."""
    message = vars(error).get("_message")
    if isinstance(message, str) and _OURS in message:
        vars(error)["_message"] = _TOLD.sub("", message)


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
