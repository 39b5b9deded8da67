"""What Keras does not take together is not written together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from script_edits import edited, recorded, refusal

from vandap.repair.changes.optimisation import (
    Clip,
    LearningRate,
    Optimiser,
    OptimiserSetting,
    Plateau,
    Schedule,
    Shuffle,
)
from vandap.repair.proposals import joined

TEXT = 'import keras\nmodel.compile(keras.optimizers.SGD(0.1), "mse")\nmodel.fit(x, y, validation_split=0.1)\n'


def test_a_bundle_has_one_of_a_schedule_and_a_plateau() -> None:
    """The later takes the other's place."""
    assert joined((Schedule(0.1, 100),), (Plateau(),)) == (Plateau(),)
    assert joined((LearningRate(0.1), Plateau()), (Schedule(0.1, 100),)) == (Schedule(0.1, 100),)
    assert joined((LearningRate(0.1),), (Plateau(),)) == (LearningRate(0.1), Plateau())


@pytest.mark.parametrize("name", ["ReduceLROnPlateau", "LearningRateScheduler"])
def test_a_rate_that_a_callback_sets_is_given_no_schedule(name: str, tmp_path: Path) -> None:
    """Keras fails once the callback sets it."""
    found = refusal(recorded(tmp_path, TEXT, callbacks=(name,)), Schedule(0.1, 100))
    assert name in found.reason and found.line == 3
    assert "ReduceLROnPlateau" in refusal(recorded(tmp_path, TEXT), Plateau(), Schedule(0.1, 100)).reason


def test_a_rate_that_follows_a_schedule_is_set_by_no_callback(tmp_path: Path) -> None:
    """Neither where the script has one, nor where a change brings it; another optimiser leaves it behind."""
    text = TEXT.replace("0.1)", "keras.optimizers.schedules.CosineDecay(0.1, 50))", 1)
    found = refusal(recorded(tmp_path, text), Plateau())
    assert "schedule" in found.reason and found.line == 2
    project = recorded(tmp_path, TEXT)
    assert "schedule" in refusal(project, Schedule(0.1, 100), Plateau()).reason
    made = edited(recorded(tmp_path, text), Optimiser("Adam", 0.001), Plateau())
    assert "Adam(learning_rate=0.001)" in made and "ReduceLROnPlateau" in made


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("0.1, clipvalue=0.5", "0.1, clipnorm=1.0"),
        ("0.1, global_clipnorm=0.5, name='a'", "0.1, clipnorm=1.0, name='a'"),
        ("0.1, clipvalue=None", "0.1, clipvalue=None, clipnorm=1.0"),
        ("0.1, clipnorm=9.0", "0.1, clipnorm=1.0"),
    ],
)
def test_one_bound_takes_the_place_of_another(given: str, expected: str, tmp_path: Path) -> None:
    """Keras takes one."""
    project = recorded(tmp_path, TEXT.replace("SGD(0.1)", f"SGD({given})"))
    assert f"SGD({expected})" in edited(project, Clip(1.0))


@pytest.mark.parametrize(
    ("schedule", "is_refused"),
    [
        ("lambda epoch: 0.1 / (epoch + 1)", True),
        ("lambda epoch, lr: 0.1 / (epoch + 1)", True),
        ("lambda epoch, lr: lr * 0.9", False),
        ("falling", True),
        ("imported", False),
    ],
)
def test_a_rate_that_is_set_anew_each_epoch_is_not_edited(schedule: str, is_refused: bool, tmp_path: Path) -> None:
    """The rate that the optimiser begins with is read by no one, unless the schedule reads it."""
    text = f"def falling(epoch):\n    return 0.1\n{TEXT}schedule = keras.callbacks.LearningRateScheduler({schedule})\n"
    project = recorded(tmp_path, text, callbacks=("LearningRateScheduler",))
    if is_refused:
        assert refusal(project, LearningRate(0.5)).line == 6
    else:
        assert "SGD(0.5)" in edited(project, LearningRate(0.5))


def test_an_optimiser_is_given_what_it_takes(tmp_path: Path) -> None:
    """Adam has no momentum; Keras would fail in the trial."""
    project = recorded(tmp_path, TEXT.replace("SGD", "Adam"), optimizer="Adam")
    assert "no argument momentum" in refusal(project, OptimiserSetting("momentum", 0.9)).reason


@pytest.mark.parametrize(("data", "is_refused"), [("arrays", False), ("PyDataset", False), ("tf.data", True)])
def test_data_that_decide_their_order_are_not_shuffled(data: str, is_refused: bool, tmp_path: Path) -> None:
    """Keras ignores the argument for them."""
    project = recorded(tmp_path, TEXT)
    program = project.program
    project = replace(project, program=replace(program, fits=(replace(program.fits[0], data=data),)))
    if is_refused:
        assert "order" in refusal(project, Shuffle(False)).reason
    else:
        assert "shuffle=False" in edited(project, Shuffle(False))
