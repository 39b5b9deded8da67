"""Changes that write a layer, a loss or a function into a program."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest
from script_edits import edited, recorded, refusal

from vandap.core.finding import Finding, Severity
from vandap.core.program import Compile, Crash, FitCall, Idiom, Layer, Loss, Program, Site
from vandap.repair.changes.change import Change
from vandap.repair.changes.data import (
    PIXELS,
    ClipInputs,
    FillMissing,
    NumberLabels,
    ScaleTrainingInputs,
    ShuffleBuffer,
    StandardiseInputs,
    TargetColumn,
)
from vandap.repair.changes.optimisation import NoCallback
from vandap.repair.changes.output import Focal, LabelSmoothing, OutputBias
from vandap.repair.changes.structure import (
    ExampleShape,
    FirstLayer,
    InputShape,
    LayerSetting,
    ModernNames,
    Penalty,
    Skip,
)
from vandap.repair.remedies.modernise_call import ModerniseCall
from vandap.repair.remedy import Case
from vandap.repair.source.project import Applied, Project, apply

TEXT = """\
import keras
from keras import layers

inputs = keras.Input((8, 8, 1))
h = layers.Conv2D(4, 7)(inputs)
h = layers.Flatten()(h)
for _ in range(2):
    h = layers.Dense(16, "relu")(h)
