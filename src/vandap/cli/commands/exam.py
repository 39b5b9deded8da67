"""`vandap exam`: every rule over a run that was stored, last minute or last year."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from vandap.cli.command import Command, Outcome, add_fail_on, exit_code
from vandap.cli.table import wrapped
from vandap.errors import UsageError

if TYPE_CHECKING:
    from vandap.core.finding import Finding

INDENT = " " * 7


class Exam(Command):
    """Examine a run folder."""

    name = "exam"
    help = "examine a run again: what is wrong with it, with the numbers that show it"
    description = (
        "Apply every rule to a stored run. Needs neither the data nor Keras. Exits with 1 when there is a finding of "
        "the --fail-on severity, so that it can guard a pipeline."
    )
    example = "vandap train bundled:wine --budget 30s --out runs/wine && vandap exam runs/wine"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("subject", metavar="RUN", help="the run folder")
        parser.add_argument(
            "--mute", action="append", default=[], metavar="RULE", help="leave out a rule by code or slug (repeatable)"
        )
        add_fail_on(parser, default="issue")

    def run(self, arguments: argparse.Namespace) -> Outcome:
        """Examine."""
        subject = Path(arguments.subject)
        _refuse_programs(subject)
        from vandap.core.finding import Status
        from vandap.core.signals import SIGNALS
        from vandap.core.store import Run
        from vandap.exam import examine

        run = Run(subject)
        verdicts = examine(run, muted=tuple(arguments.mute))
        findings = [verdict.finding for verdict in verdicts if verdict.finding is not None]
        findings.sort(key=lambda finding: (finding.severity.value, -finding.confidence))
        document = {
            "subject": str(subject),
            "status": run.info.status,
            "findings": findings,
            "verdicts": {verdict.code: verdict.status for verdict in verdicts},
            "reasons": {verdict.code: verdict.reason for verdict in verdicts},
            "unseen": sorted(set(SIGNALS) - set(run.signals)),
        }
        shown = [v for v in verdicts if arguments.verbose or v.status not in (Status.FOUND, Status.SUSPECTED)]
        lines = [_head(len(verdicts), len(findings)), *map(_finding, findings)]
        lines += ["", *(f"{v.status.value:14}  {v.code:4} {v.slug}: {v.reason}" for v in shown)]
        code = exit_code((finding.severity.value for finding in findings), arguments.fail_on)
        return Outcome(code, document, "\n".join(lines))


def _finding(finding: Finding) -> str:
    return f"{finding.severity.value:5}  {finding.code:4} {finding.slug}\n{wrapped(finding.message, INDENT)}"


def _head(rules: int, findings: int) -> str:
    found = "nothing found" if not findings else f"{findings} finding{'s' if findings > 1 else ''}"
    return f"{rules} rules: {found}"


def _refuse_programs(subject: Path) -> None:
    if subject.suffix in {".py", ".ipynb", ".keras", ".h5"}:
        raise UsageError(
            "The exam of a script or of a saved model is not there yet.",
            received=str(subject),
            expected="a run folder of `vandap train`",
            hint="Train with `vandap train DATA --out runs/NAME`, then `vandap exam runs/NAME`.",
        )
