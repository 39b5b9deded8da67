"""An inserted call is spelled by names that the program knows where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from script_edits import edited, recorded, refusal

from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import EarlyStopping, LearningRate, Schedule
from vandap.repair.changes.output import Focal
from vandap.repair.changes.structure import Insert

LOCAL = '''\
"""Trains."""
import numpy as np

def main():
    model = build()
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(x, y, validation_split=0.1)

def build():
    from keras.models import Sequential
    from keras.layers import Dense
    return Sequential([Dense(8, activation="relu"), Dense(3, activation="softmax")])

main()
'''


@pytest.mark.parametrize("change", [LearningRate(0.003), EarlyStopping(5), Focal()])
def test_keras_is_imported_by_the_module_where_only_a_function_does(change: Change, tmp_path: Path) -> None:
    """Above the first function that imports of it, or that needs it, whichever comes first."""
    text = edited(recorded(tmp_path, LOCAL, loss="SparseCategoricalCrossentropy"), change)
    assert "\nimport keras\n" in text and "    import keras\n    from" not in text
    used = text.index("@keras" if isinstance(change, Focal) else "def build")
    assert text.index("import numpy") < text.index("\nimport keras\n") < used


def test_keras_is_not_imported_before_its_environment_is_set(tmp_path: Path) -> None:
    """It would take another back end."""
    text = LOCAL.replace("    from keras.models", '    os.environ["KERAS_BACKEND"] = "torch"\n    from keras.models')
    found = refusal(recorded(tmp_path, text), LearningRate(0.003))
    assert "environment" in found.reason and found.line


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("LR = 0.1\nimport keras\n", "LR = 0.1\nimport keras\nmodel.compile(keras.optimizers.SGD(keras.optimizers.sch"),
        ("import keras\nLR = 0.1\n", "import keras\nLR = 0.1\nmodel.compile(keras.optimizers.SGD(keras.optimizers.sch"),
    ],
)
def test_a_constant_above_the_imports_stays(head: str, expected: str, tmp_path: Path) -> None:
    """The schedule stands in the call instead, where Keras is known, and nobody else is given an object."""
    text = head + 'model.compile(keras.optimizers.SGD(LR), "mse")\nmodel.fit(x, y)\n'
    assert edited(recorded(tmp_path, text), Schedule(0.1, 40)).startswith(expected)


def test_names_and_lists_above_the_imports_stay(tmp_path: Path) -> None:
    """Of an optimiser, a loss and callbacks."""
    head = 'OPT = "sgd"\nLOSS = "mse"\ncalls = []\nimport keras\n'
    text = f"{head}model.compile(OPT, LOSS)\nmodel.fit(x, y, callbacks=calls)\n"
    made = edited(recorded(tmp_path, text), LearningRate(0.1), EarlyStopping(5), Focal())
    assert made.startswith(head)
    assert "compile(keras.optimizers.SGD(learning_rate=0.1), keras.losses.Categ" in made
    assert "callbacks=[*calls, keras.callbacks.EarlyStopping(" in made


INSERT = Insert("BatchNormalization", ("dense",))
USED = 'model = Sequential([Dense(8, activation="relu")])\nmodel.compile("sgd")\nmodel.fit(x, y)\n'


def test_each_import_that_may_give_a_class_is_extended(tmp_path: Path) -> None:
    """Of the two that a program tries, either may run; those of another function have nothing to do with it."""
    tried = (
        "try:\n    from tensorflow.keras.layers import Dense\nexcept ImportError:\n    from keras.layers import Dense\n"
    )
    other = "def other():\n    from keras.layers import Dense\n"
    text = edited(recorded(tmp_path, tried + other + USED, ("dense", "Dense", "Dense(8")), INSERT)
    assert text.count("import Dense, BatchNormalization\n") == 2 and text.endswith(USED[-30:]) and other in text


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("from own import Dense\n", "not clear"),
        ("from keras.layers import Dense, Layer\nclass BatchNormalization(Layer): ...\n", "something else"),
    ],
)
def test_a_class_that_would_be_another_one_is_refused(head: str, reason: str, tmp_path: Path) -> None:
    """A module of the program's own need not have it, and the program may have one of that name."""
    assert reason in refusal(recorded(tmp_path, head + USED, ("dense", "Dense", "Dense(8")), INSERT).reason


def test_keras_of_tensorflow_is_known_by_its_import(tmp_path: Path) -> None:
    """However that is written."""
    text = 'import tensorflow.keras as k\nmodel.compile("sgd")\nmodel.fit(x, y)\n'
    assert "compile(k.optimizers.SGD(learning_rate=0.1))" in edited(recorded(tmp_path, text), LearningRate(0.1))
