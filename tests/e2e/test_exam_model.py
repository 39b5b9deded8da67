"""`vandap exam MODEL.keras --data D`: an untrusted file is opened apart, and data that do not fit are told so."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from vandap.core.finding import Status
from vandap.errors import DataError, UsageError
from vandap.exam.model import examine_model

pytestmark = [pytest.mark.backend, pytest.mark.slow]

MODELS = """
import keras

keras.utils.set_random_seed(0)
dense, shape = keras.layers.Dense, keras.Input((4,))
model = keras.Sequential([shape, dense(8, activation="relu"), dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.save("good.keras")
model = keras.Sequential([shape, dense(3, activation="relu")])
model.compile("adam", "sparse_categorical_crossentropy")
model.save("relu.keras")
keras.Sequential([shape, keras.layers.Lambda(lambda x: x * 2)]).save("lambda.keras")


class Own(keras.layers.Layer):
    def call(self, x):
        return x


keras.Sequential([shape, Own()]).save("own.keras")
model = keras.Sequential([shape, dense(3, activation="softmax")])
model.compile("adam", "categorical_crossentropy")
model.save("onehot.keras")
model = keras.Sequential([shape, dense(1)])
model.compile("adam", "mse")
model.save("number.keras")
keras.Model(shape, [dense(1)(shape), dense(1)(shape)]).save("outputs.keras")
keras.Model([shape, other := keras.Input((4,))], dense(1)(keras.layers.Add()([shape, other]))).save("two.keras")
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with models and data."""
    folder = tmp_path_factory.mktemp("models")
    environment = {**os.environ, "KERAS_BACKEND": "torch", "OMP_NUM_THREADS": "1"}
    subprocess.run([sys.executable, "-c", MODELS], cwd=folder, env=environment, check=True, capture_output=True)
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, size=120)
    np.savez(folder / "data.npz", x=rng.normal(size=(120, 4)).astype("float32") + y[:, None], y=y)
    np.savez(folder / "words.npz", x=rng.normal(size=(120, 4)).astype("float32"), y=np.array(["a", "b", "c"])[y])
    np.savez(folder / "labels.npz", x=rng.normal(size=(120, 4)).astype("float32"), y=y * 2)
    np.savez(folder / "wide.npz", x=rng.normal(size=(120, 5)).astype("float32"), y=y)
    text = "a,b,c,d,kind\n" + "".join(f"{i},{i % 7},{'xy'[i % 2]},{i * i % 5},{i % 3}\n" for i in range(120))
    (folder / "text.csv").write_text(text)
    (folder / "damaged.keras").write_bytes((folder / "good.keras").read_bytes()[:400])
    return folder


def exam(place: Path, model: str, data: str, tmp_path: Path) -> dict[str, Status]:
    """Verdicts by code."""
    environment = {**os.environ, "KERAS_BACKEND": "torch", "OMP_NUM_THREADS": "1"}
    target = "kind" if data.endswith("csv") else None
    examined = examine_model(
        place / model, str(place / data), target=target, out=tmp_path / "run", environment=environment
    )
    return {verdict.code: verdict.status for verdict in examined.verdicts}


def test_a_model_is_judged_by_its_structure_and_its_answers(place: Path, tmp_path: Path) -> None:
    """Outputs that are no probabilities are found without any training."""
    good = exam(place, "good.keras", "data.npz", tmp_path / "good")
    assert Status.FOUND not in (good["B1"], good["B2"])
    sick = exam(place, "relu.keras", "data.npz", tmp_path / "relu")
    assert Status.FOUND in (sick["B1"], sick["B2"])


def test_labels_of_arrays_are_taken_as_they_are(place: Path, tmp_path: Path) -> None:
    """A gap among them is a class for which the model has no output."""
    assert exam(place, "good.keras", "labels.npz", tmp_path / "labels")["A7"] is Status.FOUND


@pytest.mark.parametrize(
    ("model", "data", "words"),
    [
        ("lambda.keras", "data.npz", "holds code"),
        ("own.keras", "data.npz", "needs code of its own"),
        ("damaged.keras", "data.npz", "damaged"),
        ("two.keras", "data.npz", "several inputs"),
        ("outputs.keras", "data.npz", "several outputs"),
        ("onehot.keras", "labels.npz", "no output"),
        ("number.keras", "words.npz", "answers with numbers"),
        ("good.keras", "wide.npz", "do not have the shape"),
        ("good.keras", "text.csv", "columns that are no numbers"),
        ("good.keras", "absent.csv", "absent.csv"),
    ],
)
def test_a_bad_input_has_one_message(place: Path, tmp_path: Path, model: str, data: str, words: str) -> None:
    """It says what was received and what to do; no folder is left."""
    with pytest.raises((DataError, UsageError)) as refused:
        exam(place, model, data, tmp_path)
    assert words in str(refused.value)
    assert refused.value.received and refused.value.expected and refused.value.hint
    assert not (tmp_path / "run").exists()
