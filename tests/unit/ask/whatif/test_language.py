"""The what-if language: words become typed changes of one training."""

from __future__ import annotations

import numpy as np
import pytest

from vandap.ask.whatif.form import Subject
from vandap.ask.whatif.language import FORMS
from vandap.ask.whatif.parse import is_what_if, parse
from vandap.core.program import Compile, FitCall, Layer, Program
from vandap.core.signals import Series
from vandap.errors import UsageError
from vandap.repair.changes.change import Change
from vandap.repair.changes.data import ClassWeights, DataShare
from vandap.repair.changes.optimisation import BatchSize, Clip, EarlyStopping, Epochs, LearningRate, Optimiser
from vandap.repair.changes.structure import HiddenActivation, Initialiser, Insert, LayerSetting, Remove, Units

PROGRAM = Program(
    outputs=("out",),
    layers=(
        Layer(0, "conv", "conv", "Conv2D", settings={"filters": 8}, activation="relu", parameters=80),
        Layer(1, "norm", "norm", "BatchNormalization", parameters=32),
        Layer(2, "dense", "dense", "Dense", settings={"units": 16}, activation="relu", parameters=90),
        Layer(3, "drop", "drop", "Dropout", settings={"rate": 0.5}),
        Layer(4, "out", "out", "Dense", settings={"units": 3}, activation="softmax", parameters=51),
    ),
    compile=Compile(optimizer="Adam", settings={"learning_rate": 0.002}),
    fits=(FitCall("arrays", 640, 32, 10),),
)
COUNTS = Series(np.array([[30.0, 10.0, 20.0]]), {"output": ("out",), "class": ("0", "1", "2")})
SUBJECT = Subject(PROGRAM, {"label_counts": COUNTS})
HIDDEN = ("conv", "dense")

CASES = [
    ("lr*10", LearningRate(0.02)),
    ("LR / 2", LearningRate(0.001)),
    ("lr = 1e-4", LearningRate(1e-4)),
    ("batch=512", BatchSize(512)),
    ("batch/4", BatchSize(8)),
    ("epochs*3", Epochs(30)),
    ("optimizer=sgd(0.1)", Optimiser("SGD", 0.1)),
    ("clip=1", Clip(1.0)),
    ("early stopping", EarlyStopping(5)),
    ("no batchnorm", Remove(("norm",), "BatchNormalization")),
    ("+dropout=0.5", Insert("Dropout", HIDDEN, 0.5)),
    ("dropout=0.2", LayerSetting("rate", 0.2, ("drop",))),
    ("activation=linear", HiddenActivation("linear", HIDDEN)),
    ("init=zeros", Initialiser("zeros", ("conv", "dense", "out"))),
    ("width*2", Units(2.0, HIDDEN, (16, 32))),
    ("padding=same", LayerSetting("padding", "same", ("conv",))),
    ("classes balanced", ClassWeights((0.667, 2.0, 1.0))),
    ("half the data", DataShare(0.5)),
    ("data*0.25", DataShare(0.25)),
]


@pytest.mark.parametrize(("text", "change"), CASES)
def test_words_become_a_change(text: str, change: Change) -> None:
    """White space and capitals do not matter; numbers are those of this training."""
    assert parse(text).changes(SUBJECT) == (change,)


def test_several_are_asked_at_once() -> None:
    """Commas join forms into one bundle."""
    assert parse("lr*10, batch*10").changes(SUBJECT) == (LearningRate(0.02), BatchSize(320))


def test_seeds_alone_change_nothing() -> None:
    """`seed only` compares the training with itself."""
    wanted = parse("seed only")
    assert wanted.is_seed_only and wanted.changes(SUBJECT) == ()


@pytest.mark.parametrize("text", ["", "I8", "K19", "lr", "lr*", "lr**2", "make it better", "seed only, lr*2", "lr*10,"])
def test_other_words_are_no_what_if(text: str) -> None:
    """The numbered questions and what is not of the language are told apart."""
    assert not is_what_if(text)
    with pytest.raises(UsageError, match="no what-if"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("no layernorm", "no layernorm"),
        ("lr*0", "by 0"),
        ("data*2", "below 1"),
        ("optimizer=magic", "no optimiser"),
    ],
)
def test_what_means_nothing_here_is_told(text: str, reason: str) -> None:
    """A change of something that the training does not have is refused before anything is trained."""
    with pytest.raises(UsageError) as caught:
        parse(text).changes(SUBJECT)
    assert reason in caught.value.hint


def test_a_schedule_cannot_be_multiplied() -> None:
    """Where the rate is no number, `lr*10` has no meaning and `lr=0.01` has one."""
    scheduled = Subject(Program(compile=Compile(settings={"learning_rate": {"class_name": "CosineDecay"}})))
    with pytest.raises(UsageError):
        parse("lr*10").changes(scheduled)
    assert parse("lr=0.01").changes(scheduled) == (LearningRate(0.01),)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.written)
def test_every_form_is_written_as_it_is_read(form: object) -> None:
    """The examples that the page shows are of the language, and each form has two sentences of theory."""
    for example in form.written.split("  "):  # type: ignore[attr-defined]
        assert parse(example).forms[0][0] is form
    assert form.theory.count(". ") == 1 and form.theory.endswith(".")  # type: ignore[attr-defined]
