"""Run folders of exams: what is not vandap's stays."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from vandap.core.streams import silenced
from vandap.errors import RunError
from vandap.exam.folder import new_folder, remove_folder


def test_an_exam_that_came_to_nothing_takes_only_its_own_away(tmp_path: Path) -> None:
    """A hidden file that was there, and what the script wrote into the folder, are the user's."""
    out = tmp_path / "res"
    out.mkdir()
    (out / ".env").write_text("mine")
    assert new_folder("train", out) == out
    for name in (
        "run.json",
        "watch.json",
        "script.json",
        ".lock",
        "results.csv",
        "signals/loss.npz",
        "signals/ecg.mat",
    ):
        (out / name).parent.mkdir(exist_ok=True)
        (out / name).write_text("x")
    remove_folder(out)
    left = sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())
    assert left == [".env", "results.csv", "signals/ecg.mat"]
    with pytest.raises(RunError, match="in use"):
        new_folder("train", out)


def test_nothing_is_left_where_nothing_else_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder goes, and `runs/` with the last of them."""
    monkeypatch.chdir(tmp_path)
    folders = [new_folder("train"), new_folder("train")]
    for folder in folders:
        (folder / "signals").mkdir()
        (folder / "signals" / "loss.npz").write_text("x")
        remove_folder(folder)
    assert not (tmp_path / "runs").exists()


def test_a_stream_that_the_program_closed_is_no_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor one that cannot be flushed."""
    closed = (tmp_path / "log").open("w")
    closed.close()
    monkeypatch.setattr(sys, "stdout", closed)
    monkeypatch.setattr(sys, "stderr", object())
    with silenced():
        pass
