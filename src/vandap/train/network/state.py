"""The whole state of a training as arrays: weights, optimiser, seeds. Restoring it continues bit for bit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from vandap.core.light import light
from vandap.core.store import write_arrays

State = list[np.ndarray]


def take_state(model: Any) -> State:
    """Copy every variable of the model (weights, statistics, seed generators) and of its optimiser."""
    import keras

    return [np.array(keras.ops.convert_to_numpy(variable.value)) for variable in _variables(model)]


def put_state(model: Any, state: State) -> None:
    """Assign a state that `take_state` took from the same architecture."""
    for variable, value in zip(_variables(model), state, strict=True):
        variable.assign(value)


def _variables(model: Any) -> list[Any]:
    return [*model.variables, *model.optimizer.variables]


def write_checkpoint(path: Path, states: dict[str, State], arrays: dict[str, np.ndarray]) -> None:
    """Write states and further arrays as one file, moved into place whole."""
    content = dict(arrays)
    for name, state in states.items():
        content |= {f"{name}/{index}": value for index, value in enumerate(state)}
    write_arrays(path, content)


def read_checkpoint(path: Path, names: tuple[str, ...]) -> tuple[dict[str, State], dict[str, np.ndarray]]:
    """Read what `write_checkpoint` wrote."""
    with np.load(path, allow_pickle=False) as file:
        content = {key: file[key] for key in file.files}
    states: dict[str, State] = {}
    for name in names:
        keys = [key for key in content if key.startswith(f"{name}/")]
        states[name] = [content.pop(f"{name}/{index}") for index in range(len(keys))]
    return states, content


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed everything Keras draws from, and give the user's own Python and NumPy streams back afterwards."""
    import random

    import keras

    python, numpy = random.getstate(), np.random.get_state()
    with light():
        keras.utils.set_random_seed(seed)
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
