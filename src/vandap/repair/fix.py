"""The repair of a script: exam, remedies, screening, one bundle to the proof, and a diff of what was proved."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from vandap.core.examined import Examined, read_examined
from vandap.core.progress import Progress, silent
from vandap.core.store import Run
from vandap.exam.script import check_script, examine_script
from vandap.repair.bench import Bench, Plan
from vandap.repair.proposals import proposals
from vandap.repair.record import Fixed, read_fixed, write_fixed
from vandap.repair.repaired import begun, repaired, warm
from vandap.repair.session import Session, find_or_begin, key_of
from vandap.repair.source.project import Project
from vandap.repair.trial.copy import Folder
from vandap.repair.trials import Trials

EXAM_SHARE = 0.15
"""Share of the budget that the exam's own experiments may take."""

Consent = Callable[[str], None]
"""Asked once, with what is to be run, before anything is run; it raises where the answer is no."""


@dataclass
class ScriptRepair:
    """One repair of one script.

    Args:
        script: The file.
        arguments: Its own arguments.
        plan: What the repair may do.
        out: The run folder; None for a new one below `runs/`.
        command: The command line as typed.
        environment: The script's environment; None for ours.
        progress: Told how far it is.
        consent: Asked before anything is run.
    """

    script: Path
    arguments: tuple[str, ...] = ()
    plan: Plan = field(default_factory=Plan)
    out: Path | None = None
    command: Sequence[str] = ()
    environment: Mapping[str, str] | None = None
    progress: Progress = silent
    consent: Consent = lambda text: None

    def run(self) -> tuple[Fixed, Examined]:
        """Repair.

        Returns:
            What came of it, and the exam that it began with.

        Raises:
            UsageError: No such script, or one that trains nothing that can be watched.
            TrainingError: The script cannot be trained again as it is.
        """
        check_script(self.script)
        began = time.monotonic()
        session = find_or_begin(
            self.script.stem, key_of(self.script, self.arguments, f"fix {self.plan.metric}"), self.out
        )
        self.consent(self._asked())
        examined = self._examined(session)
        known = read_fixed(session.folder)
        if known is not None and known.is_final(self.plan.budget):
            return known, examined
        fixed = replace(self._repaired(session, examined, began, known), seconds=time.monotonic() - began)
        write_fixed(session.folder, fixed)
        return fixed, examined

    def _asked(self) -> str:
        return (
            f"{self.script} will be run once as it is to be examined, and then again and again with changes, each time "
            f"on a copy of {Folder.of(self.script).root}, for at most {_minutes(self.plan.budget)}. "
            "The script itself is not changed."
        )

    def _examined(self, session: Session) -> Examined:
        if session.examined:
            self.progress("note", {"text": f"going on in {session.folder}"})
            return read_examined(session.folder, str(self.script))
        self.progress("stage", {"title": "exam: the script as it is"})
        examined = examine_script(
            self.script,
            self.arguments,
            out=session.folder,
            command=self.command,
            budget=EXAM_SHARE * self.plan.budget,
            timeout=self.plan.budget,
            quiet=True,
            stdout=2,  # standard output is ours
            environment=self.environment,
        )
        session.begin()
        return examined

    def _repaired(self, session: Session, examined: Examined, began: float, known: Fixed | None) -> Fixed:
        program, signals = examined.program, Run(session.folder).signals
        nothing = begun(str(self.script), session.folder, self.plan, known)
        if program is None:
            return replace(nothing, notes=("The training could not be watched.",))
        origin = Folder.of(self.script)
        suggested = proposals(examined.findings, program, signals)
        folder = session.experiment("fix")
        folder.mkdir(parents=True, exist_ok=True)
        with warm(self.plan, self.environment, program.backend, folder) as workers:
            trials = Trials(Project(program, origin.root), origin, self.arguments, folder / "trials", workers)
            return repaired(
                nothing, trials, Bench(trials, self.plan, began, self.progress), examined, suggested, folder
            )


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.3g} minutes"
