"""Where a layer is put that all inputs are to pass."""

from __future__ import annotations

from pathlib import Path

import pytest
from script_edits import edited, recorded, refusal, text_of

from vandap.core.program import Layer, Program, Site
from vandap.repair.changes.data import RescaleInputs, StandardiseInputs
from vandap.repair.source.project import Project, apply

BRANCHES = """\
import keras
inputs = keras.Input((8,))
deep = keras.layers.Dense(64)(inputs)
wide = keras.layers.Conv1D(4, 1)(inputs)
"""


@pytest.mark.parametrize(
    ("kinds", "inputs", "reason"),
    [
        (("InputLayer", "Dense", "Conv1D"), ((), ("a",), ("a",)), "also go to c, past b"),
        (("InputLayer", "Dense", "Conv1D"), ((), ("a",), ("b",)), ""),
        (("InputLayer", "InputLayer", "Dense", "Conv1D"), ((), (), ("a",), ("c",)), "2 inputs, which are not joined"),
        (("InputLayer", "InputLayer", "Dense", "Conv1D"), ((), (), ("a",), ("b",)), "also go to d, past c"),
    ],
)
def test_what_all_inputs_pass_is_put_where_they_all_pass(
    kinds: tuple[str, ...], inputs: tuple[tuple[str, ...], ...], reason: str, tmp_path: Path
) -> None:
    """A branch beside it would get them as they were."""
    file = tmp_path / "train.py"
    file.write_text(BRANCHES)
    lines = {"InputLayer": 2, "Dense": 3, "Conv1D": 4}
    records = tuple(
        Layer(index, name, name, kind, inputs=own, site=Site(str(file), lines[kind]))
        for index, (name, kind, own) in enumerate(zip("abcd", kinds, inputs, strict=False))
    )
    applied = apply(Project(Program(layers=records), tmp_path), (RescaleInputs(255.0),))
    if not reason:
        assert "Dense(64)(keras.layers.Rescaling(1 / 255)(inputs))" in text_of(applied)
        return
    ((_, refusal),) = applied.refused
    assert reason in refusal.reason and refusal.line == 3


CLASS = """\
import keras
from keras import layers


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.normalization = None
        self.first = layers.Dense(8, activation="relu")
        self.head = layers.Dense(3)

    def call(self, inputs):
        return self.head(self.first(inputs))


model = Net()
model.compile("sgd", "mse")
model.fit(x, y)
"""
FIRST = ("first", "Dense", "self.first = ")


def test_a_layer_of_an_object_gets_one_before_it(tmp_path: Path) -> None:
    """A model that is a class, as users of PyTorch write it: made beside the other, and put before its one call."""
    made = edited(recorded(tmp_path, CLASS, FIRST), StandardiseInputs())
    new = '        self.normalization_1 = layers.Normalization(name="standardise")\n'
    assert new + '        self.first = layers.Dense(8, activation="relu")' in made
    assert "self.head(self.first(self.normalization_1(inputs)))" in made
    assert 'model.get_layer("standardise").adapt(x' in made


@pytest.mark.parametrize(
    "call",
    [
        "self.head(self.first(self.first(inputs)))",
        "self.head(apply(self.first, inputs))",
        "self.head(self.first(*inputs))",
    ],
)
def test_a_layer_of_an_object_that_is_used_otherwise_is_left_alone(call: str, tmp_path: Path) -> None:
    """Called twice, handed on, or called with what nobody can see."""
    text = CLASS.replace("self.head(self.first(inputs))", call)
    assert "cannot be extended" in refusal(recorded(tmp_path, text, FIRST), StandardiseInputs()).reason


