"""Random numbers of a trial: those of the data stay the same in every trial, those of the training follow its seed.

The effect of a change is asked for given this training set, so what a program draws before `fit` (splits, synthetic
examples) must come out the same each time, whether the program sets seeds or not. What the training draws, initial
values, the order of examples, dropout, must differ from seed to seed, also where the program sets one seed for all.
"""

from __future__ import annotations

import contextlib
import random
import sys
from collections.abc import Callable, Iterator
from typing import Any

from vandap.watch.patch import WhenImported

DATA_SEED = 20_240_229
"""Seed of everything that is drawn outside of `fit` without a seed of its own."""


def fix_data() -> None:
    """Give Python's and NumPy's generators the seed of the data, before the program begins."""
    import numpy as np

    random.seed(DATA_SEED)
    np.random.seed(DATA_SEED)


def steer_keras(seed: int) -> None:
    """Let every seed that Keras draws by itself (initialisers, dropout, shuffling) come from the trial's own generator.

    Keras draws default seeds from Python's generator, which `keras.utils.set_random_seed` sets: a program that calls it
    would train the same network each time.

    Args:
        seed: The trial's seed.
    """
    drawn = random.Random(f"vandap {seed}")

    def make_default_seed() -> int:
        return drawn.randint(1, int(1e9))

    for name, module in list(sys.modules.items()):
        if name.startswith("keras.src.") and callable(getattr(module, "make_default_seed", None)):
            module.make_default_seed = make_default_seed  # type: ignore[attr-defined]
    put_off_tensorflow()
    _steer_global(seed)


class _SeededLater:
    """What `keras.utils.set_random_seed` sees of TensorFlow: seeded once the program imports it, not imported to be."""

    available = True

    def __init__(self) -> None:
        self._waiting: WhenImported | None = None

    @property
    def random(self) -> _SeededLater:
        """Where `set_seed` is."""
        return self

    def set_seed(self, seed: int) -> None:
        """Seed TensorFlow now if it is imported, and else as soon as it is."""
        if self._waiting is not None:
            self._waiting.remove()
        self._waiting = WhenImported("tensorflow", lambda: sys.modules["tensorflow"].random.set_seed(seed))
        self._waiting.install()


def put_off_tensorflow() -> None:
    """A seed alone imports TensorFlow where it is installed: seconds, in every trial, and mostly for nothing."""
    module = sys.modules.get("keras.src.utils.rng_utils")
    if hasattr(module, "tf"):
        module.tf = _SeededLater()  # type: ignore[union-attr]


def _steer_global(seed: int) -> None:
    """The back ends draw weights and orders from generators of their own, where a program has not set them."""
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(DATA_SEED)
    if "tensorflow" in sys.modules:
        sys.modules["tensorflow"].random.set_seed(DATA_SEED)


@contextlib.contextmanager
def training(seed: int, number: int) -> Iterator[None]:
    """Draw from the trial's seed during a `fit`, and go on with the data's numbers after it.

    Args:
        seed: The trial's seed.
        number: Which `fit` of the program, from 0.
    """
    import numpy as np

    kept_python, kept_numpy = random.getstate(), np.random.get_state()
    restore = _back_end(seed * 1009 + number)
    random.seed(f"vandap fit {seed} {number}")
    np.random.seed((seed * 1009 + number) % 2**32)
    try:
        yield
    finally:
        random.setstate(kept_python)
        np.random.set_state(kept_numpy)
        restore()


def _back_end(seed: int) -> Callable[[], None]:
    torch: Any = sys.modules.get("torch")
    tensorflow: Any = sys.modules.get("tensorflow")
    state = torch.random.get_rng_state() if torch is not None and hasattr(torch, "random") else None
    if state is not None:
        torch.manual_seed(seed)
    if tensorflow is not None and hasattr(tensorflow, "random"):
        tensorflow.random.set_seed(seed)

    def restore() -> None:
        if state is not None:
            torch.random.set_rng_state(state)
        if tensorflow is not None and hasattr(tensorflow, "random"):
            tensorflow.random.set_seed(DATA_SEED)

    return restore
