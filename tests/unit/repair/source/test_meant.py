"""What is meant to differ stays different, and what is edited is what ran."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from script_edits import edited, recorded, refusal

from vandap.repair.changes.change import Change
from vandap.repair.changes.data import RescaleInputs
from vandap.repair.changes.optimisation import (
    Clip,
    EarlyStopping,
    Epochs,
    LearningRate,
    NoCallback,
    Optimiser,
    Schedule,
)
from vandap.repair.changes.output import OutputActivation, SetLoss
from vandap.repair.changes.structure import HiddenActivation, Initialiser, Insert, Remove
from vandap.repair.source.project import apply

END = "model.compile('sgd', 'mse')\nmodel.fit(x, y)\n"
SWEEPS = [
    "def build(p):\n    model.compile(SGD(p['lr']))\nfor q in GRID:\n    build(q)\n",
    "def build(cfg):\n    model.compile(SGD(cfg.lr))\nfor c in configs:\n    build(c)\n",
    "def build(base):\n    model.compile(SGD(base * 0.5))\nfor lr in (1, 2):\n    build(lr)\n",
    "def build(k):\n    model.compile(SGD(LRS[k]))\nfor i in range(2):\n    build(i)\n",
    "def train(model, lr):\n    model.compile(SGD(lr))\ntrain(model, 1e-3)\ntrain(model, 1e-5)\n",
    "class T:\n    def __init__(self, lr):\n        self.lr = lr\n    def run(self):\n        m.compile(SGD(self.lr))"
    "\nT(0.1).run()\nT(0.01).run()\n",
    "def build(lr):\n    model.compile(SGD(lr))\nstudy(build)\n",
    "def build(**given):\n    pass\ndef run(lr):\n    model.compile(SGD(lr))\nfor p in GRID:\n    run(**p)\n",
    "lr = 1.0\nwhile lr > 0.1:\n    model.compile(SGD(lr))\n    lr = lr / 10\n",
    "for cfg['lr'] in (1, 2):\n    model.compile(SGD(cfg['lr']))\n",
]


@pytest.mark.parametrize("text", SWEEPS)
def test_a_sweep_stays_a_sweep(text: str, tmp_path: Path) -> None:
    """One value for all of its arms is not what was asked for."""
    text = f"from keras.optimizers import SGD\n{text}model.fit(x, y)\n"
    assert "no value that is written out" in refusal(recorded(tmp_path, text), LearningRate(0.01)).reason


@pytest.mark.parametrize(
    "text",
    [
        "def build(lr):\n    model.compile(SGD(lr))\nfor fold in range(5):\n    build(RATE)\n",
        "def main(lr: float):\n    model.compile(SGD(lr))\nfire.Fire(main)\n",
        "rates = [i / 10 for i in range(3)]\nmodel.compile(SGD(rates[1]))\n",
        "for lr in old:\n    print(lr)\ndef build(lr):\n    model.compile(SGD(lr))\nbuild(read['lr'])\n",
    ],
)
def test_what_is_the_same_each_time_is_edited(text: str, tmp_path: Path) -> None:
    """Folds, the command line, a name that a loop elsewhere uses as well."""
    text = f"from keras.optimizers import SGD\n{text}model.fit(x, y)\n"
    assert "0.01" in edited(recorded(tmp_path, text), LearningRate(0.01))


@pytest.mark.parametrize(
    ("text", "change"),
    [
        (
            "for init in ('zeros', 'ones'):\n    model.add(layers.Dense(3, kernel_initializer=init))\n",
            Initialiser("", ("d",)),
        ),
        (
            "for init in ('zeros', 'ones'):\n    model.add(layers.Dense(3, kernel_initializer=init))\n",
            Initialiser("he_normal", ("d",)),
        ),
        (
            "def mlp(act):\n    return M([layers.Dense(3, activation=act)])\na, b = mlp('relu'), mlp('tanh')\n",
            HiddenActivation("gelu", ("d",)),
        ),
    ],
)
def test_other_settings_of_a_sweep_stay(text: str, change: Change, tmp_path: Path) -> None:
    """Also those that are replaced or taken out whatever they are."""
    project = recorded(tmp_path, f"from keras import layers\n{text}{END}", ("d", "Dense", "layers.Dense("))
    assert refusal(project, change)


def test_a_loss_that_a_loop_goes_through_stays(tmp_path: Path) -> None:
    """It is compared with others."""
    text = "import keras\nfor loss in ('mse', 'mae'):\n    model.compile('sgd', loss=loss)\nmodel.fit(x, y)\n"
    assert "another each time" in refusal(recorded(tmp_path, text), SetLoss("huber")).reason


@pytest.mark.parametrize(
    ("head", "given", "stays"),
    [
        ("OPT = 'sgd'\n", "OPT", "OPT = 'sgd'\n"),
        ("CFG = {'opt': 'sgd'}\n", "CFG['opt']", "{'opt': 'sgd'}"),
        ("class C:\n    opt = 'sgd'\n", "C.opt", "opt = 'sgd'\n"),
    ],
)
@pytest.mark.parametrize("change", [LearningRate(0.01), Optimiser("Adam", 0.01)])
def test_a_name_of_an_optimiser_stays_a_name(head: str, given: str, stays: str, change: Change, tmp_path: Path) -> None:
    """An object in its place would be one for all folds, and no text for a file's name."""
    text = f"import keras\n{head}for fold in range(5):\n    model.compile({given}, 'mse')\nmodel.fit(x, y)\n"
    made = edited(recorded(tmp_path, text), change)
    assert stays in made and "model.compile(keras.optimizers." in made


