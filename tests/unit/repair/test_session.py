"""The run folder of a repair or a what-if: begun, cut, found again, and never two processes at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from vandap.core.store import RunWriter
from vandap.errors import RunError
from vandap.repair.session import Session, find_or_begin, key_of
from vandap.repair.trial.worker import Workers


def test_the_same_command_finds_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that was begun is gone on with; another one gets another folder."""
    monkeypatch.chdir(tmp_path)
    first = find_or_begin("train", "key")
    assert first == Session(Path("runs/fix-train"), "key")
    first.folder.mkdir(parents=True)
    first.begin()
    assert find_or_begin("train", "key").examined
    assert find_or_begin("train", "other").folder == Path("runs/fix-train-2")


def test_an_edited_script_is_another_one(tmp_path: Path) -> None:
    """Content, arguments and task make the key."""
    script = tmp_path / "train.py"
    script.write_text("a = 1")
    keys = {key_of(script, (), "ask"), key_of(script, ("--fast",), "ask"), key_of(script, (), "fix None")}
    script.write_text("a = 2")
    assert len(keys | {key_of(script, (), "ask")}) == 4


def test_a_folder_that_was_left_in_the_exam_is_begun_anew(tmp_path: Path) -> None:
    """Killed while the script was examined; but not taken from a process that is at work."""
    out = tmp_path / "run"
    writer = RunWriter(out)
    (out / "request.json").write_text("{}")
    with pytest.raises(RunError, match="Another process"):
        find_or_begin("train", "key", out)
    writer.close()
    assert find_or_begin("train", "key", out) == Session(out, "key") and not out.exists()


def test_a_folder_with_something_else_is_refused(tmp_path: Path) -> None:
    """Nothing of the user's is overwritten."""
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "notes.txt").write_text("mine")
    with pytest.raises(RunError, match="in use"):
        find_or_begin("train", "key", tmp_path / "run")


def test_two_processes_do_not_run_the_same_trials(tmp_path: Path) -> None:
    """The second one is told, before anything is run."""
    with (
        Workers(1, {}, tmp_path / "workers.log"),
        pytest.raises(RunError, match="Another process"),
        Workers(1, {}, tmp_path / "workers.log"),
    ):
        pass
    with Workers(1, {}, tmp_path / "workers.log"):
        pass
