"""An argument of an optimiser or a loss is written into the call that makes it, and into no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from script_edits import edited, recorded, refusal

from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import BatchSize, Clip, LearningRate, Optimiser, OptimiserSetting
from vandap.repair.changes.output import FromLogits, LabelSmoothing, SetLoss

HEAD = "import keras\nfrom utils import make\n"
FIT = "model.fit(x, y, validation_split=0.1)\n"


@pytest.mark.parametrize("change", [LearningRate(0.003), Clip(1.0), OptimiserSetting("momentum", 0.9)])
@pytest.mark.parametrize("made", ['make("sgd", 0.1)', 'keras.optimizers.get("sgd")', "keras.optimizers.Adam(0.1)"])
def test_what_makes_an_optimiser_is_not_taken_for_its_class(change: Change, made: str, tmp_path: Path) -> None:
    """The first argument of a function need not be a rate; the refusal names the line."""
    found = refusal(recorded(tmp_path, f"{HEAD}opt = {made}\nmodel.compile(opt)\n{FIT}"), change)
    assert "is not its class, SGD" in found.reason and found.line == 3


def test_another_optimiser_takes_the_place_of_what_makes_one(tmp_path: Path) -> None:
    """By its name in Keras: the module that makes the old one may not have it."""
    text = edited(recorded(tmp_path, f'{HEAD}model.compile(make("sgd", 0.1))\n{FIT}'), Optimiser("Adam", 0.001))
    assert "from utils import make\n" in text and "compile(keras.optimizers.Adam(learning_rate=0.001))" in text


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("from keras.optimizers import SGD as S\nmodel.compile(S(0.1))\n", "compile(S(0.003))"),
        ("S = keras.optimizers.SGD\nmodel.compile(S(0.1))\n", "compile(S(0.003))"),
        (
            "model.compile(keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.1)))\n",
            "LossScaleOptimizer(keras.optimizers.SGD(0.003)))",
        ),
    ],
)
def test_the_class_is_known_by_other_names_too(written: str, expected: str, tmp_path: Path) -> None:
    """Of its import and of an assignment; a loss scaling is looked into."""
    assert expected in edited(recorded(tmp_path, f"{HEAD}{written}{FIT}"), LearningRate(0.003))


def test_another_class_of_an_alias_is_imported(tmp_path: Path) -> None:
    """By its own name."""
    text = f"from keras.optimizers import SGD as S\nmodel.compile(S(0.1))\n{FIT}"
    made = edited(recorded(tmp_path, text), Optimiser("Adam", 0.001), Clip(1.0))
    assert "import SGD as S, Adam\n" in made and "compile(Adam(learning_rate=0.001, clipnorm=1.0))" in made


@pytest.mark.parametrize("change", [FromLogits(True), LabelSmoothing(0.1)])
def test_what_makes_a_loss_is_not_taken_for_its_class(change: Change, tmp_path: Path) -> None:
    """A function of the program's own need not know the argument."""
    found = refusal(recorded(tmp_path, f'{HEAD}model.compile("sgd", make(0.3))\n{FIT}'), change)
    assert "is not its class, CategoricalCrossentropy" in found.reason and found.line == 3


def test_arguments_of_a_loss_are_those_of_the_new_one(tmp_path: Path) -> None:
    """It stays the new one, and is given nothing that it does not take."""
    project = recorded(tmp_path, f'{HEAD}model.compile("sgd", "categorical_crossentropy")\n{FIT}')
    binary = edited(project, SetLoss("binary_crossentropy"), LabelSmoothing(0.1))
    assert 'compile("sgd", keras.losses.BinaryCrossentropy(label_smoothing=0.1))' in binary
    assert "no argument from_logits" in refusal(project, SetLoss("mean_squared_error"), FromLogits(True)).reason


def test_an_optimisers_argument_is_edited_in_its_place(tmp_path: Path) -> None:
    """`SGD(0.1, 0.9)` has a momentum."""
    text = f'{HEAD}model.compile(keras.optimizers.SGD(0.1, 0.9), "mse")\nmodel.fit(x, y)\n'
    assert "SGD(0.1, 0.5)" in edited(recorded(tmp_path, text), OptimiserSetting("momentum", 0.5))


def test_what_compile_hands_on_may_hold_its_arguments(tmp_path: Path) -> None:
    """What `fit(*data)` hands on are the data."""
    project = recorded(tmp_path, f"{HEAD}model.compile(*args)\nmodel.fit(*data)\n")
    assert "optimizer may be among" in refusal(project, Optimiser("Adam", 0.001)).reason
    assert "fit(*data, batch_size=64)" in edited(project, BatchSize(64))
