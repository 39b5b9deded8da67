"""Changes made in a program's source: the smallest edit, or a refusal with the line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from vandap.core.program import Compile, FitCall, Layer, Loss, Program, Site
from vandap.repair.changes.change import Change
from vandap.repair.changes.data import ALL, ClassWeights, ClipInputs, RescaleInputs, ScaleTarget, StandardiseInputs
from vandap.repair.changes.optimisation import (
    BatchSize,
    Clip,
    EarlyStopping,
    Epochs,
    LearningRate,
    NoClip,
    Optimiser,
    Patience,
    Plateau,
    Schedule,
    ScheduleSteps,
    Shuffle,
)
from vandap.repair.changes.output import FromLogits, OutputActivation, SetLoss
from vandap.repair.changes.structure import Deepen, HiddenActivation, Initialiser, Insert, LayerSetting, Remove, Units
from vandap.repair.source.project import Applied, Project, apply

SEQUENTIAL = """\
import keras

RATE = 0.1  # found by trying
model = keras.Sequential([
    keras.Input((8,)),
    keras.layers.Dense(16, activation="tanh"),
    keras.layers.Dropout(0.9),
    keras.layers.Dense(3),
])
model.compile(
    keras.optimizers.SGD(RATE, clipnorm=0.01),
    "sparse_categorical_crossentropy",
)
model.fit(x, y, epochs=4, validation_split=0.2, shuffle=False)  # tränen
"""

FUNCTIONAL = """\
from keras import Input, Model
from keras.layers import Dense, Dropout

def build(width):
    inputs = Input((8,))
    h = Dense(16, "relu")(inputs)
    for _ in range(2):
        h = Dense(16, "relu", kernel_initializer="zeros")(h)
    return Model(inputs, Dense(3)(h))