def test_an_object_is_made_where_it_is_used(tmp_path: Path) -> None:
    """A configuration may be written to a file as JSON."""
    text = "import keras\nCFG = {'lr': 0.1}\nmodel.compile(keras.optimizers.SGD(CFG['lr']))\nmodel.fit(x, y)\n"
    made = edited(recorded(tmp_path, text), Schedule(0.1, 40))
    assert "CFG = {'lr': 0.1}" in made and "SGD(keras.optimizers.schedules.CosineDecay" in made


def test_only_the_value_that_ran_is_edited_where_it_is_written(tmp_path: Path) -> None:
    """The command line, a file or another statement may have given another one."""
    text = "import keras\nLR = 0.1\nmodel.compile(keras.optimizers.SGD(LR))\nmodel.fit(x, y)\n"
    project = recorded(tmp_path, text)
    for used, expected in ((0.1, "LR = 0.01"), (0.5, "LR = 0.1")):
        compiled = replace(project.program.compile, settings={"learning_rate": used})
        made = edited(replace(project, program=replace(project.program, compile=compiled)), LearningRate(0.01))
        assert expected in made and ("SGD(0.01)" in made) == (used == 0.5)


def test_an_entry_that_two_trainings_read_stays(tmp_path: Path) -> None:
    """By whichever name of the dictionary."""
    text = (
        "import keras\nCFG = {'lr': 0.1}\ndef pre(c):\n    other.compile(keras.optimizers.Adam(c['lr']))\npre(CFG)\n"
        "model.compile(keras.optimizers.SGD(CFG['lr']))\nmodel.fit(x, y)\n"
    )
    made = edited(recorded(tmp_path, text), LearningRate(0.01))
    assert "{'lr': 0.1}" in made and "SGD(0.01)" in made


@pytest.mark.parametrize(
    "text",
    [
        "CONFIG = CONFIG['train']\nmodel.compile(keras.optimizers.SGD(CONFIG['lr']))\nmodel.fit(x, y)\n",
        "def build(c):\n    m.compile(keras.optimizers.SGD(c['lr']))\n    return build(c['sub'])\nmodel.fit(x, y)\n",
        "kw = kw['a']\nmodel.compile('sgd')\nmodel.fit(x, y, **kw)\n",
    ],
)
def test_what_is_made_of_itself_has_an_end(text: str, tmp_path: Path) -> None:
    """Whatever comes of it, it is no endless search."""
    applied = apply(
        recorded(tmp_path, f"from settings import *\nimport keras\n{text}"), (LearningRate(0.01), Epochs(9))
    )
    assert len(applied.made) + len(applied.refused) == 2


