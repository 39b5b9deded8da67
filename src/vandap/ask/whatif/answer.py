"""Asks a what-if of a script: theory, a controlled experiment, and what happened inside of the network."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from vandap.ask.whatif.form import Subject
from vandap.ask.whatif.mechanism import Seen, mechanism, told
from vandap.ask.whatif.parse import WhatIf, parse
from vandap.ask.whatif.record import Answered, write_answered
from vandap.core.estimate import Decision
from vandap.core.examined import Examined, read_examined
from vandap.core.experiment import FILE as EXPERIMENT
from vandap.core.experiment import Experiment, read_experiment
from vandap.core.progress import Progress, silent
from vandap.core.signals import Series
from vandap.core.store import Run, read_json, write_json
from vandap.errors import TrainingError, UsageError
from vandap.exam.script import check_script, examine_script
from vandap.repair.bench import LOOKS_FILE, Bench, Plan
from vandap.repair.changes.change import Change
from vandap.repair.changes.data import DataShare
from vandap.repair.confirm import FIRST_SEED, UNPAIRED_APART, Confirmation
from vandap.repair.repaired import forget_compiled, warm
from vandap.repair.session import EXPERIMENTS, Session, find_or_begin, key_of
from vandap.repair.source.project import Project
from vandap.repair.trial.copy import Folder
from vandap.repair.trial.request import SEEN
from vandap.repair.trials import Done, Job, Trials

Consent = Callable[[str], None]
WATCHED_SEEDS = (1, 2)
"""Seeds of the trainings that are watched; none of them decides."""
_SPARE = 40
"""Where the budget holds so many trainings, a second pair is watched."""
_PLAN = "plan.json"


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
        check_script(self.script)
        began = time.monotonic()
        key = key_of(self.script, self.arguments, "ask")
        session = find_or_begin(self.script.stem, key, self.out, prefix="ask")
        self.consent(self._asked(wanted))
        examined = self._examined(session)
        answered = self._answered(session, examined, wanted, began)
        answered = replace(answered, seconds=time.monotonic() - began)
        write_answered(session.folder / EXPERIMENTS / answered.experiment.name, answered)
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
        known = Subject(program, Run(session.folder).signals)
        changes, theory = wanted.changes(known), wanted.theory(known)
        shared, origin = session.folder / EXPERIMENTS, Folder.of(self.script)
        shared.mkdir(exist_ok=True)
        with warm(self.plan, self.environment, program.backend, shared) as workers:
            trials = Trials(Project(program, origin.root), origin, self.arguments, shared / "trials", workers)
            self._refuse(trials, changes)
            bench = Bench(trials, self.plan, began, self.progress)
            bench.rehearse(())
            seen, pairs = self._seen(bench, wanted, changes)
            experiment = self._decided(bench, wanted, changes, *self._place(session, wanted))
        if experiment.status == "done":
            forget_compiled(shared)
        return Answered(
            question=wanted.text,
            subject=str(self.script),
            run=str(session.folder),
            prediction=" ".join(entry.prediction for entry in theory),
            short=" ".join(entry.short for entry in theory),
            metric=bench.scale.metric,
            experiment=experiment,
            sources=tuple(entry.source for entry in theory),
            mechanism=told(seen, pairs),
            seen=tuple((item.name, item.before, item.after) for item in seen),
            edit=trials.diff(changes),
        )

    def _place(self, session: Session, wanted: WhatIf) -> tuple[Path, int]:
        """The folder of the experiment, and its number among those of this what-if.

        Where the budget is larger now, an experiment that could not tell is made anew, with fresh seeds; one that was
        cut before its first look goes on, with as many looks as are possible now.
        """
        slug, number = _slug(wanted.text), 0
        while True:
            folder = session.experiment(f"{slug}-again-{number}" if number else slug)
            plan, known = folder / _PLAN, _known(folder)
            if not plan.is_file() or known is None or known.outcome is None:
                folder.mkdir(parents=True, exist_ok=True)
                if not plan.is_file() or self.plan.budget > float(read_json(plan)["budget"]):
                    (folder / LOOKS_FILE).unlink(missing_ok=True)
                    write_json(plan, {"budget": self.plan.budget})
                return folder, number
            is_open = known.outcome.decision is Decision.CANNOT_TELL
            if not is_open or self.plan.budget <= float(read_json(plan)["budget"]):
                return folder, number
            number += 1

    def _decided(
        self, bench: Bench, wanted: WhatIf, changes: tuple[Change, ...], folder: Path, number: int
    ) -> Experiment:
        self.progress("stage", {"title": f"experiment: {wanted.text}"})
        confirmation = Confirmation(
            bench.trials,
            bench.scale,
            folder,
            f"What if {wanted.text}?",
            ("as it is", wanted.text),
            hypothesis=_number(folder),
            progress=self.progress,
            unpaired=wanted.is_seed_only,
            first_seed=FIRST_SEED * (1 + 2 * number),
        )
        return confirmation.decide(changes, bench.looks(folder), bench.began + self.plan.budget)

    def _seen(self, bench: Bench, wanted: WhatIf, changes: tuple[Change, ...]) -> tuple[tuple[Seen, ...], int]:
        """Watch trainings of both arms; what differs inside of them, and how many pairs were watched.

        Raises:
            TrainingError: The script cannot be trained with the changes.
        """
        self.progress("stage", {"title": "watching trainings of both arms"})
        apart = UNPAIRED_APART if wanted.is_seed_only else 0
        seeds = WATCHED_SEEDS if bench.left > _SPARE * bench.trials.seconds else WATCHED_SEEDS[:1]
        jobs = [(Job((), seed, watch=True), Job(changes, seed + apart, watch=True)) for seed in seeds]
        done = [item for item in bench.trials.run([job for pair in jobs for job in pair]) if item is not None]
        failed = next((item.result for item in done[1::2] if item.result.status == "failed"), None)
        if failed is not None:
            raise TrainingError(
                f"With {wanted.text} the script does not train.",
                received=failed.reason,
                expected="a model that can be built and trained",
                hint="The change does not go with another part of the script; ask both changes together, with a comma.",
            )
        pairs = list(zip(map(_signals, done[0::2]), map(_signals, done[1::2]), strict=True))
        seen = [pair for pair in pairs if all(pair)]
        return mechanism(seen), len(seen)

    def _refuse(self, trials: Trials, changes: tuple[Change, ...]) -> None:
        for change, refusal in trials.refused(changes):
            where = f"{refusal.file}:{refusal.line}" if refusal.line else str(self.script)
            raise UsageError(
                f"The script cannot be given this change: {change.words}.",
                received=where,
                expected="a value that is written out, in a plain call",
                hint=refusal.reason,
            )
        if changes and not trials.diff(changes) and not any(isinstance(change, DataShare) for change in changes):
            raise UsageError(
                "The script is like this already.",
                received=", ".join(change.words for change in changes),
                expected="a change of something",
                hint="`seed only` compares the script with itself.",
            )


def _watched(question: ScriptQuestion, script: Path, folder: Path) -> Examined:
    return examine_script(
        script,
        question.arguments,
        out=folder,
        command=question.command,
        budget=0.0,
        timeout=question.plan.budget,
        quiet=True,
        stdout=2,
        environment=question.environment,
    )


def _signals(done: Done) -> Mapping[str, Series]:
    """What a watched trial measured; nothing where it was not watched to its end."""
    folder = done.folder / SEEN
    return Run(folder).signals if (folder / "run.json").is_file() else {}


def _known(folder: Path) -> Experiment | None:
    """The experiment as far as it came; None where it was not begun."""
    return read_experiment(folder) if (folder / EXPERIMENT).is_file() else None


def _number(folder: Path) -> int:
    """Which question to this run it is: many questions find something by chance."""
    return int(folder.name[1:3])


def _slug(text: str) -> str:
    """A what-if as a folder's name."""
    words = {"*": " times ", "/": " over ", "=": " ", "+": "with ", ".": "point", ",": " and "}
    for sign, word in words.items():
        text = text.replace(sign, word)
    return "-".join("".join(letter if letter.isalnum() else " " for letter in text).split())
