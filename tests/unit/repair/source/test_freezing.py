"""What is frozen learns: arguments and statements that freeze are set the other way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from vandap.core.program import Compile, FitCall, Layer, Program, Site
from vandap.repair.changes.structure import Unfreeze
from vandap.repair.source.project import Applied, Project, apply

HEAD = """\
import keras
a = keras.layers.Dense(3, trainable=False)
b = keras.layers.Dense(3)
model = keras.Sequential([a, b])
"""
TAIL = 'model.compile("adam", "mse")\nmodel.fit(x, y)\n'


def unfrozen(text: str, folder: Path, *layers: str, fits: int = 1) -> Applied:
    """The layers `a` and `b` of a program unfrozen."""
    file = folder / "train.py"
    file.write_text(text, encoding="utf-8")
    records = [Layer(place, name, name, "Dense", site=Site(str(file), place + 2)) for place, name in enumerate("ab")]
    records.append(Layer(2, "base", "base", "Conv2D", site=Site("/elsewhere/keras/applications.py", 9)))
    fit = FitCall("arrays", 10, 5, 1, site=Site(str(file), text.count("\n")))
    program = Program(layers=tuple(records), compile=Compile(optimizer="Adam"), fits=(fit,) * fits)
    return apply(Project(replace(program, outputs=("b",)), folder), [Unfreeze(layers)])


def test_the_argument_that_freezes_a_layer_is_set_where_it_is_made(tmp_path: Path) -> None:
    """Nothing else is touched."""
    text = unfrozen(HEAD + "model.layers[1].trainable = False\n" + TAIL, tmp_path, "a").project.diff()
    assert "+a = keras.layers.Dense(3, trainable=True)\n" in text and "model.layers" not in text.replace(" model", "")


@pytest.mark.parametrize(
    ("statement", "layers"),
    [
        ("model.trainable = False\n", ("b",)),
        ("for layer in model.layers[:-1]:\n    layer.trainable = False  # only the head learns\n", ("b",)),
        ("base.trainable = False\n", ("base",)),  # what a library has made
        ("base.trainable = False\n", ("a", "base")),
    ],
)
def test_statements_that_freeze_are_set_the_other_way(statement: str, layers: tuple[str, ...], tmp_path: Path) -> None:
    """Each keeps its form and its comment."""
    applied = unfrozen(HEAD + "b.trainable = True\n" + statement + TAIL, tmp_path, *layers)
    text = next(iter(applied.project.changed.values())).decode()
    assert not applied.refused and "b.trainable = True\n" + statement.replace("False", "True") in text
    assert ("Dense(3, trainable=False)" in text) is ("a" not in layers)


@pytest.mark.parametrize(
    ("statement", "fits", "reason", "line"),
    [
        ("", 1, "not written where it is made", 0),
        ("b.trainable = len(x) > 9\n", 1, "computed", 5),
        ("model.trainable = False\n", 2, "trains several times", 5),
    ],
)
def test_what_cannot_be_told_is_left_to_a_person(
    statement: str, fits: int, reason: str, line: int, tmp_path: Path
) -> None:
    """The reason names the line where there is one."""
    applied = unfrozen(HEAD + statement + TAIL, tmp_path, "b", fits=fits)
    (refused,) = applied.refused
    assert reason in refused[1].reason and refused[1].line == line and not applied.project.changed
