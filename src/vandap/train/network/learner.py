"""What every network learner shares: the fit and the file format. A member adds an architecture and a plan."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import Any, ClassVar

from vandap.core.preprocess import Preprocess
from vandap.core.task import Task
from vandap.train.learner import Fitted, Job, Learner
from vandap.train.network.plan import Plan


class NetworkLearner(Learner):
    """A Keras network: built small, timed, sized, then trained by the shared fit."""

    order: ClassVar[int] = 900
    simple: ClassVar[bool] = False

    @abstractmethod
    def first_plan(self, job: Job) -> Plan:
        """The plan whose pace is measured."""

    @abstractmethod
    def build(self, preprocess: Preprocess, features: int, outputs: int, plan: Plan) -> Any:
        """The untrained Keras model of a plan; it ends in logits or the scaled target."""

    @abstractmethod
    def propose(self, plan: Plan, step_seconds: float, budget: float, rows: int) -> Plan:
        """The plan to train, given the seconds of one step of `plan` and the seconds that are left."""

    def fit(self, job: Job) -> Fitted:
        """See `Learner.fit`."""
        from vandap.train.network.fit import Fit

        features, outputs = inputs_and_outputs(job)
        return Fit(
            job,
            build=lambda plan: self.build(job.preprocess, features, outputs, plan),
            start=self.first_plan(job),
            propose=lambda plan, pace: self.propose(plan, pace.step_seconds, pace.budget, len(job.rows)),
        ).run()

    def load(self, folder: Path, preprocess: Preprocess, task: Task, classes: tuple[str, ...]) -> Fitted:
        """See `Learner.load`."""
        from vandap.train.network.fitted import load_network

        return load_network(folder, preprocess, task)


def usual_augmentations(job: Job) -> tuple[str, ...]:
    """Grey images, often centred drawings or scans, are nudged; colour photos are shifted and flipped.

    None where numbers are learnt: a place or an angle is another one in the changed image.
    """
    if job.dataset.task is Task.REGRESSION:
        return ()
    return ("shift", "flip") if job.preprocess.shape[-1] == 3 else ("nudge",)


def inputs_and_outputs(job: Job) -> tuple[int, int]:
    """Number features of a flat example (0 for images) and outputs of the network."""
    probe = job.preprocess.bind(job.dataset.columns)(job.dataset.examples.take(job.rows[:1]))
    features = 0 if probe.numbers.ndim > 2 else probe.numbers.shape[1]
    return features, max(1, len(job.dataset.classes))
