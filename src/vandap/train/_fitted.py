"""A fitted simple rung: predicts raw batches, saves itself as plain files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from threadpoolctl import threadpool_limits

from vandap.core.dataset import Raw
from vandap.core.records import to_json
from vandap.core.schema import Column
from vandap.core.store import write_json
from vandap.train._design import Design, Matrix
from vandap.train._growth import Settings
from vandap.train._problem import SERIAL_VALUES
from vandap.train.learner import Fitted
from vandap.train.preprocess import BLOCK_VALUES


@dataclass(frozen=True)
class Model:
    """A fitted estimator.

    Args:
        estimator: What the learner's `train` returned; None where the training rows show one class or no feature.
        present: Class codes of the columns that the estimator predicts; empty for regression.
    """

    estimator: Any
    present: np.ndarray


class Ways(Protocol):
    """What a fitted rung needs of its learner."""

    def predicted(self, model: Model, x: np.ndarray, classes: int) -> np.ndarray:
        """Predictions for the rows of a matrix."""

    def count(self, estimator: Any) -> int | None:
        """Number of fitted parameters."""

    def write(self, estimator: Any, folder: Path) -> None:
        """Write the estimator."""


class ScikitFitted(Fitted):
    """A fitted simple rung.

    Args:
        learner: Knows how to predict and save the estimator.
        design: How it sees the inputs.
        model: The estimator.
        prior: Shares of the classes among the training rows; empty for regression.
        settings: What was chosen.
        rows: Training rows it was fitted on.
        reason: Why they are fewer than asked for, or "".
    """

    def __init__(
        self, learner: Ways, design: Design, model: Model, prior: np.ndarray, settings: Settings, rows: int, reason: str
    ) -> None:
        self._learner, self._design, self._model, self._prior = learner, design, model, prior
        self.hyper_parameters = settings
        self.rows, self.reason, self.signals = rows, reason, {}
        self.parameters = len(prior) if model.estimator is None else learner.count(model.estimator)
        self._bound: tuple[tuple[Column, ...], Matrix] | None = None

    def predict(self, raw: Raw, columns: tuple[Column, ...]) -> np.ndarray:
        """Predict a raw batch, in blocks of bounded memory."""
        if self._bound is None or self._bound[0] is not columns:
            self._bound = (columns, self._design.bind(columns))
        matrix, threads = self._bound[1], None
        count = len(raw) if isinstance(raw, np.ndarray) else len(next(iter(raw.values())))
        size = max(1, BLOCK_VALUES // max(1, self._design.width, int(np.prod(self._design.preprocess.shape))))
        if count * self._design.width <= SERIAL_VALUES:
            threads = 1
        with threadpool_limits(limits=threads):
            parts = [self._predict(matrix(_cut(raw, start, start + size))) for start in range(0, max(1, count), size)]
        return np.concatenate(parts)

    def save(self, folder: Path) -> None:
        """Write `learner.json` and the estimator."""
        facts = {
            "constant": self._model.estimator is None,
            "present": self._model.present,
            "prior": self._prior,
            "settings": self.hyper_parameters,
            "rows": self.rows,
            "reason": self.reason,
        }
        write_json(folder / "learner.json", to_json(facts))
        if self._model.estimator is not None:
            self._learner.write(self._model.estimator, folder)

    def _predict(self, x: np.ndarray) -> np.ndarray:
        if not len(self._prior):
            spec = self._design.preprocess
            scaled = self._learner.predicted(self._model, x, 0) if len(x) else np.zeros(0)
            return np.nan_to_num(np.asarray(scaled, np.float64)) * spec.target_scale + spec.target_center
        if self._model.estimator is None or not len(x):
            return np.repeat(self._prior[None], len(x), axis=0)
        return normalised(self._learner.predicted(self._model, x, len(self._prior)), self._prior)


def normalised(probabilities: np.ndarray, prior: np.ndarray) -> np.ndarray:
    """Rows that sum to 1 in float64; the prior where an estimator gave no number."""
    clean = np.clip(np.asarray(probabilities, np.float64), 0.0, 1.0)
    total = clean.sum(axis=1, keepdims=True)
    bad = ~np.isfinite(total) | (total <= 0)
    return np.where(bad, prior, clean / np.where(bad, 1.0, total))


def _cut(raw: Raw, start: int, stop: int) -> Raw:
    if isinstance(raw, np.ndarray):
        return raw[start:stop]
    return {name: values[start:stop] for name, values in raw.items()}
