"""The what-if language: words become typed changes of one training."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from vandap.ask.whatif.form import Form, Subject
from vandap.ask.whatif.language import FORMS
from vandap.ask.whatif.names import ACTIVATIONS, INITIALISERS, LOSSES, OPTIMISERS
from vandap.ask.whatif.parse import is_what_if, parse
from vandap.ask.whatif.theory import THEORY
from vandap.core.program import Compile, FitCall, Layer, Loss, Program
from vandap.core.signals import Series
from vandap.errors import UsageError
from vandap.repair.changes.change import Change
from vandap.repair.changes.data import ClassWeights, DataShare, ImageSize
from vandap.repair.changes.optimisation import BatchSize, Clip, EarlyStopping, Epochs, LearningRate, Optimiser
from vandap.repair.changes.output import SetLoss
from vandap.repair.changes.structure import HiddenActivation, Initialiser, Insert, LayerSetting, Remove, Units

PROGRAM = Program(
    outputs=("out",),
    layers=(
        Layer(
            0,
            "conv",
            "conv",
            "Conv2D",
            settings={"filters": 8, "padding": "valid"},
            activation="relu",
            parameters=80,
            input_shape=(None, 28, 20, 1),
        ),
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
KINDS = ("SGD", "Adam")
SGD = Subject(replace(PROGRAM, compile=Compile(optimizer="SGD", settings={"learning_rate": 0.002})))
HIDDEN = ("conv", "dense")

CASES = [
    ("lr*10", LearningRate(0.02)),
    ("LR / 2", LearningRate(0.001)),
    ("lr = 1e-4", LearningRate(1e-4)),
    ("lr=.5e-3", LearningRate(5e-4)),
    ("optimizer=SGD ( 0.1 )", Optimiser("SGD", 0.1)),
    ("batch=512", BatchSize(512)),
    ("batch/4", BatchSize(8)),
    ("epochs*3", Epochs(30)),
    ("optimizer=sgd(0.1)", Optimiser("SGD", 0.1)),
    ("optimizer=sgd", Optimiser("SGD", 0.01)),
    ("optimizer=adadelta", Optimiser("Adadelta", 1.0)),
    ("optimizer=adagrad", Optimiser("Adagrad", 0.01)),
    ("optimizer=rmsprop", Optimiser("RMSprop", 0.001)),
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
    ("image_size*2", ImageSize(56, 40)),
    ("image size = 32", ImageSize(32, 32)),
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
        ("activation=rellu", "did you mean 'relu'"),
        ("init=he", "there are zeros"),
        ("loss=mqe", "no loss"),
        ("lr*1", "0.002 already"),
        ("batch=0", "from 1 to"),
        ("batch=1e300", "from 1 to"),
        ("epochs=1e400", "cannot be 1e400"),
        ("width*1e400", "cannot be 1e400"),
        ("width*1e308", "cannot be inf"),
        ("lr/1e-320", "cannot be inf"),
        ("clip=1e400", "cannot be 1e400"),
        ("weight_decay=1e400", "cannot be 1e400"),
        ("optimizer=sgd(1e400)", "cannot be 1e400"),
        ("batch=0.4", "whole number"),
        ("epochs=2.5", "whole number"),
        ("width*1e6", "wider than"),
        ("epochs*1.01", "10 already"),
        ("+dropout=1", "below 1"),
        ("+dropout=0", "above 0"),
        ("clip=0", "above 0"),
        ("padding=valid", "valid already"),
        ("activation=relu", "relu already"),
        ("image_size*200", "larger than 4096"),
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
def test_every_form_is_written_as_it_is_read(form: Form) -> None:
    """The examples that the page shows are of the language."""
    for example in form.examples:
        assert parse(example).forms[0][0] is form
        assert {theory.source for theory in parse(example).theory(SUBJECT)} <= {item.source for item in THEORY.values()}


@pytest.mark.parametrize("name", THEORY)
def test_theory_is_two_sentences_with_a_source(name: str) -> None:
    """Each entry says what to expect in two sentences, and who showed it."""
    entry = THEORY[name]
    assert entry.prediction.count(". ") == 1 and entry.prediction.endswith(".") and entry.short.endswith(".")
    assert re.search(r"(19|20)\d\d", entry.source)


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("lr*10", "rate up adaptive"), ("lr/10", "rate down"), ("lr*0.1", "rate down"), ("lr=0.1", "rate up adaptive"),
        ("batch=16", "batch down"), ("epochs*2", "epochs up"), ("width/2", "width down"), ("no dropout", "no dropout"),
        ("activation=tanh", "saturating"), ("activation=linear", "linear"), ("init=zeros", "constant initial values"),
        ("init=he_normal", "initial values"), ("optimizer=sgd", "sgd"), ("image_size/2", "size down"),
        ("dropout=0.1", "no dropout"), ("dropout=0.7", "dropout"), ("activation=softplus", "rounded"),
        ("activation=exponential", "exponential"), ("weight_decay=0.01", "weight decay up"),
    ],
)  # fmt: skip
def test_theory_depends_on_the_direction(text: str, entry: str) -> None:
    """More and less of the same thing are predicted differently."""
    assert parse(text).theory(SUBJECT) == (THEORY[entry],)


def test_theory_of_less_is_that_of_less() -> None:
    """A setting that is lowered is not predicted to do what raising it does."""
    settings = {"learning_rate": 0.1, "momentum": 0.9, "weight_decay": 0.1}
    loss = Loss("out", "CategoricalCrossentropy", settings={"label_smoothing": 0.2})
    subject = Subject(replace(PROGRAM, compile=Compile((loss,), optimizer="SGD", settings=settings)))
    for name in ("momentum", "weight_decay", "label_smoothing"):
        lower, higher = (parse(f"{name}={value}").theory(subject)[0] for value in (0.05, 0.95))
        assert lower != higher == THEORY.get(f"{name.replace('_', ' ')} up", THEORY["label smoothing"])


@pytest.mark.parametrize(
    "text", ["activation=rellu", "optimizer=adm", "dropout=2", "+dropout=1", "epochs=0", "data*3", "momentum=5", "lr*0"]
)
def test_values_of_no_training_are_told_before_anything_is_run(text: str) -> None:
    """Without a training; words that only a training can refuse pass."""
    with pytest.raises(UsageError, match="means nothing"):
        parse(text).check_values()
    for other in (example for form in FORMS for example in form.examples):
        parse(other).check_values()


@pytest.mark.parametrize("text", ["no batchnorm", "image_size*2", "output=softmax"])
def test_a_plan_is_not_said_to_lack_what_its_network_has(text: str) -> None:
    """What names few of the layers tells only that it has no setting."""
    with pytest.raises(UsageError) as caught:
        parse(text).changes(Subject(Program(), is_plan=True))
    assert "plan" in caught.value.hint and "no batchnorm" not in caught.value.hint


def test_another_loss_reads_the_labels_that_there_are() -> None:
    """Class numbers are no targets of a loss that compares each output, and one-hot rows no class numbers."""
    output = replace(PROGRAM.layers[-1], output_shape=(None, 3))
    layers = (*PROGRAM.layers[:-1], output)
    for kind, refused, taken in (
        ("SparseCategoricalCrossentropy", "mean_squared_error", ""),
        ("CategoricalCrossentropy", "sparse_categorical_crossentropy", "categorical_focal_crossentropy"),
    ):
        subject = Subject(replace(PROGRAM, layers=layers, compile=Compile((Loss("out", kind),), optimizer="SGD")))
        with pytest.raises(UsageError) as caught:
            parse(f"loss={refused}").changes(subject)
        assert "one-hot" in caught.value.hint
        if taken:
            assert parse(f"loss={taken}").changes(subject) == (SetLoss(taken),)


@pytest.mark.parametrize(("text", "entry"), [("lr*10", "rate up"), ("clip=1", "clip"), ("no clip", "no clip")])
def test_theory_depends_on_the_optimiser(text: str, entry: str) -> None:
    """What bounds a step of SGD hardly touches one that is divided by the size of recent gradients."""
    assert parse(text).theory(SGD) == (THEORY[entry],)
    assert parse(text).theory(SUBJECT) == (THEORY[f"{entry} adaptive"],)


def test_every_entry_of_theory_can_be_asked_for() -> None:
    """No entry is dead: it is named by a form, directly or by its direction."""
    texts = [example for form in FORMS for example in form.examples] + [
        "lr/2", "batch/2", "epochs/2", "width/2", "image_size/2", "no layernorm", "optimizer=adam", "activation=relu",
        "padding=valid", "init=he_normal", "activation=tanh", "activation=softplus", "activation=exponential",
        "momentum=0", "weight_decay=0", "label_smoothing=0",
    ]  # fmt: skip
    scheduled = [Subject(Program(compile=Compile(optimizer=name, settings={"learning_rate": {}}))) for name in KINDS]
    found = {entry for text in texts for subject in (SUBJECT, SGD) for entry in parse(text).theory(subject)}
    found |= {entry for subject in scheduled for entry in parse("lr=1").theory(subject)}
    assert found == set(THEORY.values())


def test_nearest_words_are_named() -> None:
    """Who mistypes is told what is like it."""
    with pytest.raises(UsageError) as caught:
        parse("lr*10, no batchnrom")
    assert caught.value.received == "no batchnrom" and "no batchnorm" in caught.value.expected


@pytest.mark.backend
def test_keras_knows_the_names() -> None:
    """Every name that the language takes is one of Keras."""
    import keras

    assert all(keras.activations.get(name) for name in ACTIVATIONS)
    assert all(keras.initializers.get(name) for name in INITIALISERS)
    assert all(keras.losses.get(name) for name in LOSSES)
    assert all(getattr(keras.optimizers, name) for name in OPTIMISERS.values())
