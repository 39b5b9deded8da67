"""An argument that is there is edited where it is, by its keyword or by its place, and never given twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from script_edits import edited, recorded, refusal

from vandap.core.program import Site
from vandap.repair.changes.change import Change
from vandap.repair.changes.data import ShuffleBuffer
from vandap.repair.changes.optimisation import BatchSize, Epochs, LearningRate, NoClip, Optimiser, OptimiserSetting
from vandap.repair.changes.output import OutputActivation
from vandap.repair.changes.structure import HiddenActivation, Initialiser, InputShape, LayerSetting, Penalty

HEAD = "import keras\nfrom keras import layers\n"
END = 'model.compile("sgd", "mse")\nmodel.fit(x, y)\n'


@pytest.mark.parametrize(
    ("written", "change", "expected"),
    [
        ("DepthwiseConv2D(7, 1)", LayerSetting("kernel_size", 3, ("a",)), "DepthwiseConv2D(3, 1)"),
        ('Conv2D(8, 3, 1, "valid")', LayerSetting("padding", "same", ("a",)), 'Conv2D(8, 3, 1, "same")'),
        ('LSTM(8, "tanh")', HiddenActivation("relu", ("a",)), 'LSTM(8, "relu")'),
        ('Conv1D(8, 3, 1, "same", None, 1, 1, "tanh")', OutputActivation("a", "linear"), '1, 1, "linear")'),
        ('Dense(8, "relu", True, "zeros")', Initialiser("he_normal", ("a",)), 'Dense(8, "relu", True, "he_normal")'),
        ("Dense(8)", Penalty(0.0, 0.1, ("a",)), "Dense(8, kernel_regularizer=keras.regularizers.L2(l2=0.1))"),
    ],
)
def test_a_layers_argument_is_edited_in_its_place(written: str, change: Change, expected: str, tmp_path: Path) -> None:
    """The place is that of the layer's own class."""
    text = f"{HEAD}model = keras.Sequential([layers.{written}])\n{END}"
    made = edited(recorded(tmp_path, text, ("a", written.partition("(")[0], written)), change)
    assert f"layers.{expected}" in made or f"{expected}]" in made


@pytest.mark.parametrize(
    ("written", "change", "reason"),
    [
        ("ReLU()", OutputActivation("a", "softmax"), "takes no activation"),
        ("ReLU()", HiddenActivation("gelu", ("a",)), "takes no activation"),
        ("Conv2D(*sizes)", LayerSetting("padding", "same", ("a",)), "may be among the arguments"),
        ("Dense(8, *more)", Initialiser("he_normal", ("a",)), "may be among the arguments"),
    ],
)
def test_an_argument_that_may_be_there_or_is_unknown_is_refused(
    written: str, change: Change, reason: str, tmp_path: Path
) -> None:
    """It would be given twice, or to a layer that has none."""
    text = f"{HEAD}model = keras.Sequential([layers.{written}])\n{END}"
    found = refusal(recorded(tmp_path, text, ("a", written.partition("(")[0], written)), change)
    assert reason in found.reason and found.line == 3


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (
            "keras.Sequential([layers.Dense(3, input_shape=(30,))])",
            "keras.Sequential([layers.Dense(3, input_shape=(20,))])",
        ),
        (
            "keras.Sequential([keras.Input((30,)), layers.Dense(3)])",
            "keras.Sequential([keras.Input((20,)), layers.Dense(3)])",
        ),
        ("f(keras.Input(batch_shape=(None, 30)), layers.Dense(3))", "f(keras.Input(batch_shape=(None, 20)), "),
        ("f(keras.Input(batch_shape=whole), layers.Dense(3))", "f(keras.Input(batch_shape=(16, 20)), "),
    ],
)
def test_the_shape_is_that_of_the_models_own_inputs(model: str, expected: str, tmp_path: Path) -> None:
    """Those of another model stay."""
    other = "whole = (16, 30)\nother = keras.Sequential([keras.Input((4,)), layers.Dense(2)])\n"
    text = f"{HEAD}{other}model = {model}\n{END}"
    layers = [("in", "InputLayer", "model = "), ("dense", "Dense", "Dense(3")]
    assert f"{other}model = {expected}" in edited(recorded(tmp_path, text, *layers), InputShape((20,)))


def test_inputs_that_the_file_does_not_make_are_not_sought_in_it(tmp_path: Path) -> None:
    """The one `Input` of the file is another model's."""
    text = f"{HEAD}other = keras.Input((4,))\nmodel = started(layers.Dense(3))\n{END}"
    layers = [("in", "InputLayer", "started"), ("dense", "Dense", "Dense(3")]
    assert "not written" in refusal(recorded(tmp_path, text, *layers), InputShape((20,))).reason
    assert "keras.Input((20,))" in edited(recorded(tmp_path, text, *layers[1:]), InputShape((20,)))


def test_rows_that_are_shuffled_in_place_are_no_stream(tmp_path: Path) -> None:
    """A buffer may be given by its keyword."""
    text = "order = [0, 1, 2]\nnp.random.shuffle(order)\ngenerator.shuffle(order)\nrows = rng.shuffle(order)\n"
    text += f"data = load().shuffle(buffer_size=100).batch(32)\n{END}"
    made = edited(recorded(tmp_path, text), ShuffleBuffer(5000))
    assert made == text.replace("buffer_size=100", "buffer_size=5000")


