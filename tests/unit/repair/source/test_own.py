"""What two models share is edited for neither, where the source and the record tell that they do."""

from __future__ import annotations

from pathlib import Path

import pytest
from script_edits import edited, recorded, refusal

from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import Epochs, LearningRate, Patience, ScheduleSteps
from vandap.repair.changes.output import SetLoss
from vandap.repair.changes.structure import HiddenActivation, LayerSetting, Units

SHARED = """\
import keras
sched = keras.optimizers.schedules.CosineDecay(0.1, decay_steps=100)
es = keras.callbacks.EarlyStopping(patience=2)
base.compile(keras.optimizers.SGD(sched), "mse")
base.fit(x, y, validation_split=0.1, callbacks=[es])
model.compile(keras.optimizers.SGD(sched), "mse")
model.fit(x, y, validation_split=0.1, callbacks=[es])
"""
ALONE = """\
import keras
sched = keras.optimizers.schedules.CosineDecay(0.1, decay_steps=100)
es = keras.callbacks.EarlyStopping(patience=2)
base.compile("sgd", "mse")
base.fit(x, y, validation_split=0.1, callbacks=[keras.callbacks.EarlyStopping(patience=1)])
model.compile(keras.optimizers.SGD(sched), "mse")
model.fit(x, y, validation_split=0.1, callbacks=[es])
print(sched(0), es.stopped_epoch)
"""


@pytest.mark.parametrize(("change", "name"), [(ScheduleSteps("decay_steps", 400), "sched"), (Patience(10), "es")])
def test_a_schedule_and_a_callback_of_two_models_are_not_touched(change: Change, name: str, tmp_path: Path) -> None:
    """The refusal names the lines that are given them."""
    lines = "lines 4, 6" if name == "sched" else "lines 5, 7"
    assert f"{name!r} is given to several calls ({lines})" in refusal(recorded(tmp_path, SHARED), change).reason


def test_what_is_only_looked_at_elsewhere_is_edited(tmp_path: Path) -> None:
    """Each is given to one call; another model's early stopping is another's."""
    text = edited(recorded(tmp_path, ALONE), ScheduleSteps("decay_steps", 400), Patience(10))
    assert "CosineDecay(0.1, decay_steps=400)" in text and "EarlyStopping(patience=1)" in text
    assert "es = keras.callbacks.EarlyStopping(patience=10, restore_best_weights=True)\n" in text


def test_a_list_of_callbacks_of_two_models_is_not_touched(tmp_path: Path) -> None:
    """Nor a call that makes it where several trainings are stopped early."""
    text = SHARED.replace("patience=2)", "patience=2)\nboth = [es]").replace("callbacks=[es]", "callbacks=both")
    assert "2 calls of fit" in refusal(recorded(tmp_path, text), Patience(10)).reason
    text = SHARED.replace("callbacks=[es]", "callbacks=stops()")
    project = recorded(tmp_path, text, fits=("base.fit", "model.fit"), callbacks=("EarlyStopping",))
    assert refusal(project, Patience(10)).line == 7


MADE = """\
import keras
from keras import layers
def make(units):
    m = keras.Sequential([layers.Dense(units, activation="tanh"), layers.Dropout(0.9)])
    m.add(layers.Dense(3))
    m.compile(keras.optimizers.SGD(0.1), "mse")
    return m
def train(m):
    m.fit(x, y, epochs=3)
teacher, student = make(64), make(8)
train(teacher)
train(student)
"""
LAYERS = (("hidden", "Dense", "Dense(units"), ("drop", "Dropout", "Dropout("))
OF_MODEL = [
    LearningRate(0.01),
    SetLoss("mean_absolute_error"),
    LayerSetting("rate", 0.2, ("drop",)),
    HiddenActivation("relu", ("hidden",)),
    Units(2, ("hidden",), (128,)),
]


@pytest.mark.parametrize("change", [*OF_MODEL, Epochs(9)])
def test_functions_of_two_models_are_not_touched(change: Change, tmp_path: Path) -> None:
    """They are called with other models, or to make others."""
    project = recorded(tmp_path, MADE, *LAYERS, fits=("m.fit(", "m.fit("))
    assert "for several models" in refusal(project, change).reason


@pytest.mark.parametrize("change", [LearningRate(0.01), LayerSetting("rate", 0.2, ("drop",)), Epochs(9)])
@pytest.mark.parametrize(
    ("calls", "fits"),
    [
        ("for fold in folds:\n    train(make(8))\n", 5),
        ("model = make(8)\ntrain(model)\nmodel = make(8)\ntrain(model)\n", 2),
        ("other, model = make(64), make(8)\ntrain(model)\n", 1),
    ],
)
def test_functions_of_one_model_are_edited(change: Change, calls: str, fits: int, tmp_path: Path) -> None:
    """Folds train the same network again and again; a model that is not trained is no concern."""
    text = MADE[: MADE.index("teacher,")] + calls
    assert edited(recorded(tmp_path, text, *LAYERS, fits=("m.fit(",) * fits), change)


def test_a_class_of_two_models_is_not_touched(tmp_path: Path) -> None:
    """What `__init__` is given makes the difference."""
    text = MADE.replace("def make(units):", "class make:\n  def __init__(self, units):")
    project = recorded(tmp_path, text, *LAYERS, fits=("m.fit(", "m.fit("))
    assert "for several models" in refusal(project, LearningRate(0.01)).reason
