"""The run folder of a repair or a what-if: begun, cut, found again, and never two processes at once."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from vandap.core.store import RunWriter
from vandap.errors import RunError
from vandap.repair.session import Session, find_or_begin, key_of
from vandap.repair.trial.copy import Folder
from vandap.repair.trial.worker import Workers


def test_the_same_command_finds_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that was begun is gone on with; another one gets another folder."""
    monkeypatch.chdir(tmp_path)
    first = find_or_begin("train", "key")
    assert first == Session(Path("runs/fix-train"), "key")
    first.folder.mkdir(parents=True)
    first.begin({})
    assert find_or_begin("train", "key").examined
    assert find_or_begin("train", "other").folder == Path("runs/fix-train-2")


def test_other_data_are_another_task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that the script may read has changed, or is gone; new ones it may have written itself."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "script.py").touch()
    data = tmp_path / "data.csv"
    data.write_text("1")
    around = Folder.of(tmp_path / "script.py")
    find_or_begin("train", "key").prepare()
    find_or_begin("train", "key").begin(around.states())
    (tmp_path / "log.txt").touch()
    assert find_or_begin("train", "key", files=around.states()).folder == Path("runs/fix-train")
    data.write_text("22")
    assert find_or_begin("train", "key", files=around.states()).folder == Path("runs/fix-train-2")
    data.unlink()
    assert find_or_begin("train", "key", files=around.states()).folder == Path("runs/fix-train-2")


def test_a_log_of_this_commands_output_is_no_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`vandap fix train.py > fix.log`: empty when the repair begins, it holds at its end what was printed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "script.py").touch()
    log = tmp_path / "fix.log"
    log.touch()
    around = Folder.of(tmp_path / "script.py")
    find_or_begin("train", "key").prepare()
    find_or_begin("train", "key").begin(around.states())
    log.write_text("Better, and proved")
    assert find_or_begin("train", "key", files=around.states()).folder == Path("runs/fix-train")


def test_an_edited_script_is_another_one(tmp_path: Path) -> None:
    """The content of every file of the program, arguments and task make the key."""
    script, helper = tmp_path / "train.py", tmp_path / "model.py"
    known = {script: b"a = 1", helper: b"b = 1"}
    keys = {key_of(script, *asked, known) for asked in (((), "ask"), (("--fast",), "ask"), ((), "fix"))}
    keys |= {key_of(script, (), "ask", known | {path: b"a = 2"}) for path in known}
    assert len(keys) == 5 and key_of(script, (), "ask", known) in keys


def test_a_folder_that_was_left_in_the_exam_is_begun_anew(tmp_path: Path) -> None:
    """Killed while the script was examined; but not taken from a process that is at work, nor from another command."""
    out = tmp_path / "run"
    find_or_begin("train", "key", out).prepare()
    with closing(RunWriter(out)):
        (out / "request.json").write_text("{}")
        with pytest.raises(RunError, match="Another process"):
            find_or_begin("train", "key", out).prepare()
    with pytest.raises(RunError, match="in use"):
        find_or_begin("train", "other", out)
    again = find_or_begin("train", "key", out)
    assert again == Session(out, "key") and (out / "request.json").exists()  # nothing goes before consent
    again.prepare()
    assert not (out / "request.json").exists()


def test_a_folder_with_something_else_is_refused(tmp_path: Path) -> None:
    """Nothing of the user's is overwritten."""
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "notes.txt").write_text("mine")
    (tmp_path / "run" / "request.json").write_text("{}")
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
