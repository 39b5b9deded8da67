"""Answers a what-if: theory, a controlled experiment, and what happened inside of the network."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vandap.ask.opened import Opened, Repeatable
from vandap.ask.whatif.mechanism import Seen, mechanism, told
from vandap.ask.whatif.parse import WhatIf, parse
from vandap.ask.whatif.place import place
from vandap.ask.whatif.record import Answered, write_answered
from vandap.core.experiment import Experiment
from vandap.core.signals import Series
from vandap.core.store import Run
from vandap.errors import TrainingError, UsageError
from vandap.repair.bench import passes
from vandap.repair.changes.change import Change
from vandap.repair.changes.data import DataShare
from vandap.repair.confirm import FIRST_SEED, UNPAIRED_APART, Confirmation
from vandap.repair.runner import Done, Job
from vandap.repair.session import EXPERIMENTS
from vandap.repair.trial.request import SEEN

WATCHED_SEEDS = (1, 2)
"""Seeds of the trainings that are watched; none of them decides."""
_SPARE = 40
"""Where the budget holds so many trainings, a second pair is watched."""


def ask(text: str, subject: Repeatable) -> Answered:
    """Answer a what-if, and store the answer.

    Args:
        text: The what-if.
        subject: What it is asked of.

    Raises:
        UsageError: No such what-if, or one that this training cannot be given.
        TrainingError: The training cannot be repeated.
    """
    wanted, began = parse(text), time.monotonic()
    wanted.check_values()
    with subject.opened(f"as it is, and with {wanted.text}, some five to twenty times each") as opened:
        answered = _Asking(opened, wanted, wanted.changes(opened.known)).answered(began)
    write_answered(opened.session.folder / EXPERIMENTS / answered.experiment.name, answered)
    return answered


def check_changes(opened: Opened, changes: tuple[Change, ...]) -> None:
    """See that a training can be given some changes, before anything is run.

    Raises:
        UsageError: It cannot be given one of them, has them all already, or one changes nothing beside the others.
    """
    for change, refusal in opened.trials.refused(changes):
        raise UsageError(
            f"This training cannot be given this change: {change.words}.",
            received=f"{refusal.file}:{refusal.line}" if refusal.line else opened.name,
            expected="a value that is written out, in a plain call; or a setting of the run's network",
            hint=refusal.reason,
        )
    if changes and not opened.trials.diff(changes) and not any(isinstance(change, DataShare) for change in changes):
        raise UsageError(
            "The training is like this already.",
            received=", ".join(change.words for change in changes),
            expected="a change of something",
            hint="`seed only` compares the training with itself.",
        )
    name = opened.trials.identity(Job(changes, FIRST_SEED))
    for number, change in enumerate(changes if len(changes) > 1 else ()):
        rest = (*changes[:number], *changes[number + 1 :])
        if opened.trials.identity(Job(rest, FIRST_SEED)) == name:
            raise UsageError(
                "A part of this what-if changes nothing beside the others.",
                received=change.words,
                expected="changes that each show in the training",
                hint="Leave it out: the training has it already, or another part undoes it.",
            )


@dataclass(frozen=True)
class _Asking:
    """One what-if that is being answered.

    Args:
        opened: The training.
        wanted: The what-if.
        changes: What it means for this training.
    """

    opened: Opened
    wanted: WhatIf
    changes: tuple[Change, ...]

    def answered(self, began: float) -> Answered:
        """Rehearse, watch, decide."""
        opened, wanted = self.opened, self.wanted
        theory = wanted.theory(opened.known)
        check_changes(opened, self.changes)
        opened.bench.rehearse([self.changes])  # what crashes as it is may train with them
        seen, pairs = self._seen()
        experiment = self._decided()
        return Answered(
            question=wanted.text,
            subject=opened.name,
            run=str(opened.session.folder),
            prediction=" ".join(entry.prediction for entry in theory),
            short=" ".join(entry.short for entry in theory),
            metric=opened.bench.scale.metric,
            experiment=experiment,
            sources=tuple(entry.source for entry in theory),
            mechanism=told(seen, pairs),
            seen=tuple((item.name, item.before, item.after) for item in seen),
            edit=opened.trials.diff(self.changes),
            seconds=time.monotonic() - began,
        )

    def _decided(self) -> Experiment:
        bench, text = self.opened.bench, self.wanted.text
        self.opened.progress("stage", {"title": f"experiment: {text}"})
        folder, number = place(self.opened.session, text, bench.plan.budget, bench.plan.asked)
        hypothesis = _number(folder)
        looks = bench.looks(folder, self.changes, number + 1, hypothesis)
        confirmation = Confirmation(
            bench.trials,
            bench.scale,
            folder,
            f"What if {text}?",
            ("as it is", text),
            hypothesis=hypothesis,
            progress=self.opened.progress,
            unpaired=self.wanted.is_seed_only,
            first_seed=FIRST_SEED * (1 + 2 * number),
            passes=passes(folder, number + 1),
            screened=False,
        )
        return confirmation.decide(self.changes, looks, bench.began + bench.plan.budget)

    def _seen(self) -> tuple[tuple[Seen, ...], int]:
        """Watch trainings of both arms; what differs inside of them, and how many pairs were watched.

        Raises:
            TrainingError: It cannot be trained with the changes.
        """
        bench = self.opened.bench
        self.opened.progress("stage", {"title": "watching trainings of both arms"})
        apart = UNPAIRED_APART if self.wanted.is_seed_only else 0
        seeds = WATCHED_SEEDS if bench.left > _SPARE * bench.trials.seconds else WATCHED_SEEDS[:1]
        jobs = [(Job((), seed, watch=True), Job(self.changes, seed + apart, watch=True)) for seed in seeds]
        done = bench.trials.run([job for pair in jobs for job in pair])
        pairs = [(one, other) for one, other in zip(done[0::2], done[1::2], strict=True) if one and other]
        failed = next((other.result for _, other in pairs if other.result.status == "failed"), None)
        if failed is not None:
            raise TrainingError(
                f"With {self.wanted.text} it does not train.",
                received=failed.reason,
                expected="a model that can be built and trained",
                hint="The change does not go with another part of it; ask both changes together, with a comma.",
            )
        signals = [(_signals(one), _signals(other)) for one, other in pairs]
        seen = [pair for pair in signals if all(pair)]
        return mechanism(seen, self.changes), len(seen)


def _signals(done: Done) -> Mapping[str, Series]:
    """What a watched trial measured; nothing where it was not watched to its end."""
    folder = done.folder / SEEN
    return Run(folder).signals if (folder / "run.json").is_file() else {}


def _number(folder: Path) -> int:
    """Which question to this run it is: many questions find something by chance."""
    return int(folder.name[1:3])