OPTIONS = """\
import argparse

import keras

parser = argparse.ArgumentParser()
parser.add_argument("--learning-rate", type=float, default=0.5)
parser.add_argument("-d", "--drop", dest="dropped", type=float, default=0.9)
parser.add_argument("--epochs", type=int)
args = parser.parse_args()
model = keras.Sequential([keras.layers.Dropout(args.dropped)])
model.compile(keras.optimizers.SGD(args.learning_rate), "mse")
model.fit(x, y, epochs=args.epochs)
"""


def test_an_option_is_edited_by_its_default(tmp_path: Path) -> None:
    """As a person would: who gives it on the command line still has it; one without a default is replaced."""
    drop = ("drop", "Dropout", "Dropout(")
    made = edited(recorded(tmp_path, OPTIONS, drop), LearningRate(0.01), LayerSetting("rate", 0.2, ("drop",)))
    assert '"--learning-rate", type=float, default=0.01)' in made and "SGD(args.learning_rate)" in made
    assert 'dest="dropped", type=float, default=0.2)' in made and "Dropout(args.dropped)" in made
    assert "epochs=9)" in edited(recorded(tmp_path, OPTIONS, drop), Epochs(9))


def test_an_option_that_is_read_twice_keeps_its_default(tmp_path: Path) -> None:
    """Another model may have it too: the new value stands in the call."""
    text = OPTIONS.replace("model.compile", "print(args.learning_rate)\nmodel.compile")
    made = edited(recorded(tmp_path, text, ("drop", "Dropout", "Dropout(")), LearningRate(0.01))
    assert "SGD(0.01)" in made and "type=float, default=0.5)" in made


CONFIG = """import keras
from dataclasses import dataclass, field

OPTIONS = {"epochs": 12, "optimiser": {"momentum": 0.999}}


@dataclass
class Config:
    rate: float = 0.3
    drop: float = field(default=0.9)


def build(cfg):
    model = keras.Sequential([keras.layers.Dropout(cfg.drop)])
    model.compile(keras.optimizers.SGD(cfg.rate, momentum=OPTIONS["optimiser"]["momentum"]), "mse")
    return model


cfg = Config()
model = build(cfg)
model.fit(x, y, epochs=OPTIONS["epochs"])
"""


def test_a_setting_is_edited_where_it_is_written(tmp_path: Path) -> None:
    """Fields of a configuration, and entries of a dictionary, also of one in another."""
    changes = LearningRate(0.01), Epochs(36), OptimiserSetting("momentum", 0.9), LayerSetting("rate", 0.2, ("drop",))
    made = edited(recorded(tmp_path, CONFIG, ("drop", "Dropout", "Dropout(")), *changes)
    assert '{"epochs": 36, "optimiser": {"momentum": 0.9}}' in made
    assert "rate: float = 0.01" in made and "field(default=0.2)" in made
    assert "SGD(cfg.rate, momentum=OPTIONS" in made and 'epochs=OPTIONS["epochs"]' in made


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("cfg = Config()", "cfg = Config(rate=0.5)"),
        ("cfg = Config()", "cfg = Config(0.5)"),
        ("cfg = Config()", "cfg = Config()\ncfg.rate = 0.5"),
        ("def build", "class Other:\n    rate = 0.1\n\n\ndef build"),
    ],
)
def test_a_field_that_may_have_another_value_is_left_alone(old: str, new: str, tmp_path: Path) -> None:
    """Objects are given values of their own, or two classes have such a field."""
    project = recorded(tmp_path, CONFIG.replace(old, new, 1), ("drop", "Dropout", "Dropout("))
    made = edited(project, LearningRate(0.01))
    assert "rate: float = 0.3" in made and "SGD(0.01, momentum" in made


@pytest.mark.parametrize("change", ['OPTIONS["epochs"] = 3', "OPTIONS.update(epochs=3)", "OPTIONS[name] = 3"])
def test_a_dictionary_that_is_changed_is_left_alone(change: str, tmp_path: Path) -> None:
    """What it holds in the end is not what it is made of."""
    made = edited(recorded(tmp_path, CONFIG.replace("cfg = Config()", f"cfg = Config()\n{change}")), Epochs(36))
    assert '{"epochs": 12, ' in made and "model.fit(x, y, epochs=36)" in made


ELSEWHERE = """\
import json
import keras

config = dict(compile=dict(optimizer="sgd", loss="mse"), fit=dict(epochs=3))
read = json.load(open("config.json"))


def rates(name="sgd", lr=1e-5):
    if name == "adam":
        return keras.optimizers.Adam(lr)
    return keras.optimizers.SGD(lr, momentum=0.9)


def block(h, act="sigmoid", drop=0.9):
    return keras.layers.Dropout(drop)(keras.layers.Dense(4, activation=act)(h))


class Trainer:
    def __init__(self, decay, size=512):
        self.decay, self.size = decay, size
        self.steps = 2 * size

    def run(self):
        MODEL
"""


