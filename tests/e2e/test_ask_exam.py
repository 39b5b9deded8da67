"""`vandap ask` on the run folder that `vandap exam SCRIPT.py --out FOLDER` left."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from vandap.ask.registry import answer
from vandap.core.store import Run

CRASHING = """
import numpy as np
import keras

class Mix(keras.layers.Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1] + 1, 8))
    def call(self, x):
        return keras.ops.matmul(x, self.w)

model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(16, activation="relu")])
model.compile("sgd", "mse")
model.fit(np.zeros((64, 6), "float32"), np.zeros((64, 16), "float32"), verbose=0)
model = keras.Sequential([keras.layers.Dense(16, activation="relu"), Mix(name="mix"), keras.layers.Dense(1)])
model.compile("sgd", "mse")
model.fit(np.zeros((64, 6), "float32"), np.zeros((64, 1), "float32"), verbose=0)
"""


@pytest.mark.backend
@pytest.mark.slow
def test_questions_after_a_crash(tmp_path: Path) -> None:
    """The first fit answers of gradients and activations; the crash is told with the layer and its own error."""
    script = tmp_path / "train.py"
    script.write_text(CRASHING)
    command = [sys.executable, "-m", "vandap.cli.main", "exam", "--out", "run", "train.py"]
    environment = {**os.environ, "KERAS_BACKEND": "torch"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr
    run = Run(tmp_path / "run")
    assert "mix" in answer(run, "K8").text
    for question in ("I5", "I6", "I8", "K21", "K23"):
        assert answer(run, question).text
    low_level = answer(run, "K9")
    assert low_level.document["crash"].layer == "mix"
