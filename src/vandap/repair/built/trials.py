"""Trains arms of a built network: the plan that the run froze, with some settings changed."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from vandap.core.store import Run
from vandap.repair.built.request import BuiltRequest
from vandap.repair.built.settings import Settings, with_changes
from vandap.repair.changes.change import Change
from vandap.repair.changes.learner import SimpleLearner
from vandap.repair.changes.rows import Rows
from vandap.repair.runner import DIVISION, Done, Job, Runner
from vandap.repair.source.document import RefusalError
from vandap.repair.trial.share import share_of
from vandap.repair.trial.worker import Workers

DRAWING = ("bootstrapped", "undersampled")
"""Functions of `written.rows` that draw among the rows, for which a plan has no setting: a trial can, a recipe not."""

LEARNER = "learner"
"""Setting that names another learner than the network."""
DUMMY = "dummy"


@dataclass
class BuiltTrials(Runner):
    """Runs trainings of one built network.

    Args:
        run_folder: The run folder that holds its recipe.
        learner: Its slug.
        plan: Its frozen plan.
        rows: Training rows.
        folder: Where trials are stored.
        workers: The processes that run them.
        timeout: Seconds that one trial may take.
        on_done: Told every trial that has ended.
    """

    run_folder: Path
    learner: str
    plan: Settings
    rows: int
    folder: Path
    workers: Workers
    timeout: float = 3600.0
    on_done: Callable[[Done], None] = lambda done: None
    _spent: list[float] = field(default_factory=list)

    @property
    def epochs(self) -> float:
        """See `Runner.epochs`."""
        return int(self.plan["steps"]) * int(self.plan["batch_size"]) / max(self.rows, 1)

    def can_train(self, changes: tuple[Change, ...]) -> bool:
        """See `Runner.can_train`: rows may be drawn in another way, which no recipe keeps."""
        return all(_is_drawing(change) or self._refusal(change) is None for change in changes)

    def settings(self, changes: tuple[Change, ...]) -> Settings:
        """The plan with some changes; the hyper-parameters of another learner, and its name, where that is one of them.

        Raises:
            RefusalError: It has no setting for one of them.
        """
        if not any(isinstance(change, SimpleLearner) for change in changes):
            return with_changes(self.plan, changes, self.rows)
        ladder = Run(self.run_folder).ladder
        rung = next((rung for rung in ladder.rungs if rung.slug == ladder.best_simple and rung.slug != DUMMY), None)
        if rung is None:
            raise RefusalError("No simple learner was fitted in this run.")
        return {**rung.hyper_parameters, LEARNER: rung.slug}

    def _trained_with(self, changes: tuple[Change, ...]) -> Settings:
        """The plan of a trial, whose rows are drawn by the request."""
        return self.settings(tuple(change for change in changes if not _is_drawing(change)))

    def refused(self, changes: tuple[Change, ...]) -> tuple[tuple[Change, RefusalError], ...]:
        """Those of the changes that the plan has no setting for."""
        return tuple(found for change in changes if (found := self._refusal(change)) is not None)

    def diff(self, changes: tuple[Change, ...]) -> str:
        """The changes as a unified diff of the plan, those that it has no setting for left out."""
        made = tuple(change for change in changes if self._refusal(change) is None)
        before, after = (_lines(plan) for plan in (self.plan, self.settings(made)))
        return "".join(difflib.unified_diff(before, after, f"a/{self.learner}.json", f"b/{self.learner}.json", n=0))

    def _refusal(self, change: Change) -> tuple[Change, RefusalError] | None:
        try:
            self.settings((change,))
        except RefusalError as refusal:
            return change, refusal
        return None

    def can_make(self, changes: tuple[Change, ...]) -> bool:
        """See `Runner.can_make`."""
        try:
            return self.settings(changes) != self.plan
        except RefusalError:
            return False

    def identity(self, job: Job) -> str:
        """See `Runner.identity`: the plan, the rows and the seed."""
        share = share_of(job.changes)
        text = json.dumps(self._trained_with(job.changes), sort_keys=True, default=str)
        name = hashlib.blake2b(text.encode(), digest_size=4).hexdigest() if job.changes else "reference"
        fold = "" if job.fold is None else "-f" + "x".join(map(str, job.fold))
        drawn = "".join(f"-{remade}" for remade in _drawing(job.changes))
        part, watched = f"-{share:g}" if share < 1 else "", "-watched" if job.watch else ""
        return f"{name}{part}{drawn}{fold}-s{job.seed}{watched}"

    def prepared(self, job: Job, folder: Path) -> Path:
        """See `Runner.prepared`."""
        plan = dict(self._trained_with(job.changes))
        return BuiltRequest(
            recipe=str(self.run_folder.absolute()),
            learner=str(plan.pop(LEARNER, self.learner)),
            plan=plan,
            folder=str(folder.absolute()),
            division=str((self.folder / DIVISION).absolute()),
            seed=job.seed,
            budget=self.timeout,
            fold=job.fold,
            share=share_of(job.changes),
            remade=_drawing(job.changes),
            watch=job.watch,
        ).write()


def _is_drawing(change: Change) -> bool:
    """Whether a change draws among the rows that are there, and makes none."""
    return isinstance(change, Rows) and change.name in DRAWING


def _drawing(changes: tuple[Change, ...]) -> tuple[str, ...]:
    return tuple(change.name for change in changes if isinstance(change, Rows) and change.name in DRAWING)


def _lines(plan: Settings) -> list[str]:
    """A plan as text, a setting a line."""
    return [f"{name}: {json.dumps(value)}\n" for name, value in sorted(plan.items()) if name != "rates"]
