"""How many threads a search, a build or a compaction may use."""

from __future__ import annotations

from vandap.core.machine import cores
from vandap.errors import UsageError


def threads_of(given: int | None) -> int:
    """The threads that were asked for; all cores where none were.

    Raises:
        UsageError: Less than one.
    """
    if given is None:
        return cores()
    if given < 1:
        raise UsageError(
            "There is no such number of threads.",
            received=f"threads = {given}",
            expected="a whole number, one or more",
            hint="Leave --threads out for the usual number.",
        )
    return given
