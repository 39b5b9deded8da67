"""A trained network that predicts raw batches, and its files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from vandap.core.dataset import Raw
from vandap.core.preprocess import Encoder, Preprocess
from vandap.core.schema import Column
from vandap.core.signals import Series
from vandap.core.store import read_json, write_json
from vandap.core.task import Task
from vandap.train.backends import prepare
from vandap.train.learner import Fitted
from vandap.train.network.feed import category_offsets, model_inputs

PREDICT_BATCH = 256
LEAST_TEMPERATURE_ROWS = 100


class NetworkFitted(Fitted):
    """A Keras model with its preprocessing.

    Args:
        model: The model; its outputs are logits, or the scaled target.
        preprocess: How raw inputs become its inputs.
        task: The task.
        rows: Training examples it saw.
        hyper_parameters: The plan.
        signals: What was measured while training.
        reason: Why the training ended before its plan did, or "".
        temperature: Logits are divided by it before softmax (Guo et al. 2017), fitted on the early-stopping rows.
    """

    def __init__(
        self,
        model: Any,
        preprocess: Preprocess,
        task: Task,
        rows: int = 0,
        hyper_parameters: Mapping[str, Any] | None = None,
        signals: Mapping[str, Series] | None = None,
        reason: str = "",
        temperature: float = 1.0,
    ) -> None:
        self.temperature = temperature
        self.model, self.preprocess, self.task = model, preprocess, task
        self.rows, self.reason = rows, reason
        self.parameters = int(model.count_params())
        self.hyper_parameters = hyper_parameters or {}
        self.signals = signals or {}
        self.program: Mapping[str, Any] = {}
        self._offsets = category_offsets(preprocess)
        self._bound: tuple[tuple[Column, ...], Encoder] | None = None

    def predict(self, raw: Raw, columns: tuple[Column, ...]) -> np.ndarray:
        """See `Fitted.predict`."""
        if self._bound is None or self._bound[0] is not columns:
            self._bound = (columns, self.preprocess.bind(columns))
        inputs = model_inputs(self._bound[1](raw), self._offsets)
        return to_prediction(predict_logits(self.model, inputs) / self.temperature, self.task, self.preprocess)

    def save(self, folder: Path) -> None:
        """Write `model.keras` and `network.json`."""
        self.model.save(folder / "model.keras")
        import keras

        facts = {"temperature": self.temperature, "backend": keras.backend.backend()}
        write_json(folder / "network.json", facts)


def predict_logits(model: Any, inputs: Any) -> np.ndarray:
    """Run the network on any number of examples in batches of one fixed size, so that it is compiled once."""
    count = len(inputs["numbers"]) if isinstance(inputs, Mapping) else len(inputs)
    outputs = []
    for start in range(0, count, PREDICT_BATCH):
        part = _slice(inputs, start)
        size = min(PREDICT_BATCH, count - start)
        outputs.append(np.asarray(model.predict_on_batch(part), np.float64)[:size])
    return np.concatenate(outputs) if outputs else np.zeros((0, model.output_shape[-1]))


def _slice(inputs: Any, start: int) -> Any:
    if isinstance(inputs, Mapping):
        return {name: _slice(value, start) for name, value in inputs.items()}
    part = inputs[start : start + PREDICT_BATCH]
    if len(part) == PREDICT_BATCH:
        return part
    filler = np.zeros((PREDICT_BATCH - len(part), *part.shape[1:]), part.dtype)
    return np.concatenate([part, filler])


def to_prediction(logits: np.ndarray, task: Task, preprocess: Preprocess) -> np.ndarray:
    """Turn network outputs into the form that `Task` fixes."""
    if task is Task.REGRESSION:
        return logits[:, 0] * preprocess.target_scale + preprocess.target_center
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def load_network(folder: Path, preprocess: Preprocess, task: Task) -> NetworkFitted:
    """Read `model.keras` in safe mode (no code in the file is run), on the back end that trained it where it can."""
    facts = read_json(folder / "network.json")
    prepare(facts["backend"])
    import keras

    model = keras.saving.load_model(folder / "model.keras", compile=False, safe_mode=True)
    return NetworkFitted(model, preprocess, task, temperature=float(facts["temperature"]))


def fit_temperature(logits: np.ndarray, target: np.ndarray) -> float:
    """The temperature in [0.2, 5] with the least log loss on held-out rows; 1 with fewer than 100 of them.

    Args:
        logits: Shape `(rows, classes)`.
        target: One-hot labels of the same shape.
    """
    if len(logits) < LEAST_TEMPERATURE_ROWS or not np.isfinite(logits).all():
        return 1.0

    def loss(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature)
        shifted = scaled - scaled.max(axis=1, keepdims=True)
        return float(np.mean(np.log(np.exp(shifted).sum(axis=1)) - (shifted * target).sum(axis=1)))

    from scipy.optimize import minimize_scalar

    return float(np.exp(minimize_scalar(loss, bounds=(np.log(0.2), np.log(5.0)), method="bounded").x))
