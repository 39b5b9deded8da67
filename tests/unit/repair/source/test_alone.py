"""An edit changes what it says and nothing else: shared names, several statements and layers on a line, bundles."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from vandap.core.program import Compile, FitCall, Layer, Loss, Program, Site
from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import BatchSize, Clip, EarlyStopping, LearningRate, Optimiser
from vandap.repair.changes.output import FromLogits, LabelSmoothing, OutputActivation, SetLoss
from vandap.repair.changes.structure import HiddenActivation, Remove
from vandap.repair.source.project import Applied, Project, apply
from vandap.repair.trial.copy import Folder
from vandap.repair.trials import Trials

HEAD = "import keras\nfrom keras.layers import Dense, Dropout\n"


def project(folder: Path, *lines: str, layers: tuple[Layer, ...] = (), fit: int = 0, at: int = 0) -> Project:
    """A program whose `compile` and `fit` stand at these lines below the head."""
    file = folder / "train.py"
    file.write_text(HEAD + "\n".join(lines) + "\n")
    optimiser = "SGD" if any("SGD(" in line for line in lines) else "Adam"
    program = Program(
        layers=layers,
        outputs=("last",),
        compile=Compile((Loss("last", "SparseCategoricalCrossentropy", module="keras.losses"),), (), optimiser,
                        site=Site(str(file), 2 + (at or len(lines)))),
        fits=(FitCall("arrays", 800, 32, 4, validation="data", site=Site(str(file), 2 + (fit or len(lines)))),),
    )  # fmt: skip
    return Project(program, folder)


def at(name: str, kind: str, folder: Path, line: int) -> Layer:
    """A layer that a line below the head made."""
    return Layer(0, name, name, kind, site=Site(str(folder / "train.py"), 2 + line))


def text(applied: Applied) -> str:
    """The edited script."""
    (content,) = applied.project.changed.values()
    return content.decode()


def refused(source: Project, *changes: Change) -> str:
    """Why the one change that cannot be made cannot."""
    ((_, refusal),) = apply(source, changes).refused
    return str(refusal)


def test_a_number_that_others_read_stays(tmp_path: Path) -> None:
    """The new value stands in the call that it is for; where nothing else reads the name, in its assignment."""
    lines = ("SIZE = 32", "x = x.reshape(-1, SIZE)", "rate = 0.1", "model.compile(keras.optimizers.SGD(rate), 'mse')")
    source = project(tmp_path, *lines, "model.fit(x, y, batch_size=SIZE)", at=4)
    made = text(apply(source, (BatchSize(128), LearningRate(0.01))))
    assert "SIZE = 32\nx = x.reshape(-1, SIZE)\n" in made and "batch_size=128" in made
    assert "rate = 0.01\n" in made and "SGD(rate)" in made


def test_an_optimiser_of_two_models_is_not_touched(tmp_path: Path) -> None:
    """Nor callbacks that two calls of fit are given."""
    lines = (
        "best = keras.optimizers.SGD(0.1)",
        "base.compile(best, 'mse')",
        "calls = []",
        "base.fit(x, y, callbacks=calls)",
    )
    source = project(tmp_path, *lines, "model.compile(best, 'mse')", "model.fit(x, y, callbacks=calls)", at=5)
    assert "2 calls of compile" in refused(source, LearningRate(0.01))
    assert "2 calls of fit" in refused(source, EarlyStopping(3))


def test_layers_within_each_other_are_told_apart_or_refused(tmp_path: Path) -> None:
    """On one line they are made in the written order; the data go through them backwards."""
    layers = (at("dense", "Dense", tmp_path, 1), at("last", "Dense", tmp_path, 1))
    source = project(tmp_path, 'model = Model(x, Dense(10, activation="softmax")(Dense(64, activation="tanh")(x)))',
                     "model.compile('adam', 'mse')", layers=layers)  # fmt: skip
    assert "No plain call of Dense" in refused(source, HiddenActivation("relu", ("dense",)))
    beside = project(tmp_path, 'model = Sequential([Dense(64, activation="tanh"), Dense(10, activation="softmax")])',
                     "model.compile('adam', 'mse')", layers=layers)  # fmt: skip
    assert 'Dense(64, activation="relu"), Dense(10, activation="softmax")' in text(
        apply(beside, (HiddenActivation("relu", ("dense",)),))
    )


def test_a_statement_beside_another_is_not_removed(tmp_path: Path) -> None:
    """The whole line would go."""
    layers = (at("dropout", "Dropout", tmp_path, 1), at("last", "Dense", tmp_path, 1))
    change = Remove(("dropout",), "Dropout")
    both = project(tmp_path, "model.add(Dropout(.5)); model.add(Dense(10))", "model.compile('adam')", layers=layers)
    assert "Several statements" in refused(both, change)
    alone = project(tmp_path, "model.add(Dropout(.5))  # half", "model.compile('adam')", layers=layers)
    assert "Dropout(.5)" not in text(apply(alone, (change,)))


@pytest.mark.parametrize("turned", [False, True])
def test_settings_of_an_optimiser_and_a_loss_survive_another_one(tmp_path: Path, turned: bool) -> None:
    """In whichever order they were asked for, the bundle holds them all."""
    source = project(tmp_path, 'model.compile("sgd", "mse")')
    changes: list[Change] = [Clip(1.0), Optimiser("Adam", 0.001)]
    made = text(apply(source, reversed(changes) if turned else changes))
    assert "keras.optimizers.Adam(learning_rate=0.001, clipnorm=1.0)" in made
    changes = [FromLogits(True), SetLoss("binary_crossentropy")]
    (tmp_path / "train.py").write_text(HEAD + 'model.compile("sgd", "mse")\n')
    found = apply(source, reversed(changes) if turned else changes)
    assert isinstance(found.made[0], SetLoss)


def test_only_what_shows_in_the_source_is_tried(tmp_path: Path) -> None:
    """A value that is there already, and changes that refuse each other, make no bundle."""
    source = project(tmp_path, 'model.compile(keras.optimizers.Adam(0.001), "sparse_categorical_crossentropy")',
                     layers=(at("last", "Dense", tmp_path, 1),))  # fmt: skip
    trials = Trials(source, Folder(tmp_path, tmp_path / "train.py", tmp_path), (), tmp_path / "trials", cast(Any, None))
    assert trials.can_make((LearningRate(0.01),)) and trials.can_make((LearningRate(0.01), Clip(1.0)))
    assert not trials.can_make((LearningRate(0.001),)) and trials.can_train((LearningRate(0.001),))
    assert not trials.can_make((LearningRate(0.001), Clip(1.0)))
    assert not trials.can_make((LabelSmoothing(0.1), FromLogits(True)))
    assert not trials.can_make((OutputActivation("nowhere", "linear"),))
