"""The files of a program: which are its own, their lines, and the diff of what was edited."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from script_edits import made

from vandap.core.program import Compile, FitCall, Layer, Program, Site
from vandap.repair.changes.data import RescaleInputs
from vandap.repair.changes.optimisation import LearningRate
from vandap.repair.changes.structure import HiddenActivation, Insert, Units
from vandap.repair.source.project import Project, apply

LINES = """\
import keras
model = keras.Sequential([
    keras.layers.Dense(16),
    keras.layers.Dense(3, **head),
])
model.compile(keras.optimizers.SGD(rate()), "mse")
"""


def test_a_refusal_tells_the_line_of_the_user_s_file(tmp_path: Path) -> None:
    """Not that of the file as changes before it, or the first half of its own, have left it."""
    layers = {"dense": ("Dense(16", {}), "dense_1": ("Dense(3", {}), "dense_2": ("Dense(3", {})}
    file = tmp_path / "train.py"
    file.write_text(LINES)
    records = tuple(
        Layer(index, name, name, "Dense", site=Site(str(file), 3 + index)) for index, name in enumerate(layers)
    )
    program = Program(
        layers=records, compile=Compile(site=Site(str(file), 6)), fits=(FitCall("arrays", site=Site(str(file), 6)),)
    )
    bundle = (RescaleInputs(2.0), HiddenActivation("relu", ("dense", "dense_1")), LearningRate(0.1),
              Insert("Dropout", ("dense", "dense_1", "dense_2"), 0.5))  # fmt: skip
    refused = apply(Project(program, tmp_path), bundle).refused
    assert [(refusal.line, refusal.file) for _, refusal in refused] == [(4, str(file)), (6, str(file)), (5, str(file))]


@pytest.mark.parametrize("mark", ["\f", "# page\x85two", "# page\u2028two", "NOTE = 'a\fb'"])
def test_a_diff_has_the_lines_that_tools_know(mark: str, tmp_path: Path) -> None:
    """A form feed and its like end none: `git apply` would not take the diff."""
    text = f"{mark}\nh = Dense(4)(x)\n"
    diff = made(tmp_path, text, {"dense": ("Dense(4", {})}, Units(2, ("dense",), (8,))).project.diff()
    assert diff == f"--- a/train.py\n+++ b/train.py\n@@ -1,2 +1,2 @@\n {mark}\n-h = Dense(4)(x)\n+h = Dense(8)(x)\n"


def test_a_file_that_is_reached_by_a_detour_is_the_program_s_own(tmp_path: Path) -> None:
    """`sys.path` may hold `src/../common`."""
    file, text = tmp_path / "common" / "models.py", b"h = Dense(4)(x)\n"
    record = Layer(0, "dense", "dense", "Dense", site=Site(str(tmp_path / "src" / ".." / "common" / "models.py"), 1))
    project = Project(Program(layers=(record,)), tmp_path, {file: text})
    applied = apply(project, (Units(2, ("dense",), (8,)),))
    assert applied.project.changed == {file: b"h = Dense(8)(x)\n"}
    outside = replace(record, site=Site(str(tmp_path / ".." / "models.py"), 1))
    ((_, refusal),) = apply(replace(project, program=Program(layers=(outside,))), (Units(2, ("dense",), (8,)),)).refused
    assert "outside" in refusal.reason
