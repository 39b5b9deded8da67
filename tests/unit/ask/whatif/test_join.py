"""What-ifs of several parts: each part is made, or the question is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from vandap.ask.opened import Opened
from vandap.ask.whatif.answer import check_changes
from vandap.ask.whatif.form import Subject
from vandap.ask.whatif.parse import parse
from vandap.core.program import Compile, FitCall, Layer, Loss, Program, Site
from vandap.errors import UsageError
from vandap.repair.changes.change import Change
from vandap.repair.changes.data import DataShare
from vandap.repair.changes.optimisation import BatchSize, Epochs, LearningRate, Optimiser, OptimiserSetting, Schedule
from vandap.repair.changes.output import FromLogits, OutputActivation
from vandap.repair.source.project import Project
from vandap.repair.trials import Trials

SOURCE = """\
import keras

model = keras.Sequential([
    keras.layers.Dense(16, activation="relu"),
    keras.layers.BatchNormalization(),
    keras.layers.Dropout(0.3),
    keras.layers.Dense(3, activation="softmax"),
])
model.compile(keras.optimizers.SGD(0.05), "categorical_crossentropy")
model.fit(x, y, epochs=10, batch_size=32)
"""
LAYERS = (
    Layer(0, "dense", "dense", "Dense", activation="relu", settings={"units": 16}, parameters=90, site=Site("", 4)),
    Layer(1, "norm", "norm", "BatchNormalization", parameters=64, site=Site("", 5)),
    Layer(2, "drop", "drop", "Dropout", settings={"rate": 0.3}, site=Site("", 6)),
    Layer(3, "out", "out", "Dense", activation="softmax", settings={"units": 3}, parameters=51, site=Site("", 7)),
)


def program(file: str = "train.py") -> Program:
    """320 steps of SGD: ten epochs of 32 batches."""
    return Program(
        outputs=("out",),
        layers=tuple(replace(layer, site=Site(file, layer.site.line)) for layer in LAYERS),
        compile=Compile(optimizer="SGD", settings={"learning_rate": 0.05}, site=Site(file, 9)),
        fits=(FitCall("arrays", 1024, 32, 10, steps=320, shuffle=True, site=Site(file, 10)),),
    )


DECAYS = [
    ("decay", (Schedule(0.05, 320),)),
    ("lr*10, decay", (Schedule(0.5, 320),)),
    ("decay, lr*10", (Schedule(0.5, 320),)),
    ("optimizer=sgd(0.1), decay", (Optimiser("SGD", 0.1), Schedule(0.1, 320))),
    ("decay, epochs*3", (Epochs(30), Schedule(0.05, 960))),
    ("batch/4, decay", (BatchSize(8), Schedule(0.05, 1280))),
    ("half the data, batch=100, decay", (BatchSize(100), Schedule(0.05, 60), DataShare(0.5))),
    ("half the data, epochs*3", (Epochs(30), DataShare(0.5))),
    ("momentum=0.9, weight_decay=0.01", (OptimiserSetting("momentum", 0.9), OptimiserSetting("weight_decay", 0.01))),
    ("output=linear, from_logits=true", (OutputActivation("out", "linear"), FromLogits(True))),
    ("lr*10, batch*4", (LearningRate(0.5), BatchSize(128))),
]


@pytest.mark.parametrize(("text", "changes"), DECAYS)
def test_parts_go_together(text: str, changes: tuple[Change, ...]) -> None:
    """A decay begins at the rate that the other parts set, and falls over the steps that they leave."""
    assert parse(text).changes(Subject(program())) == changes


def test_steps_that_are_not_known_follow_the_epochs() -> None:
    """A generator has no count of examples: its steps are those that were made."""
    given = replace(program(), fits=(FitCall("generator", epochs=10, steps=500),))
    assert parse("decay, epochs*2").changes(Subject(given)) == (Epochs(20), Schedule(0.05, 1000))


@pytest.mark.parametrize(
    "text",
    [
        "lr*10, lr*10",
        "half the data, data*0.25",
        "no shuffle, shuffle",
        "optimizer=sgd, lr*10",
        "clip=1, no clip",
        "decay, decay",
        "activation=tanh, activation=linear",
    ],
)
def test_one_thing_is_changed_once(text: str) -> None:
    """Of two parts that settle the same, one would be lost: both are named instead."""
    with pytest.raises(UsageError, match="same thing") as caught:
        parse(text).changes(Subject(program()))
    assert caught.value.received == text


def opened(folder: Path) -> Opened:
    """A script whose source can be edited; nothing is trained."""
    file = folder / "train.py"
    file.write_text(SOURCE)
    known = Subject(program(str(file)))
    none: Any = None
    trials = Trials(Project(known.program, folder), none, (), folder / "trials", none)
    return Opened(str(file), none, known, trials, none, none)


def test_a_part_that_another_one_undoes_is_refused(tmp_path: Path) -> None:
    """What is not in the edited source is not tried: the answer would be that of the other part alone."""
    asked = opened(tmp_path)
    with pytest.raises(UsageError, match="nothing beside"):
        check_changes(asked, parse("dropout=0.1, no dropout").changes(asked.known))


def test_parts_are_made_in_any_order() -> None:
    """What is taken out is not what another part brings."""
    subject = Subject(program())
    changes = {parse(text).changes(subject) for text in ("no dropout, +dropout=0.5", "+dropout=0.5, no dropout")}
    assert [[type(change).__name__ for change in bundle] for bundle in changes] == [["Remove", "Insert"]]


def test_another_crossentropy_reads_logits_where_the_first_did() -> None:
    """Unless the what-if says itself what the output is."""
    loss = Loss("out", "CategoricalCrossentropy", settings={"from_logits": True})
    subject = Subject(replace(program(), compile=replace(program().compile, losses=(loss,))))
    focal = "loss=categorical_focal_crossentropy"
    assert parse(focal).changes(subject)[1:] == (FromLogits(True),)
    assert parse(f"{focal}, output=sigmoid").changes(subject)[1:] == (OutputActivation("out", "sigmoid"),)
    assert parse(f"{focal}, from_logits=false").changes(subject)[1:] == (FromLogits(False),)
    assert parse("loss=mean_squared_error").changes(subject)[1:] == ()


@pytest.mark.parametrize("text", ["lr*10, decay", "half the data, epochs*3", "no batchnorm, no dropout", "seed only"])
def test_parts_that_all_show_are_tried(text: str, tmp_path: Path) -> None:
    """Each of them makes another training."""
    asked = opened(tmp_path)
    check_changes(asked, parse(text).changes(asked.known))