DENSE = (("dense", "Dense", "Dense("), ("dense_1", "Dense", "Dense("))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "x = inputs\nfor units in sizes:\n    x = keras.layers.Dense(units)(x)\nmodel.fit(a, b)\n",
            "x = keras.layers.Rescaling(1 / 255)(x)\nfor units in sizes:\n",
        ),
        (
            "for units in sizes:\n    model.add(keras.layers.Dense(units))\nmodel.fit(a, b)\n",
            "model.add(keras.layers.Rescaling(1 / 255))\nfor units in sizes:\n",
        ),
        ("for units in sizes:\n    x = keras.layers.Dense(units)(y)\nmodel.fit(a, b)\n", ""),
        ("def block(x):\n    x = keras.layers.Dense(8)(x)\n    return x\nblock(block(x))\nmodel.fit(a, b)\n", ""),
    ],
)
def test_what_comes_before_layers_of_a_loop_stands_before_the_loop(text: str, expected: str, tmp_path: Path) -> None:
    """Its first pass makes the first layer; a function that is called twice, or other names, are left alone."""
    project = recorded(tmp_path, "import keras\n" + text + "model.compile('sgd', 'mse')\n", *DENSE)
    if expected:
        assert expected in edited(project, RescaleInputs(255.0))
    else:
        assert "One call makes 2 layers" in refusal(project, RescaleInputs(255.0)).reason


HELPED = """\
import keras
from keras import layers


def block(h, units):
    h = layers.Dense(units)(h)
    return layers.ReLU()(h)


inputs = keras.Input((8,))
h = block(inputs, 4)
h = block(h, 4)
model = keras.Model(inputs, h)
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HELPED, "h = block(keras.layers.Rescaling(1 / 255)(inputs), 4)"),
        (
            HELPED.replace("h = block(inputs, 4)", "h = inputs\nh = block(h, 4)"),
            "h = keras.layers.Rescaling(1 / 255)(inputs)",
        ),
        (HELPED.replace("model =", "h = layers.Add()([h, inputs])\nmodel ="), ""),
        (HELPED.replace("inputs = ", "inputs = 1\ninputs = "), ""),
        (HELPED.replace("model =", "other = keras.Input((3,))\nmodel ="), ""),
    ],
)
def test_what_comes_before_layers_of_a_helper_stands_behind_the_input(text: str, expected: str, tmp_path: Path) -> None:
    """The helper makes other layers as well; where several things read the input, it would pass some of them by."""
    text += "model.compile('sgd')\nmodel.fit(x, y)\n"
    project = recorded(tmp_path, text, *[(name, "Dense", "layers.Dense(units)") for name in "ab"])
    if expected:
        assert expected in edited(project, RescaleInputs(255.0))
    else:
        assert "One call makes 2 layers" in refusal(project, RescaleInputs(255.0)).reason


def test_an_input_that_stands_in_a_list_is_followed_there(tmp_path: Path) -> None:
    """As where the layers are made in one go behind it."""
    text = (
        "import keras\nmodel = keras.Sequential([keras.Input((8,))] + [keras.layers.Dense(u) for u in (4, 3)])\n"
        "model.compile('sgd')\nmodel.fit(x, y)\n"
    )
    project = recorded(tmp_path, text, *[(name, "Dense", "Dense(u)") for name in "ab"])
    assert "[keras.Input((8,)), keras.layers.Rescaling(1 / 255)] +" in edited(project, RescaleInputs(255.0))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            "layers.Dense(8, input_shape=(4,), name='a')",
            "Rescaling(1 / 255, input_shape=(4,)), layers.Dense(8, name='a')",
        ),
        ("layers.Dense(8, input_dim=4)", "layers.Rescaling(1 / 255, input_dim=4), layers.Dense(8)]"),
    ],
)
def test_the_shape_of_the_inputs_moves_to_what_comes_first(given: str, expected: str, tmp_path: Path) -> None:
    """The style of older programs, whose first layer declares it."""
    text = (
        f"import keras\nfrom keras import layers\nmodel = keras.Sequential([{given}])\nmodel.compile('sgd')\n"
        "model.fit(x, y)\n"
    )
    assert expected in edited(recorded(tmp_path, text, ("a", "Dense", "layers.Dense(")), RescaleInputs(255.0))
