"""How far data came before a crash: layer by layer, once more and without a word."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest

from vandap.core.program import Crash, Site
from vandap.exam.passage import EAGER, described, with_passage
from vandap.watch.kept import Batch

pytestmark = pytest.mark.backend
CRASH = Crash("ValueError", "It does not fit.", "fit")


class Narrow(keras.layers.Layer):
    """A layer of the user's own that talks, and cannot take what it is given."""

    def call(self, values: Any) -> Any:
        """Print, then multiply by a matrix of the wrong width."""
        print("in the layer")
        return keras.ops.matmul(values, np.ones((3, 2), "float32"))


def session(*layers: keras.layers.Layer) -> Any:
    """What a watch leaves of a model that was called and failed."""

    class Chain(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.parts = list(layers)

        def call(self, values: Any) -> Any:
            for part in self.parts:
                values = part(values)
            return values

    batch = Batch(np.ones((6, 4), "float32"), np.zeros(6, "int32"), None)
    losses = [SimpleNamespace(kind="SparseCategoricalCrossentropy")]
    return SimpleNamespace(
        kept=SimpleNamespace(model=Chain(), train=batch, batch_size=2),
        sites=SimpleNamespace(of=lambda layer: Site("train.py", 7, "")),
        program=SimpleNamespace(compile=SimpleNamespace(losses=losses)),
    )


def test_the_layer_that_fails_is_the_last_one(capsys: pytest.CaptureFixture[str]) -> None:
    """With what entered it and its error; what the user's layers print is not printed again."""
    crash = with_passage(CRASH, session(keras.layers.Dense(5), Narrow(name="narrow")))
    assert crash.repeated == EAGER
    assert [item.layer for item in crash.chain][-1] == "narrow"
    assert crash.chain[0].gave == ("float32 (2, 5)",)
    assert crash.chain[-1].received == ("float32 (2, 5)",)
    assert crash.chain[-1].error
    assert capsys.readouterr().out == ""


def test_where_all_layers_pass_the_loss_is_the_end() -> None:
    """Targets and answers meet there."""
    crash = with_passage(CRASH, session(keras.layers.Dense(5)))
    assert crash.chain[-1].kind == "SparseCategoricalCrossentropy"
    assert crash.chain[-1].received == ("int32 (2,)", "float32 (2, 5)")


def test_shapes_are_written_as_python_writes_them() -> None:
    """One axis keeps its comma."""
    assert described(np.zeros(3, "int32")) == ("int32 (3,)",)
