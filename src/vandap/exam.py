"""The exam of a stored run: every rule gets one verdict from the run's signals."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.core.finding import Verdict
from vandap.core.store import Run
from vandap.diagnose.engine import diagnose


def examine(run: Run, muted: Iterable[str] = ()) -> tuple[Verdict, ...]:
    """Judge a run by every rule.

    Args:
        run: The run; only its signals and its structure are read, so an old run, or one from another machine, can be
            examined.
        muted: Codes of rules whose findings the user does not want.
    """
    return diagnose(run, muted=tuple(muted))
