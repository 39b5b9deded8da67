"""The exam: a stored run, a user's script, a saved model or a training in the user's own process is judged.

Importing it is quick and imports nothing heavy: the process that runs a user's script must meet libraries no earlier
than the script does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vandap.core.finding import Verdict
    from vandap.core.store import Run


def examine(run: Run, muted: Iterable[str] = ()) -> tuple[Verdict, ...]:
    """Judge a run by every rule.

    Args:
        run: The run; only its signals and its structure are read, so an old run, or one from another machine, can be
            examined.
        muted: Codes of rules whose findings the user does not want.
    """
    from vandap.diagnose.engine import diagnose
    from vandap.exam.suspects import with_suspects

    return with_suspects(diagnose(run, muted=tuple(muted)))