outputs = layers.Dense(3, activation="softmax")(h)
model = keras.Model(inputs, outputs)
model.compile("adam", "LOSS")
model.fit(x, y, validation_data=(a, b), epochs=4)
"""
IN_FUNCTION = TEXT.replace('model.compile("adam", "LOSS")', "def run():").replace("model.fit", "    model.fit")
HIDDEN = ("dense", "dense_1")


def layer(index: int, name: str, kind: str, line: int, shape: tuple[int | None, ...] = ()) -> Layer:
    """A layer that keeps its shape."""
    return Layer(index, name, name, kind, site=Site("", line), input_shape=shape, output_shape=shape)


def made(
    folder: Path, change: Change, loss: str = "SparseCategoricalCrossentropy", text: str = TEXT, lines: int = 0
) -> Applied:
    """One change, made in the program, which has so many lines more before `compile`."""
    file = folder / "train.py"
    file.write_text(text.replace("LOSS", loss))
    layers = (
        layer(9, "input_layer", "InputLayer", 4), layer(0, "conv2d", "Conv2D", 5),
        layer(1, "dense", "Dense", 8, (None, 16)), layer(2, "dense_1", "Dense", 8, (None, 16)),
        layer(3, "dense_2", "Dense", 9),
    )  # fmt: skip
    program = Program(
        layers=tuple(replace(item, site=replace(item.site, file=str(file))) for item in layers),
        outputs=("dense_2",),
        compile=Compile((Loss("dense_2", loss, module="keras.losses"),), site=Site(str(file), 11 + lines)),
        fits=(FitCall("arrays", 800, 32, 4, validation="data", site=Site(str(file), 12 + lines)),),
    )
    return apply(Project(program, folder), (change,))


CASES = [
    (OutputBias("dense_2", (-1.5, 0.25)), 'softmax", bias_initializer=keras.initializers.Constant([-1.5, 0.25])'),
    (OutputBias("dense_2", (20.0,)), "bias_initializer=keras.initializers.Constant(20))(h)"),
    (Penalty(1e-4, 1e-4, HIDDEN), '"relu", kernel_regularizer=keras.regularizers.L1L2(l1=0.0001, l2=0.0001))(h)'),
    (Penalty(1e-4, 0.0, HIDDEN), "kernel_regularizer=keras.regularizers.L1(l1=0.0001))"),
    (Skip(HIDDEN), '    h = keras.layers.add([h, layers.Dense(16, "relu")(h)])'),
    (FirstLayer("RandomTranslation", "0.1, 0.1"), "Conv2D(4, 7)(layers.RandomTranslation(0.1, 0.1)(inputs))"),
    (InputShape((9, 9, 3)), "inputs = keras.Input((9, 9, 3))"),
    (LayerSetting("kernel_size", 3, ("conv2d",)), "Conv2D(4, 3)"),
    (FillMissing(), "x, a = filled(x, a)\nmodel.fit(x, y, validation_data=(a, b)"),
    (ScaleTrainingInputs(), "x = standardised(x)\nmodel.fit(x, y, validation_data=(a, b)"),
    (ScaleTrainingInputs(PIXELS), "x = from_0_to_1(x)\nmodel.fit(x, y, validation_data=(a, b)"),
    (NumberLabels(), "y, b = numbered(y, b)\nmodel.fit(x, y, validation_data=(a, b)"),
    (TargetColumn(), "y, b = as_column(y, b)\nmodel.fit(x, y, validation_data=(a, b)"),
    (ClipInputs(), 'get_layer("standardise").adapt(clipped(x))\nmodel.fit'),
    (
        ClipInputs(),
        '(layers.Activation("hard_tanh")(layers.Rescaling(1 / 3)(layers.Normalization(name="standardise")(inputs))))',
    ),
    (LabelSmoothing(0.2), 'model.compile("adam", smoothed_crossentropy)'),
    (LabelSmoothing(0.2), "from_logits=False, label_smoothing=0.2)"),
    (LabelSmoothing(0.2), "@keras.saving.register_keras_serializable()\ndef smoothed_crossentropy(labels, outputs):"),
    (Focal(), 'model.compile("adam", focal_crossentropy)'),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), CASES)
def test_each_change_is_written(change: Change, expected: str, tmp_path: Path) -> None:
    """The edit is what a person would write, and the result is Python."""
    applied = made(tmp_path, change)
    assert not applied.refused, applied.refused
    text = next(iter(applied.project.changed.values())).decode()
    ast.parse(text)
    assert expected in text, applied.project.diff()


def test_a_loss_of_keras_is_taken_where_there_is_one(tmp_path: Path) -> None:
    """One-hot and binary labels need no function."""
    text = made(tmp_path, Focal(), "CategoricalCrossentropy").project.diff()
    assert '+model.compile("adam", keras.losses.CategoricalFocalCrossentropy())' in text


def test_missing_values_are_filled_before_a_layer_adapts_to_them(tmp_path: Path) -> None:
    """Its mean would be none; where an array comes later, they are filled before fit."""
    made_later = TEXT.replace("inputs =", "x, a = load()\nscale = layers.Normalization()\nscale.adapt(x)\ninputs =")
    diff = made(tmp_path, FillMissing(), text=made_later, lines=3).project.diff()
    assert "+x, a = filled(x, a)\n scale.adapt(x)" in diff
    text = made_later.replace("x, a = load()", "x = load()").replace("model.compile", "a = load()\nmodel.compile")
    assert "+x, a = filled(x, a)\n model.fit(x" in made(tmp_path, FillMissing(), text=text, lines=4).project.diff()


def test_tables_are_made_arrays_for_a_layer_to_adapt_to(tmp_path: Path) -> None:
    """`fit` takes a table of pandas, and `adapt` does not."""
    text = TEXT.replace("import keras\n", "import keras, pandas as pd\n")
    adapted = '+model.get_layer("standardise").adapt(keras.ops.convert_to_numpy(x).astype("float32"))\n'
    assert adapted in made(tmp_path, StandardiseInputs(), text=text).project.diff()


def test_labels_that_are_evaluated_later_are_numbered_alike(tmp_path: Path) -> None:
    """If they are there before fit; what is loaded after it has no number yet."""
    text = TEXT.replace("import layers\n", "import layers; y_test = load()\n")
    text += "y_new = load()\nprint(model.evaluate(a, y_test), model.evaluate(a, y=y_new))\n"
    diff = made(tmp_path, NumberLabels(), text=text).project.diff()
    assert "+y, b, y_test = numbered(y, b, y_test)\n" in diff


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("keras.Input(x.shape)", "keras.Input(x.shape[1:])"),
        ("keras.Input(shape=data.train.shape, name='in')", "keras.Input(shape=data.train.shape[1:], name='in')"),
        ("layers.Dense(8, input_shape=x.shape)", "layers.Dense(8, input_shape=x.shape[1:])"),
        ("layers.Dense(8, input_dim=x.shape[0])", "layers.Dense(8, input_dim=x.shape[1])"),
        ("keras.Input(x.shape[1:])", ""),
        ("layers.Dense(8, input_dim=x.shape[1])", ""),
    ],
)
def test_an_example_has_not_the_shape_of_an_array(written: str, expected: str, tmp_path: Path) -> None:
    """In the files that the crash went through; where it has its own shape, nothing is changed."""
    file = tmp_path / "train.py"
    file.write_text(f"from keras import layers\nh = {written}\nlayers.MaxPooling1D()(h)\n")
    crash = Crash("ValueError", "expected ndim=3, found ndim=4.", "build", site=Site(str(file), 3))
    applied = apply(Project(Program(crash=crash), tmp_path), (ExampleShape(),))
    assert [content.decode().splitlines()[1] for content in applied.project.changed.values()] == (
        [f"h = {expected}"] if expected else []
    )
    assert bool(applied.refused) is not bool(expected)


def test_old_names_are_written_as_today(tmp_path: Path) -> None:
    """All that only changed their names; two of one name on a line, and what has no one name today, as it is."""
    text = "import keras\nmodel.fit_generator(Adam(lr=0.1), SGD(lr=lr), decay=1)\nfit(lr=2)\n"
    file = tmp_path / "train.py"
    file.write_text(text)
    here = Site(str(file), 2)
    idioms = (
        Idiom("lr=", "learning_rate=", here, True), Idiom("fit_generator", "fit, which takes generators", here, True),
        Idiom("decay=", "a schedule, such as x", here, True), Idiom("nb_row=", "kernel_size=", here, True),
        Idiom("predict_proba", "predict", here, False),
    )  # fmt: skip
    program = Program(idioms=idioms)
    finding = Finding("E5", "program-crashed", "x", Severity.ISSUE, "")
    ((change,),) = ModerniseCall().proposals(Case(finding, program))
    assert change == ModernNames(("lr=", "fit_generator"), ("learning_rate=", "fit"))
    assert not ModerniseCall().proposals(Case(finding, Program(idioms=idioms[2:])))
    applied = apply(Project(program, tmp_path), (change,))
    (content,) = applied.project.changed.values()
    assert content.decode() == text.replace("(lr=0.1", "(learning_rate=0.1").replace(
        "lr=lr", "learning_rate=lr"
    ).replace("fit_generator", "fit")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("[keras.callbacks.ReduceLROnPlateau(patience=0)]", "callbacks=[]"),
        (
            "[keras.callbacks.ReduceLROnPlateau(), keras.callbacks.TerminateOnNaN()]",
            "[keras.callbacks.TerminateOnNaN()]",
        ),
        ("[plateau, stop]", "callbacks=[stop]"),
        ("listed", "listed = []"),
    ],
)
def test_a_callback_is_left_out(given: str, expected: str, tmp_path: Path) -> None:
    """Where it is made in the list, or under a name; nothing else of the list is touched."""
    text = (
        "import keras\nplateau = keras.callbacks.ReduceLROnPlateau(); stop = keras.callbacks.TerminateOnNaN()\n"
        f"listed = [plateau]\nmodel.compile('sgd')\nmodel.fit(x, y, callbacks={given})\n"
    )
    project = recorded(tmp_path, text, callbacks=("ReduceLROnPlateau",))
    assert expected in edited(project, NoCallback("ReduceLROnPlateau"))
    assert "not made in one list" in refusal(project, NoCallback("LearningRateScheduler")).reason


def test_a_stream_is_shuffled_over_more(tmp_path: Path) -> None:
    """The buffer is where it is written."""
    text = TEXT.replace("model.fit(x, y,", "model.fit(data.shuffle(100).batch(8),")
    assert "+model.fit(data.shuffle(5000).batch(8)," in made(tmp_path, ShuffleBuffer(5000), text=text).project.diff()


@pytest.mark.parametrize(
    ("inputs", "given", "shape", "expected"),
    [
        ("keras.Input(shape=size)", "", (9, 9, 3), "size = (9, 9, 3)"),
        ("keras.Input(shape=(size[0], 8, depth))", "", (9, 9, 3), "keras.Input(shape=(9, 9, 3))"),
        ("start()", ", input_shape=(30,)", (20,), "Conv2D(4, 7, input_shape=(20,))"),
        ("start()", ", input_dim=30", (20,), "Conv2D(4, 7, input_dim=20)"),
    ],
)
def test_the_shape_of_the_inputs_is_written_where_it_stands(
    inputs: str, given: str, shape: tuple[int, ...], expected: str, tmp_path: Path
) -> None:
    """In Input, in a name that nothing else reads, or in the first layer as older programs have it."""
    text = TEXT.replace("keras.Input((8, 8, 1))", inputs).replace("Conv2D(4, 7", f"Conv2D(4, 7{given}")
    applied = made(tmp_path, InputShape(shape), text=text.replace("import keras\n", "import keras; size = (8, 8, 1)\n"))
    assert not applied.refused, applied.refused
    assert expected in applied.project.diff()


def test_without_layers_nothing_says_where_the_shape_stands(tmp_path: Path) -> None:
    """A program may crash before its model is made."""
    ((_, refusal),) = apply(Project(Program(), tmp_path), (InputShape((3,)),)).refused
    assert "not known" in refusal.reason


@pytest.mark.parametrize(
    ("change", "text", "reason"),
    [
        (Skip(("conv2d",)), TEXT, "does not keep the shape"),
        (Skip(HIDDEN), TEXT.replace("(h)\nout", "(layers.Dropout(0.1)(h))\nout"), "functional style"),
        (ShuffleBuffer(9), TEXT, "0 calls of shuffle"),
        (InputShape((3,)), TEXT.replace("inputs =", "other, inputs = keras.Input((2,)),"), "2 inputs"),
        (InputShape((3,)), TEXT.replace("keras.Input((8, 8, 1))", "start()"), "not written"),
        (InputShape((3,)), TEXT.replace("(8, 8, 1)", "x.shape[1:]"), "no value that is written out"),
        (FillMissing(), TEXT.replace("fit(x,", "fit(x / 2,"), "no arrays with names"),
        (FillMissing(), TEXT.replace("(a, b)", "VAL"), "no arrays with names"),
        (FillMissing(), IN_FUNCTION, "no arrays with names"),
        (ScaleTrainingInputs(), TEXT.replace("fit(x,", "fit(x / 2,"), "no array with a name of its own"),
        (ScaleTrainingInputs(), TEXT.replace("(a, b)", "(x[90:], y[90:])"), "no array with a name of its own"),
        (ScaleTrainingInputs(), IN_FUNCTION, "no array with a name of its own"),
        (NumberLabels(), TEXT.replace(", y,", ", y.values,"), "targets are no arrays with names"),
        (Focal(), TEXT.replace('"LOSS"', "make_loss"), "not one plain assignment"),
    ],
)
def test_what_cannot_be_reached_is_refused(change: Change, text: str, reason: str, tmp_path: Path) -> None:
    """The refusal says why, and the file stays as it is."""
    applied = made(tmp_path, change, text=text)
    assert not applied.made and not applied.project.changed
    assert reason in applied.refused[0][1].reason, applied.refused[0][1].reason


def test_a_layer_that_the_script_adapts_learns_without_extremes(tmp_path: Path) -> None:
    """A second one would scale what the first one, adapted to the extremes, has pressed together."""
    text = "from keras import layers\nscale = layers.Normalization()\nscale.adapt(x)\nh = layers.Dense(1)(scale(i))\n"
    file = tmp_path / "train.py"
    site = Site(str(file), 2)
    scale, dense = Layer(0, "n", "n", "Normalization", site=site), Layer(1, "d", "d", "Dense", site=Site(str(file), 4))
    fits = (FitCall("arrays", 800, 32, 4, site=Site(str(file), 5)),)

    def changed(followers: tuple[Layer, ...], text: str) -> Applied:
        file.write_text(text + "model.fit(x, y)\n")
        return apply(Project(Program(layers=(scale, *followers), fits=fits), tmp_path), (ClipInputs(),))

    one = replace(dense, inputs=("n",))
    diff = changed((one,), text).project.diff()
    assert "+scale.adapt(clipped(x))" in diff
    assert '+h = layers.Dense(1)(layers.Activation("hard_tanh")(layers.Rescaling(1 / 3)(scale(i))))' in diff
    assert "def clipped(x):" in diff
    assert changed((one, replace(one, name="e", path="e")), text).refused
    assert changed((one,), text.replace("adapt(x)", "adapt(x)\nscale.adapt(y)")).refused