@pytest.mark.parametrize(
    ("text", "change", "reason"),
    [
        (
            "model.compile('sgd')\nmodel.optimizer.learning_rate = 0.5\nmodel.fit(x, y)\n",
            LearningRate(0.1),
            "is set here",
        ),
        ("model.compile('sgd')\nmodel.fit(x, y, initial_epoch=3)\n", Epochs(9), "several calls of fit"),
        (
            "kw = dict(clipvalue=0.5)\nmodel.compile(keras.optimizers.SGD(**kw))\nmodel.fit(x, y)\n",
            Clip(1.0),
            "one bound",
        ),
        ("model.compile('sgd')\nmodel.fit(x, y, epochs=(n := 10))\nprint(n)\n", Epochs(9), "no value that is written"),
        (
            "cbs = [keras.callbacks.ReduceLROnPlateau(), stop]\nmodel.compile('sgd')\nmodel.fit(x, y, callbacks=cbs)\n"
            "print(cbs[1])\n",
            NoCallback("ReduceLROnPlateau"),
            "not made in one list",
        ),
    ],
)
def test_what_would_do_nothing_or_break_is_refused(text: str, change: Change, reason: str, tmp_path: Path) -> None:
    """With its reason."""
    assert reason in refusal(recorded(tmp_path, f"import keras\n{text}"), change).reason


def test_epochs_of_a_training_that_a_loop_makes_stay(tmp_path: Path) -> None:
    """Three hundred instead of thirty."""
    text = "import keras\nmodel.compile('sgd')\nfor _ in range(10):\n    model.fit(x, y, epochs=1)\n"
    project = recorded(tmp_path, text, calls=10)
    assert "several calls" in refusal(project, Epochs(30)).reason
    assert "several calls" in refusal(project, EarlyStopping(5)).reason


@pytest.mark.parametrize(
    "change", [Insert("Dropout", ("d",), 0.2), OutputActivation("d", "softmax"), Remove(("d",), "Dense")]
)
def test_layers_of_several_models_stay(change: Change, tmp_path: Path) -> None:
    """One function compiles both."""
    text = (
        "import keras\nfrom keras import layers\ndef build(units):\n    model = keras.Sequential([layers.Dense(units),"
        " layers.Flatten()])\n    model.compile('sgd')\n    return model\na = build(3)\nb = build(4)\n"
        "a.fit(x, y)\nb.fit(x, z)\n"
    )
    project = recorded(tmp_path, text, ("d", "Dense", "layers.Dense("), fits=("a.fit(", "b.fit("))
    assert "several models" in refusal(project, change).reason


def test_inputs_of_several_models_stay(tmp_path: Path) -> None:
    """No other place is sought for a layer that two models would be given, one of them not adapted."""
    text = (
        "import keras\nfrom keras import layers\ndef build(units):\n    x = keras.Input((3,))\n"
        "    h = layers.Dense(units)(x)\n    model = keras.Model(x, h)\n    model.compile('sgd')\n    return model\n"
        "a = build(3)\nb = build(4)\na.fit(data, y)\nb.fit(data, z)\n"
    )
    project = recorded(tmp_path, text, ("d", "Dense", "layers.Dense("), fits=("a.fit(", "b.fit("))
    assert "several models" in refusal(project, RescaleInputs(255.0)).reason


def test_callbacks_that_a_function_gives_are_added_to(tmp_path: Path) -> None:
    """In the call."""
    text = "import keras\nmodel.compile('sgd')\nmodel.fit(x, y, callbacks=listed())\n"
    assert "callbacks=[*listed(), keras.callbacks.Early" in edited(recorded(tmp_path, text), EarlyStopping(4))
