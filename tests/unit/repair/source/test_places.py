"""The call that made a layer, where several stand on a line, or the line is told in another way."""

from __future__ import annotations

from pathlib import Path

import pytest
from script_edits import made, text_of

from vandap.repair.changes.structure import HiddenActivation, Insert, Units

WIDE = 'wide, deep = Dense(4)(inputs), Dense(64, activation="tanh")(inputs)\n'


@pytest.mark.parametrize(
    "settings",
    [({}, {}), ({"units": 64, "activation": "tanh"}, {"units": 4, "activation": "linear"})],
    ids=["names", "settings"],
)
def test_calls_on_a_line_are_told_apart_by_what_is_known(settings: tuple[dict, dict], tmp_path: Path) -> None:
    """Not by the order of the data, which may be another: by what is written, and by Keras' count of its layers."""
    layers = {"dense_1": ("Dense(64", settings[0]), "dense": ("Dense(4", settings[1])}
    bundle = (HiddenActivation("relu", ("dense_1",)), Units(2, ("dense", "dense_1"), (8, 128)))
    assert text_of(made(tmp_path, WIDE, layers, *bundle)) == (
        'wide, deep = Dense(8)(inputs), Dense(128, activation="relu")(inputs)\n'
    )


@pytest.mark.parametrize(
    ("text", "names", "settings"),
    [
        (WIDE, ("deep", "wide"), ({}, {})),  # nothing is known of them
        (WIDE, ("dense_1", "dense"), ({"units": 64}, {"units": 65})),  # another line than the one that ran
        (WIDE.replace("64", "4").replace(', activation="tanh"', ""), ("b", "a"), ({"units": 4}, {"units": 4})),
        ("h = " + "Dense(4)(" * 7 + "x" + ")" * 7 + "\n", tuple("abcdefg"), ({},) * 7),
    ],
)
def test_calls_on_a_line_that_nothing_tells_apart_are_refused(
    text: str, names: tuple[str, ...], settings: tuple[dict, ...], tmp_path: Path
) -> None:
    """One of them would be the wrong one."""
    layers = {name: ("Dense(4", own) for name, own in zip(names, settings, strict=True)}
    ((_, refusal),) = made(tmp_path, text, layers, HiddenActivation("relu", names[:1])).refused
    assert "nothing that is written tells them apart" in refusal.reason and refusal.line == 1


def test_layers_within_each_other_are_told_apart_by_their_names(tmp_path: Path) -> None:
    """The outer one is made first, and called last."""
    layers = {"dense_1": ("Dense(n", {}), "dense": ("Dense(n", {})}
    text = "out = Dense(n)(Dense(n)(x))\n"
    assert text_of(made(tmp_path, text, layers, HiddenActivation("relu", ("dense_1",)))) == (
        'out = Dense(n)(Dense(n, activation="relu")(x))\n'
    )


PAIRS = """\
model = Sequential([
    layers.Dense(64, activation="tanh"), layers.Dense(32, activation="tanh"),
    layers.Dense(10),
])
"""


def test_layers_on_one_line_of_a_list_stay_on_it(tmp_path: Path) -> None:
    """A later change finds each of them."""
    layers = {"dense": ("Dense(64", {}), "dense_1": ("Dense(32", {}), "dense_2": ("Dense(10", {})}
    both = ("dense", "dense_1")
    text = text_of(made(tmp_path, PAIRS, layers, Insert("BatchNormalization", both), HiddenActivation("relu", both)))
    assert text.splitlines()[1] == (
        '    layers.Dense(64, activation="relu"), layers.BatchNormalization(), '
        'layers.Dense(32, activation="relu"), layers.BatchNormalization(),'
    )