@pytest.mark.parametrize(
    ("call", "change", "expected"),
    [
        (
            "model.compile(rates(), 'mse'); model.fit(x, y)",
            LearningRate(0.1),
            "keras.optimizers.SGD(0.1, momentum=0.9)",
        ),
        (
            "model.compile(rates(), 'mse'); model.fit(x, y)",
            Optimiser("Adam", 0.1),
            "return keras.optimizers.Adam(learni",
        ),
        ("model.compile(**config['compile']); model.fit(x, y)", LearningRate(0.1), "SGD(learning_rate=0.1), loss="),
        ("model.compile('sgd'); model.fit(x, y, **config['fit'])", Epochs(9), "fit=dict(epochs=9)"),
        (
            "def train(c): model.compile('sgd'); model.fit(x, y, **c['fit'])\n        train(config)",
            Epochs(9),
            "fit=dict(epochs=9)",
        ),
        ("model.compile('sgd'); model.fit(x, y, epochs=read['epochs'])", Epochs(9), "epochs=9)"),
        ("model.compile(keras.optimizers.SGD(10**-1)); model.fit(x, y)", LearningRate(0.1), "SGD(0.1))"),
        ("model.compile('sgd'); model.fit(x, y, batch_size=self.size)", BatchSize(8), "batch_size=8)"),
        ("model.compile('sgd'); model.fit(x, y, batch_size=self.steps)", BatchSize(8), "self.steps = 8\n"),
        ("model = M(block(h)); model.compile('sgd'); model.fit(x, y)", HiddenActivation("relu", ("d",)), 'act="relu"'),
        (
            "model = M(block(h, 'elu')); model.compile('sgd'); model.fit(x, y)",
            HiddenActivation("relu", ("d",)),
            'k(h, "r',
        ),
        (
            "model = M(block(h), block(i)); model.compile('sgd'); model.fit(x, y)",
            HiddenActivation("relu", ("d",)),
            '="relu"',
        ),
    ],
)
def test_a_setting_that_comes_from_elsewhere_is_followed_or_replaced(
    call: str, change: Change, expected: str, tmp_path: Path
) -> None:
    """Of a function's only call, of its default, of a method's object; in the call where it may be anything."""
    project = recorded(tmp_path, ELSEWHERE.replace("MODEL", call), ("d", "Dense", "Dense("))
    compiled = replace(project.program.compile, optimizer_site=Site(str(tmp_path / "train.py"), 11))
    assert expected in edited(replace(project, program=replace(project.program, compile=compiled)), change)


@pytest.mark.parametrize(
    "text",
    [
        "for rate in (0.1, 0.01):\n    model.compile(keras.optimizers.SGD(rate))\n",
        "for name, rate in rates:\n    model.compile(keras.optimizers.SGD(rate * 2))\n",
        "def build(rate):\n    model.compile(keras.optimizers.SGD(rate))\n[build(r) for r in rates]\n",
        "rate = make_schedule()\nmodel.compile(keras.optimizers.SGD(rate))\n",
    ],
)
def test_what_a_loop_goes_through_is_left_alone(text: str, tmp_path: Path) -> None:
    """It is meant to be another each time; and what a function made may be no number."""
    project = recorded(tmp_path, f"import keras\n{text}model.fit(x, y)\n")
    assert "no value that is written out" in refusal(project, LearningRate(0.01)).reason


def test_a_dictionary_that_is_changed_by_another_name_is_left_alone(tmp_path: Path) -> None:
    """Before it was handed in."""
    text = (
        "config = {'epochs': 3}\nconfig['epochs'] = 4\ndef train(c):\n    model.compile('sgd')\n"
        "    model.fit(x, y, epochs=c['epochs'])\ntrain(config)\n"
    )
    assert "{'epochs': 3}" in edited(recorded(tmp_path, text), Epochs(9))


HANDED = """\
import keras
OPTIONS = {"learning_rate": 5.0, "clipnorm": 1e-5}
model.compile(keras.optimizers.SGD(**OPTIONS), "mse")
model.fit(x, y, **{"epochs": 3})
"""


def test_options_that_are_handed_on_are_edited_in_their_dictionary(tmp_path: Path) -> None:
    """What is not among them is written beside them; a bound is taken away by None."""
    project = recorded(tmp_path, HANDED)
    made = edited(project, LearningRate(0.01), NoClip(), Epochs(9), OptimiserSetting("momentum", 0.9))
    assert 'OPTIONS = {"learning_rate": 0.01, "clipnorm": None}' in made and '**{"epochs": 9}' in made
    assert "SGD(**OPTIONS, momentum=0.9)" in made


@pytest.mark.parametrize("more", ["print(OPTIONS)", "OPTIONS['clipnorm'] = 1.0", "OPTIONS = other"])
def test_options_that_others_read_or_change_are_left_alone(more: str, tmp_path: Path) -> None:
    """The dictionary is not that of this call alone."""
    text = HANDED.replace("model.compile", f"{more}\nmodel.compile")
    assert "handed on" in refusal(recorded(tmp_path, text), LearningRate(0.01)).reason