model = build(16)
model.compile("adam", "mse")
model.fit(x, y, 32, 4)
"""


def layer(index: int, name: str, kind: str, line: int, **fields: object) -> Layer:
    """A layer made at a line."""
    return replace(Layer(index, name, name, kind, site=Site(None, line)), **fields)  # type: ignore[arg-type]


def placed(program: Program, file: Path) -> Program:
    """The program with every site in a file."""
    layers = tuple(replace(item, site=replace(item.site, file=str(file))) for item in program.layers)
    fits = tuple(replace(item, site=replace(item.site, file=str(file))) for item in program.fits)
    own = replace(program.compile, site=replace(program.compile.site, file=str(file)))
    return replace(program, layers=layers, fits=fits, compile=own)


def made(text: str, program: Program, folder: Path, *changes: Change) -> Applied:
    """Changes made in a source text."""
    file = folder / "train.py"
    file.write_text(text, encoding="utf-8")
    return apply(Project(placed(program, file), folder), changes)


sequential = Program(
    outputs=("dense_1",),
    layers=(
        layer(0, "dense", "Dense", 6, activation="tanh"),
        layer(1, "dropout", "Dropout", 7),
        layer(2, "dense_1", "Dense", 8, activation="linear"),
    ),
    compile=Compile((Loss("dense_1", "SparseCategoricalCrossentropy"),), optimizer="SGD", site=Site(None, 10)),
    fits=(FitCall("arrays", 100, 32, 4, validation="split", validation_share=0.2, site=Site(None, 14)),),
)
functional = Program(
    outputs=("dense_3",),
    layers=(
        layer(0, "dense", "Dense", 6, activation="relu"),
        layer(1, "dense_1", "Dense", 8, activation="relu"),
        layer(2, "dense_2", "Dense", 8, activation="relu"),
        layer(3, "dense_3", "Dense", 9, activation="linear"),
    ),
    compile=Compile((Loss("dense_3", "MeanSquaredError"),), optimizer="Adam", site=Site(None, 12)),
    fits=(FitCall("arrays", 100, 32, 4, site=Site(None, 13)),),
)

BETWEEN = '"tanh"),\n    keras.layers.BatchNormalization(),\n    keras.layers.Dropout'
ASKED = SEQUENTIAL.replace("RATE = 0.1", "RATE = float(input())")
HIDDEN = SEQUENTIAL.replace("model.compile(", "getattr(model, 'compile')(")

CASES = [
    (LearningRate(0.003), "RATE = 0.003  # found"),
    (Clip(1.0), "SGD(RATE, clipnorm=1.0)"),
    (NoClip(), "SGD(RATE),"),
    (Optimiser("Adam", 0.001), "    keras.optimizers.Adam(learning_rate=0.001),\n"),
    (Schedule(0.1, 40), "SGD(keras.optimizers.schedules.CosineDecay(0.1, decay_steps=40),"),
    (Epochs(12), "epochs=12,"),
    (BatchSize(8), "shuffle=False, batch_size=8)  # tränen"),
    (Shuffle(), "shuffle=True)"),
    (EarlyStopping(3), "callbacks=[keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)])  # tränen"),
    (FromLogits(True), "    keras.losses.SparseCategoricalCrossentropy(from_logits=True),\n"),
    (OutputActivation("dense_1", "softmax"), '    keras.layers.Dense(3, activation="softmax"),\n'),
    (SetLoss("mean_squared_error"), '    "mean_squared_error",\n'),
    (HiddenActivation("relu", ("dense",)), 'Dense(16, activation="relu")'),
    (Initialiser("he_normal", ("dense",)), 'Dense(16, activation="tanh", kernel_initializer="he_normal")'),
    (Initialiser("zeros", ("dense",), "bias"), 'Dense(16, activation="tanh", bias_initializer="zeros")'),
    (
        Insert("BatchNormalization", ("dense",)),
        '"tanh"),\n    keras.layers.BatchNormalization(),\n    keras.layers.Dro',
    ),
    (Remove(("dropout",), "Dropout"), '"tanh"),\n    keras.layers.Dense(3),\n'),
    (LayerSetting("rate", 0.2, ("dropout",)), "Dropout(0.2)"),
    (Units(4, ("dense",), (64,)), 'Dense(64, activation="tanh")'),
    (RescaleInputs(255.0), "    keras.layers.Rescaling(1 / 255),\n    keras.layers.Dense(16"),
    (ScaleTarget(2.0, 5.0), "    keras.layers.Dense(3),\n    keras.layers.Rescaling(2, offset=5),\n])"),
    (ClassWeights((0.5, 2.0)), "class_weight={0: 0.5, 1: 2})"),
    (StandardiseInputs(ALL), 'keras.layers.Normalization(axis=None, name="standardise"),\n    keras.layers.Dense(16'),
]


@pytest.mark.parametrize(("change", "expected"), CASES, ids=lambda item: getattr(item, "slug", ""))
def test_each_change_is_the_smallest_edit(change: Change, expected: str, tmp_path: Path) -> None:
    """The edit stands where the value was written; every other line stays byte for byte."""
    applied = made(SEQUENTIAL, sequential, tmp_path, change)
    assert not applied.refused
    text = next(iter(applied.project.changed.values())).decode()
    assert expected in text
    before, after = SEQUENTIAL.splitlines(), text.splitlines()
    assert sum(line not in after for line in before) <= 1


@pytest.mark.parametrize("name", ["own", "lambda a, b: own(a, b)"])
def test_a_loss_of_the_programs_own_is_replaced_where_compile_is_given_it(name: str, tmp_path: Path) -> None:
    """The function stays, and is read no longer."""
    text = SEQUENTIAL.replace('"sparse_categorical_crossentropy"', name).replace("RATE = 0.1", "def own(a, b): ...")
    applied = made(text, sequential, tmp_path, SetLoss("mean_squared_error"))
    assert f'-    {name},\n+    "mean_squared_error",\n' in applied.project.diff()


JOINED = """\
import keras
from keras import layers

