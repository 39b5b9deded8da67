"""Seeds that a program sets in a trial."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from vandap.repair.trial.seeds import put_off_tensorflow

STAND_IN = "drawn = []\nclass random:\n    set_seed = drawn.append\n"


@pytest.fixture
def without_tensorflow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that has not imported TensorFlow, and could import a stand-in."""
    from keras.src.utils import rng_utils

    (tmp_path / "tensorflow.py").write_text(STAND_IN)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(rng_utils, "tf", rng_utils.tf)
    kept = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] == "tensorflow"}
    finders = list(sys.meta_path)
    yield
    sys.modules.pop("tensorflow", None)
    sys.modules.update(kept)
    sys.meta_path[:] = finders


@pytest.mark.usefixtures("without_tensorflow")
def test_a_seed_alone_does_not_import_tensorflow() -> None:
    """It takes seconds in each trial; a program that imports it gets the seed that it set last, and later ones."""
    import keras

    put_off_tensorflow()
    keras.utils.set_random_seed(5)
    keras.utils.set_random_seed(6)
    assert "tensorflow" not in sys.modules
    drawn = importlib.import_module("tensorflow").drawn
    assert drawn == [6]
    keras.utils.set_random_seed(7)
    assert drawn == [6, 7]
