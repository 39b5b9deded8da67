"""The files of a program: which are its own, their lines, and the diff of what was edited."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from edited_script import made

from vandap.core.program import Layer, Program, Site
from vandap.repair.changes.structure import Units
from vandap.repair.source.project import Project, apply


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