one, two = keras.Input((3,)), keras.Input((5,))
flow = layers.Concatenate()([one, two])
model = keras.Model([one, two], layers.Dense(1)(flow))
model.compile("adam", "mse")
model.fit([a, b], y, epochs=4)
"""
joined = Program(
    outputs=("dense",),
    layers=(
        layer(0, "one", "InputLayer", 4),
        layer(1, "two", "InputLayer", 4),
        layer(2, "join", "Concatenate", 5),
        layer(3, "dense", "Dense", 6, activation="linear"),
    ),
    compile=Compile((Loss("dense", "MeanSquaredError"),), optimizer="Adam", site=Site(None, 7)),
    fits=(FitCall("arrays", 100, 32, 4, site=Site(None, 8)),),
)


def test_inputs_that_are_joined_first_are_standardised_behind_that(tmp_path: Path) -> None:
    """A layer before would be given a list of them."""
    text = made(JOINED, joined, tmp_path, ClipInputs()).project.diff()
    within = 'layers.Normalization(name="standardise")(layers.Concatenate()([one, two]))'
    assert f'+flow = layers.Activation("hard_tanh")(layers.Rescaling(1 / 3)({within}))\n' in text
    assert "adapt(clipped(keras.ops.concatenate([a, b], axis=-1)))" in text
    towers = replace(joined, layers=(*joined.layers[:2], joined.layers[3]))
    assert "several inputs" in made(JOINED, towers, tmp_path, StandardiseInputs()).refused[0][1].reason


def test_weights_that_are_computed_are_replaced_in_the_call(tmp_path: Path) -> None:
    """What computes the old ones stays, and is read no longer."""
    text = SEQUENTIAL.replace("shuffle=False", "class_weight={c: n / len(y) for c, n in counts.items()}")
    applied = made(text, sequential, tmp_path, ClassWeights((0.5, 2.0)))
    assert "class_weight={0: 0.5, 1: 2})  # tränen" in applied.project.diff()


@pytest.mark.parametrize(
    ("text", "program", "expected"),
    [
        (
            SEQUENTIAL.replace('"tanh")', '"tanh", name="first", input_shape=(8,))'), sequential,
            '    keras.layers.Dense(16, activation="tanh", name="first", input_shape=(8,)),\n'
            '    keras.layers.Dense(16, activation="tanh"),\n    keras.layers.Dropout',
        ),
        (FUNCTIONAL, functional, '    h = Dense(16, "relu")(inputs)\n    h = Dense(16, "relu")(h)\n    for'),
    ],
)  # fmt: skip
def test_another_layer_like_one_is_written_behind_it(
    text: str, program: Program, expected: str, tmp_path: Path
) -> None:
    """Its arguments are those of the first, but for the name and the shape of what enters the network."""
    applied = made(text, program, tmp_path, Deepen(("dense",)))
    assert not applied.refused and expected in next(iter(applied.project.changed.values())).decode()


def test_standardised_inputs_are_adapted_to_training_rows_only(tmp_path: Path) -> None:
    """The rows that `validation_split` takes from the end do not enter mean and deviation."""
    text = made(SEQUENTIAL, sequential, tmp_path, StandardiseInputs()).project.diff()
    assert '+model.get_layer("standardise").adapt(x[: int(len(x) * (1 - 0.2))])\n model.fit' in text


def test_changes_build_on_each_other(tmp_path: Path) -> None:
    """Lines that moved and calls that a change has made are found by the next one."""
    bundle = (StandardiseInputs(), FromLogits(True), LearningRate(0.5), Insert("Dropout", ("dense",), 0.5), Epochs(9))
    applied = made(SEQUENTIAL, sequential, tmp_path, *bundle)
    text = next(iter(applied.project.changed.values())).decode()
    assert applied.made == bundle
    assert "RATE = 0.5" in text and "from_logits=True" in text and "Dropout(0.5)" in text and "epochs=9" in text


def test_a_name_becomes_a_call(tmp_path: Path) -> None:
    """An optimiser given by its name is written out, and Keras imported where the program has not."""
    text = made(FUNCTIONAL, functional, tmp_path, LearningRate(0.01)).project.diff()
    assert '+model.compile(keras.optimizers.Adam(learning_rate=0.01), "mse")' in text
    assert "+import keras\n" in text


def test_positional_arguments_are_edited_in_place(tmp_path: Path) -> None:
    """`fit(x, y, 32, 4)` keeps its form."""
    text = made(FUNCTIONAL, functional, tmp_path, BatchSize(64), Epochs(8)).project.diff()
    assert "+model.fit(x, y, 64, 8)" in text


def test_a_layer_is_put_into_a_functional_model(tmp_path: Path) -> None:
    """The new layer follows by the same name, also in a loop, and its class is imported."""
    layers = ("dense", "dense_1", "dense_2")
    text = made(FUNCTIONAL, functional, tmp_path, Insert("BatchNormalization", layers)).project.diff()
    assert "+from keras.layers import Dense, Dropout, BatchNormalization" in text
    assert "+        h = BatchNormalization()(h)" in text and "+    h = BatchNormalization()(h)" in text


def test_a_first_layer_is_put_into_a_functional_model(tmp_path: Path) -> None:
    """What enters the first layer enters the new one."""
    text = made(FUNCTIONAL, functional, tmp_path, RescaleInputs(255.0)).project.diff()
    assert '+    h = Dense(16, "relu")(Rescaling(1 / 255)(inputs))' in text


def test_an_argument_is_taken_out(tmp_path: Path) -> None:
    """The default comes back where the argument is gone, once for all layers of a loop."""
    text = made(FUNCTIONAL, functional, tmp_path, Initialiser("", ("dense_1", "dense_2"))).project.diff()
    assert '+        h = Dense(16, "relu")(h)' in text


SCHEDULED = """\
import keras
stop = keras.callbacks.EarlyStopping(patience=2)
rate = keras.optimizers.schedules.CosineDecay(0.1, 50, warmup_target=0.2, warmup_steps=400)
model.compile(keras.optimizers.Adam(rate), "mse")
model.fit(x, y, epochs=9, validation_split=0.1, callbacks=[stop])
"""
scheduled = Program(
    compile=Compile(optimizer="Adam", site=Site(None, 4)),
    fits=(FitCall("arrays", validation="split", callbacks=("EarlyStopping",), site=Site(None, 5)),),
)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (Patience(8), "EarlyStopping(patience=8, restore_best_weights=True)"),
        (ScheduleSteps("decay_steps", 900), "CosineDecay(0.1, 900, warmup"),
        (ScheduleSteps("warmup_steps", 45), "warmup_steps=45)"),
    ],
)
def test_what_is_there_is_edited_where_it_is_made(change: Change, expected: str, tmp_path: Path) -> None:
    """A callback and a schedule that have names of their own are followed to where they are made."""
    assert expected in made(SCHEDULED, scheduled, tmp_path, change).project.diff()


def test_an_early_stopping_that_waits_the_wrong_way_is_turned(tmp_path: Path) -> None:
    """Its patience, too: it stopped at the first steps forward."""
    text = SCHEDULED.replace("patience=2", '"val_acc", mode="min", patience=2, restore_best_weights=True')
    expected = 'EarlyStopping("val_acc", mode="max", patience=8, restore_best_weights=True)'
    assert expected in made(text, scheduled, tmp_path, Patience(8, "max")).project.diff()


def test_a_callback_joins_those_that_are_there(tmp_path: Path) -> None:
    """At the end of their list."""
    text = SCHEDULED.replace("Adam(rate)", "Adam(0.1)")
    expected = "callbacks=[stop, keras.callbacks.ReduceLROnPlateau(factor=0.3, patience=3)])"
    assert expected in made(text, scheduled, tmp_path, Plateau()).project.diff()


REFUSED = [
    (HiddenActivation("gelu", ("dense_1",)), FUNCTIONAL, functional, "also makes dense_2"),
    (ScaleTarget(2.0), FUNCTIONAL, functional, "cannot be extended"),
    (EarlyStopping(), FUNCTIONAL, functional, "no validation data"),
    (
        LearningRate(0.1),
        SEQUENTIAL.replace("RATE = 0.1", "RATE = float(input())"),
        sequential,
        "no value that is written",
    ),
    (
        LearningRate(0.1),
        SEQUENTIAL.replace("RATE = 0.1", "for RATE in (1.0, 0.5): print(RATE)"),
        sequential,
        "no value that is written",
    ),
    (Epochs(3), SEQUENTIAL.replace("epochs=4", "**settings"), sequential, "handed on"),
    (
        LearningRate(0.1),
        SEQUENTIAL.replace("model.compile(", "getattr(model, 'compile')("),
        sequential,
        "no plain call",
    ),
]


@pytest.mark.parametrize(("change", "text", "program", "reason"), REFUSED)
def test_what_cannot_be_reached_is_refused(
    change: Change, text: str, program: Program, reason: str, tmp_path: Path
) -> None:
    """Nothing is forced: the refusal says why, and the file stays as it is."""
    applied = made(text, program, tmp_path, change)
    assert not applied.made and not applied.project.changed
    assert reason in applied.refused[0][1].reason


def test_a_file_outside_of_the_folder_is_not_edited(tmp_path: Path) -> None:
    """A library of somebody else is not the user's to edit."""
    (tmp_path / "own").mkdir()
    file = tmp_path / "train.py"
    file.write_text(SEQUENTIAL, encoding="utf-8")
    applied = apply(Project(placed(sequential, file), tmp_path / "own"), (Epochs(3),))
    assert "outside" in applied.refused[0][1].reason
