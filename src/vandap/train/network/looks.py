"""What happens between two chunks of a fit: learning rate, validation, best state, checkpoint, early stop, deadline."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np

from vandap.core.progress import Progress
from vandap.train.network.plan import Plan
from vandap.train.network.state import State, read_checkpoint, take_state, write_checkpoint

CHECKPOINT_SECONDS = 10.0
"""A checkpoint is written at most this often, so that writing costs little beside training."""

FEW_EPOCHS = 5.0
"""Fewer epochs than this within the time are worth a word to the user."""


@dataclass
class History:
    """What each look saw. One entry a look."""

    loss: list[float] = field(default_factory=list)
    val_loss: list[float] = field(default_factory=list)
    val_score: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)

    def arrays(self) -> dict[str, np.ndarray]:
        """The history as arrays."""
        return {name: np.array(values, np.float64) for name, values in vars(self).items()}


class Looks(keras.callbacks.Callback):
    """Only epoch hooks are overridden: a batch hook would switch off JAX's asynchronous dispatch.

    Args:
        plan: The plan; with `rates` it is replayed, and neither the clock nor patience decide anything.
        validate: Returns (loss, score) on validation, or None without validation examples.
        folder: Where the checkpoint is.
        seconds: Wall-clock seconds for the whole fit.
        epochs_a_look: Epochs of data in one chunk, for progress.
        progress: Where to report.
    """

    def __init__(
        self,
        plan: Plan,
        validate: Callable[[Any], tuple[float, float]] | None,
        folder: Path,
        seconds: float,
        epochs_a_look: float,
        progress: Progress,
    ) -> None:
        super().__init__()
        self.plan, self.history = plan, History()
        self._validate, self._path, self._seconds = validate, folder / "checkpoint.npz", seconds
        self._epochs_a_look, self._progress = epochs_a_look, progress
        self.best: State | None = None
        self._best_value, self._best_look = np.inf, -1
        self.spent = 0.0
        self.reason = ""
        self._written = time.monotonic()

    def resume(self) -> tuple[int, State | None]:
        """Read the checkpoint, if there is one: returns the next chunk and the state to continue from."""
        if not self._path.is_file():
            return 0, None
        states, arrays = read_checkpoint(self._path, ("last", "best"))
        self.best = states["best"] or None
        for name in vars(self.history):
            setattr(self.history, name, arrays[name].tolist())
        value, look, self.spent = arrays["progress"].tolist()
        self._best_value, self._best_look = value, int(look)
        return len(self.history.loss), states["last"]

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:  # noqa: D102
        self._started = time.monotonic() - self.spent

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:  # noqa: D102
        if self.plan.rates:
            rate = self.plan.rates[epoch]
        else:
            by_steps = epoch * self.plan.chunk / self.plan.steps
            by_time = (time.monotonic() - self._started) / self._seconds
            rate = self.plan.rate(min(1.0, max(by_steps, by_time)))
        self.history.rates.append(rate)
        self.model.optimizer.learning_rate = rate

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:  # noqa: D102
        loss = float((logs or {}).get("loss", np.nan))
        val_loss, score = self._validate(self.model) if self._validate else (np.nan, np.nan)
        self.history.loss.append(loss)
        self.history.val_loss.append(val_loss)
        self.history.val_score.append(score)
        self._remember_best(epoch, loss, val_loss, score)
        self.spent = time.monotonic() - self._started
        self._decide(epoch, loss)
        self._report(epoch, loss, val_loss, score)
        if time.monotonic() - self._written > CHECKPOINT_SECONDS and not self.model.stop_training:
            self.write()

    def _remember_best(self, epoch: int, loss: float, val_loss: float, score: float) -> None:
        value = -score if self.plan.monitor == "score" else val_loss
        if self._validate is None:
            value = -float(epoch) if np.isfinite(loss) else np.inf
        best_loss = self.history.val_loss[self._best_look] if self._best_look >= 0 else np.inf
        if (value, val_loss) < (self._best_value, best_loss):  # scores of few rows are often equal
            self._best_value, self._best_look, self.best = value, epoch, take_state(self.model)

    def _decide(self, epoch: int, loss: float) -> None:
        if not np.isfinite(loss):
            self.reason = f"stopped after look {epoch + 1}: the loss was no longer finite"
            self.model.stop_training = True
        elif self.plan.rates:
            return
        elif self.plan.patience and epoch - self._best_look >= self.plan.patience:
            self.reason = f"stopped after {self.plan.patience} looks without a better validation value"
            self.model.stop_training = True
        elif self.spent + 0.5 * self.spent / (epoch + 1) > self._seconds:
            epochs = (epoch + 1) * self._epochs_a_look
            self.reason = f"its time allowed {epochs:.1f} epochs" if epochs < FEW_EPOCHS else ""
            self.model.stop_training = True

    def _report(self, epoch: int, loss: float, val_loss: float, score: float) -> None:
        by_steps = self.spent / (epoch + 1) * (self.plan.steps / self.plan.chunk - epoch - 1)
        self._progress(
            "epoch",
            {
                "epoch": (epoch + 1) * self._epochs_a_look,
                "epochs": self.plan.steps / self.plan.chunk * self._epochs_a_look,
                "loss": loss,
                "val_loss": val_loss,
                "score": score,
                "remaining_s": max(0.0, min(by_steps, self._seconds - self.spent)),
            },
        )

    def write(self) -> None:
        """Write the checkpoint."""
        progress = np.array([self._best_value, self._best_look, self.spent])
        states = {"last": take_state(self.model), "best": self.best or []}
        write_checkpoint(self._path, states, self.history.arrays() | {"progress": progress})
        self._written = time.monotonic()
