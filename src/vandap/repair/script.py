"""A script that is run once as it is, watched, and then again and again with changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vandap.core.ending import TIMED_OUT
from vandap.core.examined import Examined, read_examined
from vandap.core.program import Program
from vandap.core.progress import Progress, silent
from vandap.errors import UsageError
from vandap.exam.script import check_script, examine_script
from vandap.repair.bench import Plan, too_small
from vandap.repair.session import Session, find_or_begin, key_of
from vandap.repair.source.project import Project
from vandap.repair.trial.copy import Folder
from vandap.repair.trial.libraries import imported
from vandap.repair.trial.worker import Workers
from vandap.repair.trials import Trials

Consent = Callable[[str], None]
"""Asked once, with what is to be run, before anything is run; it raises where the answer is no."""


@dataclass
class ScriptTask:
    """What is done with one script.

    Args:
        script: The file.
        arguments: Its own arguments.
        plan: What may be done.
        out: The run folder; None for a new one below `runs/`, or the one of the same task.
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
    sources: Mapping[Path, bytes] = field(default_factory=dict, init=False)
    files: Mapping[str, str] = field(default_factory=dict, init=False)

    def begun(self, kind: str, task: str, asked: str) -> Session:
        """Find the run folder that this task began before, or begin one, and ask for consent.

        Args:
            kind: `fix` or `ask`, which the folder is named after.
            task: What is to be done, as far as it decides whether a stored run is of the same task.
            asked: What consent is asked for.

        Raises:
            UsageError: No such script, or too many files around it.
            RunError: The folder holds something else.
        """
        check_script(self.script)
        around = Folder.of(self.script)
        self.sources, self.files = around.sources(), around.states()
        key = key_of(self.script, self.arguments, task, self.sources)
        session = find_or_begin(self.script.stem, key, self.out, kind, self.files)
        self.consent(asked)
        return session

    def examined(self, session: Session, title: str, budget: float) -> Examined:
        """Return the exam of the script as it is; it is made where none is stored.

        Args:
            session: The run folder.
            title: What the user is told while it is made.
            budget: Seconds for the exam's own experiments.

        Raises:
            UsageError: Its source was edited while it was examined.
            TrainingError: The whole budget was too short for it.
        """
        if session.examined:
            self.progress("note", {"text": f"going on in {session.folder}"})
            return read_examined(session.folder, str(self.script))
        self.progress("stage", {"title": title})
        session.prepare()
        examined = examine_script(
            self.script,
            self.arguments,
            out=session.folder,
            command=self.command,
            budget=budget,
            timeout=self.plan.budget,
            quiet=True,
            stdout=2,  # standard output is ours
            environment=self.environment,
        )
        if examined.ending is not None and examined.ending.how == TIMED_OUT:
            raise too_small(self.plan.budget)
        if Folder.of(self.script).sources() != self.sources:
            raise UsageError(
                "The source was edited while it was examined, so nothing is known of it.",
                received=str(self.script),
                expected="files that stay as they are until the exam is over",
                hint="Give the same command again; later edits do no harm.",
            )
        after = Folder.of(self.script).states()  # what its exam leaves as it is, the script does not write
        session.begin({place: state for place, state in self.files.items() if after.get(place) == state})
        return examined

    def training(self, examined: Examined) -> Program:
        """Return what the watched training of the script recorded.

        Raises:
            UsageError: It trains nothing that can be watched.
        """
        if examined.program is None or not examined.program.fits:
            raise UsageError(
                "The script trains nothing that could be watched.",
                received=str(self.script),
                expected="a script that calls fit of a Keras model",
                hint="`vandap exam` says what happened.",
            )
        return examined.program

    @property
    def libraries(self) -> tuple[str, ...]:
        """What the script imports of well-known packages."""
        return imported(self.script, self.sources)

    def trials(self, program: Program, folder: Path, workers: Workers) -> Trials:
        """Return what runs the script with changes.

        Args:
            program: What its watched training recorded.
            folder: Where trials are stored, in `trials`.
            workers: Warm processes.
        """
        origin = Folder.of(self.script)
        project = Project(program, origin.root, self.sources)
        return Trials(project, origin, self.arguments, folder / "trials", workers)
