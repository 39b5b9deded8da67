"""What an exam says: the verdicts on a run, and what could not be seen. Read from the run folder alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vandap.core.ending import TROUBLE, Ending, read_ending
from vandap.core.finding import Finding, Status, Verdict, ranked
from vandap.core.program import Program
from vandap.core.signals import SIGNALS
from vandap.core.store import Run, read_json


@dataclass(frozen=True)
class Examined:
    """An exam that is over.

    Args:
        subject: What was examined, as the user named it.
        run: The run folder.
        status: `done`, `failed`, `interrupted` or `running`, of the run; of a script how it ended.
        verdicts: One for each rule.
        unseen: What could not be watched, as sentences; for a run that was not watched, the signals it lacks.
        program: The structure, where there is one.
        ending: How the script ended; None where none was run.
        tests: Which decisive tests were run and which were left out, and why.
        trouble: What went wrong in vandap itself, as sentences; they stand among `unseen`, too.
    """

    subject: str
    run: Path
    status: str
    verdicts: tuple[Verdict, ...]
    unseen: tuple[str, ...] = ()
    program: Program | None = None
    ending: Ending | None = None
    watch: Mapping[str, Any] = field(default_factory=dict)
    tests: Mapping[str, Any] = field(default_factory=dict)
    trouble: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found or is suspected, in the order of `vandap.core.finding.ranked`."""
        return ranked(self.verdicts)

    @property
    def suspected(self) -> frozenset[str]:
        """Codes of rules that only suspect."""
        return frozenset(verdict.code for verdict in self.verdicts if verdict.status is Status.SUSPECTED)

    @property
    def failed(self) -> bool:
        """Whether a script was run and did not end well."""
        return self.ending is not None and self.ending.exit_code != 0

    def document(self) -> dict[str, Any]:
        """The exam as `--json` prints it."""
        content: dict[str, Any] = {
            "subject": self.subject,
            "run": str(self.run),
            "status": self.status,
            "findings": self.findings,
            "verdicts": {verdict.code: verdict.status for verdict in self.verdicts},
            "reasons": {verdict.code: verdict.reason for verdict in self.verdicts},
            "unseen": self.unseen,
        }
        if self.ending is not None:
            names = ("how", "exit_code", "seconds", "libraries", "stopped_at")
            content["script"] = {name: getattr(self.ending, name) for name in names}
        if self.watch:
            content["watch"] = dict(self.watch)
        if self.tests:
            content["tests"] = dict(self.tests)
        return content


def read_examined(folder: Path, subject: str | None = None, verdicts: tuple[Verdict, ...] | None = None) -> Examined:
    """Read an exam from a run folder.

    Args:
        folder: The run folder.
        subject: What the user named; None for the folder.
        verdicts: New verdicts; None for the stored ones.

    Raises:
        RunError: No run folder, or a damaged one.
    """
    run = Run(folder)
    watch, ending = _optional(folder / "watch.json"), read_ending(folder)
    program, trouble = run.evidence.get("program"), _trouble(folder)
    return Examined(
        subject=subject or str(folder),
        run=folder,
        status=ending.how if ending is not None and subject is not None else run.info.status,
        verdicts=run.verdicts if verdicts is None else verdicts,
        unseen=(*_unseen(watch, run), *trouble),
        program=program if isinstance(program, Program) else None,
        ending=ending,
        watch=watch,
        tests=_optional(folder / "tests.json"),
        trouble=trouble,
    )


def _unseen(watch: Mapping[str, Any], run: Run) -> tuple[str, ...]:
    return tuple(watch["unseen"]) if "unseen" in watch else tuple(sorted(set(SIGNALS) - set(run.signals)))


def _trouble(folder: Path) -> tuple[str, ...]:
    """What went wrong in vandap itself: the last line of the traceback."""
    path = folder / TROUBLE
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n") if path.is_file() else []
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return (f"An error of vandap itself: {last}",) if last else ()


def _optional(path: Path) -> Mapping[str, Any]:
    return read_json(path) if path.is_file() else {}
