"""The files of a program: which are its own, their lines, and the diff of what was edited."""

from __future__ import annotations

from pathlib import Path

import pytest
from edited_script import made

from vandap.repair.changes.structure import Units


@pytest.mark.parametrize("mark", ["\f", "# page\x85two", "# page\u2028two", "NOTE = 'a\fb'"])
def test_a_diff_has_the_lines_that_tools_know(mark: str, tmp_path: Path) -> None:
    """A form feed and its like end none: `git apply` would not take the diff."""
    text = f"{mark}\nh = Dense(4)(x)\n"
    diff = made(tmp_path, text, {"dense": ("Dense(4", {})}, Units(2, ("dense",), (8,))).project.diff()
    assert diff == f"--- a/train.py\n+++ b/train.py\n@@ -1,2 +1,2 @@\n {mark}\n-h = Dense(4)(x)\n+h = Dense(8)(x)\n"
