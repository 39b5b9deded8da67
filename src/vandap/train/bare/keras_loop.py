"""The Keras model itself, trained by `fit`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from vandap.train.bare.loop import Loop
from vandap.train.bare.prepare import MODEL, input_names
from vandap.train.bare.written import Case, Training


class KerasLoop(Loop):
    """`fit` with a generator that gives the same batch again and again.

    Args:
        case: The network.
        folder: Where its model is stored.
    """

    def __init__(self, case: Case, folder: Path) -> None:
        import keras

        super().__init__(case)
        self._model = keras.saving.load_model(folder / MODEL, compile=False)
        self._model.compile(optimizer(case.written.training), loss(case.written.training))
        arrays = [case.inputs[name] for name in input_names(self._model)]
        self._x: Any = arrays[0] if len(arrays) == 1 else tuple(arrays)

    def answers(self) -> np.ndarray:
        """See `Loop.answers`."""
        import keras

        return np.asarray(keras.ops.convert_to_numpy(self._model(self._x, training=False)))

    def loss(self) -> float:
        """See `Loop.loss`."""
        return float(self._model.test_on_batch(self._x, self.case.targets, return_dict=True)["loss"])

    def run(self, steps: int) -> float:
        """See `Loop.run`."""
        batches = ((self._x, self.case.targets) for _ in range(steps + 2))
        history = self._model.fit(batches, steps_per_epoch=steps, epochs=1, shuffle=False, verbose=0)
        return float(history.history["loss"][-1])


def loss(training: Training) -> Any:
    """The Keras loss."""
    import keras

    settings: dict[str, Any] = {}
    if "Crossentropy" in training.loss:
        settings["from_logits"] = training.from_logits
        if not training.loss.startswith("Sparse"):
            settings["label_smoothing"] = training.label_smoothing
    return getattr(keras.losses, training.loss or "MeanSquaredError")(**settings)


def optimizer(training: Training) -> Any:
    """The Keras optimiser, with the settings that it knows."""
    import keras

    kind = getattr(keras.optimizers, training.optimizer or "Adam")
    known = kind().get_config()
    return kind(**{name: value for name, value in training.settings.items() if name in known and name != "name"})
