"""Where a layer is put that all inputs are to pass."""

from __future__ import annotations

from pathlib import Path

import pytest
from script_edits import text_of

from vandap.core.program import Layer, Program, Site
from vandap.repair.changes.data import RescaleInputs
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
