"""The user's lines that a run keeps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from program_zoo import classifier

from vandap.core.program import Compile, Program, Site
from vandap.core.sources import AROUND, collect, excerpt

TEXT = "\n".join(f"line {number}" for number in range(1, 31))


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A file of thirty lines."""
    path = tmp_path / "train.py"
    path.write_text(TEXT)
    return path


def program(script: Path, line: int) -> Program:
    """A program whose `compile` stands in a line."""
    return Program(compile=Compile(site=Site(str(script), line, f"line {line}")))


def test_lines_around_every_place_are_kept(script: Path) -> None:
    """A few lines on either side, and no others; a file that is not there is left out."""
    kept = collect(replace(program(script, 10), site=Site("/no/such/file.py", 3)))
    assert set(kept) == {str(script)}
    assert set(kept[str(script)]) == {str(number) for number in range(10 - AROUND, 10 + AROUND + 1)}


def test_stored_lines_outlive_the_file(script: Path) -> None:
    """What was kept is shown even when the file is gone."""
    kept = collect(program(script, 2))
    script.unlink()
    found = excerpt(kept, str(script), 2)
    assert found.lines == tuple((number, f"line {number}") for number in range(1, 2 + AROUND + 1))
    assert found.problem == ""


def test_a_file_that_changed_is_not_shown(script: Path) -> None:
    """Without stored lines the file is read, unless its line is another one now."""
    assert excerpt({}, str(script), 10, "line 10").lines[AROUND] == (10, "line 10")
    changed = excerpt({}, str(script), 10, "model.compile()")
    assert changed.lines == ((10, "model.compile()"),)
    assert "changed" in changed.problem


def test_what_is_missing_is_said(script: Path) -> None:
    """A file that is gone, and a line that the file has not."""
    assert "gone" in excerpt({}, "/no/such/file.py", 3).problem
    assert "no such line" in excerpt({}, str(script), 300).problem


def test_program_without_places_keeps_nothing() -> None:
    """Places in files that cannot be read leave no trace."""
    assert collect(classifier()) == {}
