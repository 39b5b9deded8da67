"""The baseline that looks at no input: what every other rung must beat."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from vandap.core.dataset import Raw
from vandap.core.preprocess import Preprocess
from vandap.core.schema import Column
from vandap.core.store import write_json
from vandap.core.task import Task
from vandap.train._sklearn import class_shares
from vandap.train.learner import Fitted, Job, Learner


class Dummy(Learner):
    """Predicts the shares of the classes, or the mean of the target."""

    slug = "dummy"
    title = "dummy (ignores the input)"
    order = 0

    def fits(self, kind: str, task: Task) -> bool:
        """Everything."""
        return True

    def fit(self, job: Job) -> Fitted:
        """See `Learner.fit`."""
        answer = class_shares(job) if job.dataset.task.is_classification else np.array(job.preprocess.target_center)
        return DummyFitted(answer, len(job.rows))

    def load(self, folder: Path, preprocess: Preprocess, task: Task, classes: tuple[str, ...]) -> Fitted:
        """See `Learner.load`."""
        facts = json.loads((folder / "learner.json").read_text("utf-8"))
        return DummyFitted(np.array(facts["answer"], np.float64), facts["rows"])


class DummyFitted(Fitted):
    """The same answer for every row: shape `(classes,)`, or a single number."""

    def __init__(self, answer: np.ndarray, rows: int) -> None:
        self._answer, self.rows = answer, rows
        self.parameters = int(answer.size)
        self.hyper_parameters: Mapping[str, Any] = {}
        self.signals = {}

    def predict(self, raw: Raw, columns: tuple[Column, ...]) -> np.ndarray:
        """See `Fitted.predict`."""
        count = len(raw) if isinstance(raw, np.ndarray) else len(next(iter(raw.values())))
        return np.repeat(self._answer[None], count, axis=0)

    def save(self, folder: Path) -> None:
        """See `Fitted.save`."""
        write_json(folder / "learner.json", {"answer": self._answer.tolist(), "rows": self.rows})
