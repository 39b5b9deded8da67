"""Asks a what-if of a script: theory, a controlled experiment, and what happened inside of the network."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from vandap.ask.whatif.form import Subject
from vandap.ask.whatif.mechanism import mechanism, told
from vandap.ask.whatif.parse import WhatIf, parse
from vandap.ask.whatif.record import Answered, write_answered
from vandap.core.examined import Examined, read_examined
from vandap.core.progress import Progress, silent
from vandap.core.store import Run
from vandap.errors import UsageError
from vandap.repair.bench import Bench, Plan
from vandap.repair.changes.change import Change
from vandap.repair.confirm import Confirmation
from vandap.repair.session import Session, find_or_begin, key_of
from vandap.repair.source.project import Project
from vandap.repair.trial.copy import Folder
from vandap.repair.trial.worker import Workers, cores, environment, usual_count
from vandap.repair.trials import Trials

Consent = Callable[[str], None]
_WATCH_SHARE = 0.3


@dataclass
class ScriptQuestion:
    """One what-if, asked of one script.

    Args:
        script: The file.
        text: The what-if.
        arguments: The script's own arguments.
        plan: What may be done: budget, metric, workers.
        out: The run folder; None for `runs/ask-NAME`, which all what-ifs of a script share.
        command: The command line as typed.
        environment: The script's environment; None for ours.
        progress: Told how far it is.
        consent: Asked before anything is run.
    """

    script: Path
    text: str
    arguments: tuple[str, ...] = ()
    plan: Plan = field(default_factory=Plan)
    out: Path | None = None
    command: Sequence[str] = ()
    environment: Mapping[str, str] | None = None
    progress: Progress = silent
    consent: Consent = lambda text: None

    def run(self) -> Answered:
        """Answer.

        Raises:
            UsageError: No such script, no such what-if, or one that this script cannot be given.
            TrainingError: The script cannot be trained again.
        """
        wanted = parse(self.text)
        if not self.script.is_file():
            raise UsageError("There is no such script.", received=str(self.script), expected="a Python file")
        began = time.monotonic()
        key = key_of(self.script, self.arguments, "ask")
        session = find_or_begin(self.script.stem, key, self.out, prefix="ask")
        self.consent(self._asked(wanted))
        examined = self._examined(session)
        answered = self._answered(session, examined, wanted, began)
        answered = replace(answered, seconds=time.monotonic() - began)
        write_answered(session.experiment(_slug(wanted.text)), answered)
        return answered

    def _asked(self, wanted: WhatIf) -> str:
        return (
            f"{self.script} will be run as it is, and with {wanted.text}, some five to twenty times each, on copies of "
            f"{Folder.of(self.script).root}, for at most {self.plan.budget:.0f} s. The script itself is not changed."
        )

    def _examined(self, session: Session) -> Examined:
        if session.examined:
            return read_examined(session.folder, str(self.script))
        self.progress("stage", {"title": "watching the script as it is"})
        examined = _watched(self, self.script, session.folder)
        session.begin()
        return examined

    def _answered(self, session: Session, examined: Examined, wanted: WhatIf, began: float) -> Answered:
        program = examined.program
        if program is None or not program.fits:
            raise UsageError(
                "The script's training could not be watched.",
                received=str(self.script),
                expected="a script that calls fit of a Keras model",
                hint="`vandap exam` says what happened.",
            )
        origin = Folder.of(self.script)
        subject = Subject(program, Run(session.folder).signals)
        changes, theory = wanted.changes(subject), wanted.theory(subject)
        folder = session.experiment(_slug(wanted.text))
        folder.mkdir(parents=True, exist_ok=True)
        shared = folder.parent
        count = self.plan.workers or usual_count()
        threads = max(cores() // count, 1)
        inner = environment(self.environment or os.environ, program.backend, threads, (shared / "compiled").absolute())
        with Workers(count, inner, shared / "workers.log") as workers:
            trials = Trials(Project(program, origin.root), origin, self.arguments, shared / "trials", workers)
            self._refuse(trials, changes)
            bench = Bench(trials, self.plan, began, self.progress)
            bench.rehearse(())
            confirmation = Confirmation(
                trials, bench.scale, folder, f"What if {wanted.text}?", ("as it is", wanted.text),
                hypothesis=_number(folder), progress=self.progress, unpaired=wanted.is_seed_only,
            )  # fmt: skip
            self.progress("stage", {"title": f"experiment: {wanted.text}"})
            experiment = confirmation.decide(changes, bench.looks(folder), bench.began + self.plan.budget)
        seen = self._mechanism(session, trials, changes, folder)
        return Answered(
            question=wanted.text,
            subject=str(self.script),
            run=str(session.folder),
            prediction=" ".join(entry.prediction for entry in theory),
            short=" ".join(entry.short for entry in theory),
            sources=tuple(entry.source for entry in theory),
            metric=bench.scale.metric,
            experiment=experiment,
            mechanism=told(seen) if seen else "",
            seen=tuple((item.name, item.before, item.after) for item in seen),
            edit=trials.applied(changes).project.diff(),
        )

    def _refuse(self, trials: Trials, changes: tuple[Change, ...]) -> None:
        for change, refusal in trials.applied(changes).refused:
            where = f"{refusal.file}:{refusal.line}" if refusal.line else str(self.script)
            raise UsageError(
                f"The script cannot be given this change: {change.words}.",
                received=where,
                expected="a value that is written out, in a plain call",
                hint=refusal.reason,
            )

    def _mechanism(self, session: Session, trials: Trials, changes: tuple[Change, ...], folder: Path) -> tuple:
        """Watch one training with the changes, and compare it with that of the script as it is."""
        watched = folder / "watched"
        if not changes or not trials.applied(changes).project.changed:
            return ()
        if not (watched / "run.json").is_file():
            self.progress("stage", {"title": "watching a training with the change"})
            copy = (folder / "copy").absolute()
            shutil.rmtree(copy, ignore_errors=True)
            shutil.rmtree(watched, ignore_errors=True)
            own = trials.origin.copied(copy, trials.applied(changes).project.changed)
            try:
                with contextlib.chdir(own.directory):
                    _watched(self, own.script, watched.absolute())
            except UsageError:
                return ()
            finally:
                shutil.rmtree(copy, ignore_errors=True)
        return mechanism(Run(session.folder).signals, Run(watched).signals)


def _watched(question: ScriptQuestion, script: Path, folder: Path) -> Examined:
    from vandap.exam.script import examine_script

    return examine_script(
        script,
        question.arguments,
        out=folder,
        command=question.command,
        budget=0.0,
        timeout=question.plan.budget * _WATCH_SHARE + 60,
        quiet=True,
        stdout=2,
        environment=question.environment,
    )


def _number(folder: Path) -> int:
    """Which question to this run it is: many questions find something by chance."""
    return int(folder.name[1:3])


def _slug(text: str) -> str:
    """A what-if as a folder's name."""
    words = {"*": " times ", "/": " over ", "=": " ", "+": "with ", ".": "point", ",": " and "}
    for sign, word in words.items():
        text = text.replace(sign, word)
    return "-".join("".join(letter if letter.isalnum() else " " for letter in text).split())
