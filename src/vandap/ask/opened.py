"""Trainings that questions repeat with changes: that of a script, and that of the network of a run."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from vandap.ask.whatif.form import Subject
from vandap.core.examined import Examined
from vandap.core.progress import Progress, silent
from vandap.core.store import Run
from vandap.repair.bench import Bench, Plan
from vandap.repair.built.network import BuiltNetwork
from vandap.repair.built.trials import BuiltTrials
from vandap.repair.repaired import forget_compiled, warm
from vandap.repair.script import ScriptTask
from vandap.repair.session import EXPERIMENTS, Session
from vandap.repair.trial.copy import Folder
from vandap.repair.trials import Trials


@dataclass(frozen=True)
class Opened:
    """A training that can be repeated, with warm processes to do it.

    Args:
        name: What was asked, as the user named it.
        session: The run folder; all questions to one training share it and its trials.
        known: What a watched training of it recorded.
        trials: Runs trainings.
        bench: The clock, and how trials are scored.
        progress: Told how far it is.
    """

    name: str
    session: Session
    known: Subject
    trials: Trials | BuiltTrials
    bench: Bench
    progress: Progress


class Repeatable(ABC):
    """What a question is asked of.

    Attributes:
        plan: What may be done: budget, metric, workers.
        progress: Told how far it is.
    """

    plan: Plan
    progress: Progress

    @abstractmethod
    def watched(self, told: str) -> Session:
        """Return the run folder of a watched training, which is made where there is none.

        Args:
            told: What is going to be run beside it, for the question whether that may be done.

        Raises:
            UsageError: There is nothing that can be trained again.
        """

    @abstractmethod
    def opened(self, told: str) -> AbstractContextManager[Opened]:
        """Hold warm processes ready; use as a context.

        Args:
            told: What is going to be run.

        Raises:
            UsageError: There is nothing that can be trained again.
        """


@dataclass
class ScriptSubject(ScriptTask, Repeatable):
    """A script; its arguments are those of `ScriptTask`."""

    def watched(self, told: str) -> Session:
        """See `Repeatable.watched`."""
        return self._watched(told)[0]

    @contextmanager
    def opened(self, told: str) -> Iterator[Opened]:
        """See `Repeatable.opened`."""
        began = time.monotonic()
        session, examined = self._watched(told)
        program = self.training(examined)
        known = Subject(program, Run(session.folder).signals)
        shared = _shared(session)
        with warm(self.plan, self.environment, program.backend, shared, self.libraries) as workers:
            trials = self.trials(program, shared, workers)
            bench = Bench(trials, self.plan, began, self.progress)
            yield Opened(str(self.script), session, known, trials, bench, self.progress)
        forget_compiled(shared)

    def _watched(self, told: str) -> tuple[Session, Examined]:
        session = self.begun(
            "ask",
            "ask",
            f"{self.script} will be run {told}, for about {self.plan.budget:.0f} s: once in its own folder, where it "
            f"is watched, and otherwise on copies of {Folder.of(self.script).root}. The script itself is not changed.",
        )
        return session, self.examined(session, "watching the script as it is", budget=0.0)


@dataclass
class RunSubject(Repeatable):
    """The network of a run of `vandap train`.

    Args:
        folder: The run folder; what is tried is stored in it.
        plan: What may be done.
        progress: Told how far it is.
    """

    folder: Path
    plan: Plan = field(default_factory=Plan)
    progress: Progress = silent

    def watched(self, told: str) -> Session:
        """See `Repeatable.watched`."""
        return Session(self.folder, "", examined=True)

    @contextmanager
    def opened(self, told: str) -> Iterator[Opened]:
        """See `Repeatable.opened`."""
        began, run = time.monotonic(), Run(self.folder)
        network, session = BuiltNetwork.of(run), self.watched(told)
        plan = replace(self.plan, metric=self.plan.metric or run.recipe.metric)
        shared = _shared(session)
        with warm(plan, None, network.backend, shared) as workers:
            trials = network.trials(shared / "trials", workers)
            bench = Bench(trials, plan, began, self.progress)
            known = Subject(network.program, run.signals, is_plan=True)
            yield Opened(str(self.folder), session, known, trials, bench, self.progress)
        forget_compiled(shared)


def _shared(session: Session) -> Path:
    """Where the trials of all questions are, so that none is trained twice."""
    shared = session.folder / EXPERIMENTS
    shared.mkdir(exist_ok=True)
    return shared
