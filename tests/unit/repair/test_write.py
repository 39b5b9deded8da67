"""Proved changes are written with a backup, and never over somebody's work."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from vandap.core.program import FitCall, Program, Site
from vandap.errors import UsageError
from vandap.repair import write as writing
from vandap.repair.changes.optimisation import Epochs
from vandap.repair.source.project import Project, apply
from vandap.repair.write import uncommitted, write

TEXT = "model.fit(x, y, epochs=3)\n"


def edited(file: Path) -> Project:
    """A script with other epochs."""
    program = Program(fits=(FitCall("arrays", site=Site(str(file), 1)),))
    return apply(Project(program, file.parent), (Epochs(9),)).project


def test_a_file_is_written_with_a_backup(tmp_path: Path) -> None:
    """The former content stands beside it, also the one before."""
    file = tmp_path / "train.py"
    file.write_text(TEXT)
    file.chmod(0o755)
    (written,) = write(edited(file))
    assert file.read_text() == "model.fit(x, y, epochs=9)\n" and file.stat().st_mode & 0o777 == 0o755
    assert written.backup.read_text() == TEXT
    file.write_text(TEXT)
    assert write(edited(file))[0].backup != written.backup


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """What it leads to is written, and the backup lies there."""
    (tmp_path / "kept").mkdir()
    file, link = tmp_path / "kept" / "train.py", tmp_path / "train.py"
    file.write_text(TEXT)
    link.symlink_to(file)
    (written,) = write(edited(link))
    assert link.is_symlink() and file.read_text() == "model.fit(x, y, epochs=9)\n"
    assert written.path == file and written.backup.parent == file.parent


def test_all_files_are_written_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full at the second file leaves the first as it was, and no backups."""
    files = [tmp_path / "a.py", tmp_path / "b.py"]
    projects = []
    for file in files:
        file.write_text(TEXT)
        projects.append(edited(file))
    both = replace(projects[0], documents={**projects[0].documents, **projects[1].documents})
    monkeypatch.setattr(writing, "write_bytes", lambda path, content: _full(path, content, files[1]))
    with pytest.raises(OSError, match="No space"):
        write(both)
    assert [file.read_text() for file in files] == [TEXT, TEXT]
    assert sorted(tmp_path.iterdir()) == files


def _full(path: Path, content: bytes, at: Path) -> None:
    if path == at:
        raise OSError(28, "No space left on device")
    path.write_bytes(content)


def test_a_file_that_changed_meanwhile_is_not_written(tmp_path: Path) -> None:
    """What was proved was proved of another text."""
    file = tmp_path / "train.py"
    file.write_text(TEXT)
    project = edited(file)
    file.write_text(TEXT + "# mine\n")
    with pytest.raises(UsageError, match="has changed"):
        write(project)
    assert file.read_text().endswith("# mine\n") and len(list(tmp_path.iterdir())) == 1


def test_what_is_written_is_what_was_examined(tmp_path: Path) -> None:
    """Edited while it was repaired: the diff is of the source as it was, and is not made in another."""
    file = tmp_path / "train.py"
    file.write_text(TEXT.replace("x, y", "x, z"))
    program = Program(fits=(FitCall("arrays", site=Site(str(file), 1)),))
    project = apply(Project(program, tmp_path, {file: TEXT.encode()}), (Epochs(9),)).project
    assert "+model.fit(x, y, epochs=9)" in project.diff()
    with pytest.raises(UsageError, match="has changed"):
        write(project)
    elsewhere = apply(Project(program, tmp_path, {tmp_path / "other.py": b""}), (Epochs(9),))
    assert "not the program's own" in str(elsewhere.refused[0][1])


def test_changes_that_are_not_committed_are_known(tmp_path: Path) -> None:
    """Git is asked, and only about files that it knows."""
    file = tmp_path / "train.py"
    file.write_text(TEXT)
    assert uncommitted([file]) == ()
    git = ("git", "-c", "user.name=x", "-c", "user.email=x@example.org")
    for words in (("init", "-q"), ("add", "train.py"), ("commit", "-q", "-m", "x")):
        subprocess.run((*git, *words), cwd=tmp_path, check=True)
    assert uncommitted([file]) == ()
    file.write_text("changed\n")
    assert uncommitted([file]) == (file,)
