"""What a learner is: one family of models that can be fitted on a data set and asked for predictions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from vandap.core.dataset import Dataset, Raw
from vandap.core.preprocess import Preprocess
from vandap.core.progress import Progress, silent
from vandap.core.schema import Column
from vandap.core.signals import Series
from vandap.core.task import Task


@dataclass(frozen=True)
class Job:
    """One fit that a learner is asked for.

    Args:
        dataset: The data.
        rows: Training rows, shape `(n,)`.
        validation: Validation rows for early stopping; may be empty, then nothing may be stopped early.
        preprocess: Preprocessing fitted on `rows`.
        seed: Seed of every random choice.
        budget: Seconds of wall clock that this fit may take.
        threads: Threads to use.
        settings: Hyper-parameters that override the learner's own choice.
        folder: Where checkpoints and the model may be written.
        progress: Where to report.
    """

    dataset: Dataset
    rows: np.ndarray
    validation: np.ndarray
    preprocess: Preprocess
    seed: int
    budget: float
    threads: int
    folder: Path
    settings: Mapping[str, Any] = field(default_factory=dict)
    progress: Progress = silent


class Fitted(ABC):
    """A fitted model.

    Attributes:
        rows: Training examples it was fitted on.
        reason: Why fewer rows or other settings than asked for were used, or "".
        parameters: Number of fitted parameters, or None where the word has no meaning.
        hyper_parameters: What was chosen, by hand or by measurement.
        signals: What was measured while training.
    """

    rows: int
    reason: str = ""
    parameters: int | None = None
    hyper_parameters: Mapping[str, Any]
    signals: Mapping[str, Series]

    @abstractmethod
    def predict(self, raw: Raw, columns: tuple[Column, ...]) -> np.ndarray:
        """Predict a raw batch whose category codes follow `columns`. The form is the one that `Task` fixes."""

    @abstractmethod
    def save(self, folder: Path) -> None:
        """Write what `Learner.load` needs into an existing folder."""


class Learner(ABC):
    """A family of models: one file in `learners/`.

    Attributes:
        slug: Name on the command line and in files.
        title: Name in the report.
        order: Rungs are fitted in ascending order; ties in the score go to the lower one.
        simple: Whether it is a classical rival (not a network).
        extra: The extra of vandap that brings its package, or None.
        needs_weights: Whether it starts from pretrained weights, whose path is the setting `weights`.
    """

    slug: ClassVar[str]
    title: ClassVar[str]
    order: ClassVar[int]
    simple: ClassVar[bool] = True
    extra: ClassVar[str | None] = None
    needs_weights: ClassVar[bool] = False

    @abstractmethod
    def fits(self, kind: str, task: Task) -> bool:
        """Whether the learner can read this kind of examples for this task."""

    @abstractmethod
    def fit(self, job: Job) -> Fitted:
        """Fit a model within the job's budget."""

    @abstractmethod
    def load(self, folder: Path, preprocess: Preprocess, task: Task, classes: tuple[str, ...]) -> Fitted:
        """Read a model that `Fitted.save` wrote."""
