"""A copy of a program's folder: what a trial may write to is not the user's."""

from __future__ import annotations

from pathlib import Path

import pytest

from vandap.errors import UsageError
from vandap.repair.trial import copy
from vandap.repair.trial.copy import Folder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program's folder with code, data, a run and what git keeps."""
    own = tmp_path / "own"
    for name in ("code/train.py", "data/large.npy", "runs/old/run.json", "exam/run.json", ".git/config", "notes.txt"):
        path = own / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * (50 if name.startswith("data") else 5))
    monkeypatch.setattr(copy, "LARGEST_COPIED", 20)
    monkeypatch.chdir(own)
    return own


def test_the_working_directory_is_copied(folder: Path, tmp_path: Path) -> None:
    """A script below it finds its data by the same relative paths; runs and git stay behind; large files are linked."""
    script = folder / "code" / "train.py"
    own = Folder.of(script).copied(tmp_path / "copy", {script: b"edited"})
    assert own.directory == tmp_path / "copy" and own.script.read_bytes() == b"edited"
    assert script.read_bytes() == b"x" * 5
    there = {str(path.relative_to(own.root)) for path in own.root.rglob("*") if path.is_file()}
    assert there == {"code/train.py", "data/large.npy", "notes.txt"}
    assert (own.root / "data" / "large.npy").is_symlink() and not (own.root / "notes.txt").is_symlink()


def test_a_script_elsewhere_brings_its_own_folder(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script that is not below the working directory is run in a copy of its own folder."""
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    assert Folder.of(folder / "code" / "train.py").root == folder / "code"


def test_too_many_files_are_refused(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home folder is not copied for every trial."""
    monkeypatch.setattr(copy, "MOST_FILES", 1)
    with pytest.raises(UsageError, match="too many files"):
        Folder.of(folder / "code" / "train.py").copied(tmp_path / "copy", {})
