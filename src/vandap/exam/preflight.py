"""What structure and data alone show, told before the first step of a training is spent."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vandap.exam.request import Request

if TYPE_CHECKING:
    from vandap.core.finding import Finding

_FAMILIES = ("A", "B")
"""Families of rules that read data and structure."""


class StopBeforeTraining(SystemExit):
    """Ends a script at its first `fit`. A `SystemExit`, so that a script cleans up behind itself."""


class Preflight:
    """Judges a script when its first training begins: the structure is known, and arrays have been looked at.

    Args:
        request: The script; `before_training` ends it here.
        tell: Whether findings are printed to standard error as they are found.
    """

    def __init__(self, request: Request, tell: bool) -> None:
        self.request, self.tell = request, tell
        self._is_done = False

    def __call__(self, session: Any) -> None:
        """A fit of the watched program begins.

        Raises:
            StopBeforeTraining: That was asked for.
        """
        if not self._is_done and self.tell:
            self._is_done = True
            for finding in self.findings():
                print(_line(finding), file=sys.stderr, flush=True)
        if self.request.before_training:
            raise StopBeforeTraining(0)

    def findings(self) -> list[Finding]:
        """Issues of data and structure; none where looking for them failed."""
        from vandap.core.finding import Severity, Status
        from vandap.core.store import Run
        from vandap.exam import examine

        try:
            verdicts = examine(Run(Path(self.request.folder)), self.request.muted)
        except Exception:  # the training must go on; the exam after it tells what is wrong
            return []
        found = [verdict.finding for verdict in verdicts if verdict.status is Status.FOUND and verdict.finding]
        return [item for item in found if item.severity is Severity.ISSUE and item.code.startswith(_FAMILIES)]


def _line(finding: Finding) -> str:
    where = finding.where
    place = f"{where.file}:{where.line}: " if where.file else ""
    return f"vandap: before training: {place}{finding.code} {finding.slug}: {finding.message}"
