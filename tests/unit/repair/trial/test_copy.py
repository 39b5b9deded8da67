"""A copy of a program's folder: what a trial may write to is not the user's."""

from __future__ import annotations

from pathlib import Path

import pytest

from vandap.errors import UsageError
from vandap.repair.trial import copy
from vandap.repair.trial.copy import Folder, Shelf


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


def there(own: Folder) -> set[str]:
    """What a copy holds."""
    return {str(path.relative_to(own.root)) for path in own.root.rglob("*") if path.is_file()}


def test_the_working_directory_is_copied(folder: Path, tmp_path: Path) -> None:
    """A script below it finds its data by the same relative paths; runs and git stay behind."""
    script = folder / "code" / "train.py"
    shelf = Shelf(tmp_path / "shelf")
    own = Folder.of(script).copied(tmp_path / "copy", {script: b"edited"}, shelf)
    assert own.directory == tmp_path / "copy" and own.script.read_bytes() == b"edited"
    assert script.read_bytes() == b"x" * 5
    assert there(own) == {"code/train.py", "data/large.npy", "notes.txt"}
    assert not (own.root / "notes.txt").is_symlink()


def test_what_a_trial_writes_over_is_not_the_users(folder: Path, tmp_path: Path) -> None:
    """Large data are kept once for all trials, and anew where one wrote to them; a large model is every trial's own."""
    (folder / "best.keras").write_bytes(b"m" * 50)
    shelf, script = Shelf(tmp_path / "shelf"), folder / "code" / "train.py"
    one, other = (Folder.of(script).copied(tmp_path / name, {}, shelf) for name in ("one", "other"))
    data = [own.root / "data" / "large.npy" for own in (one, other)]
    assert data[0].resolve() == data[1].resolve() != folder / "data" / "large.npy"
    data[0].write_bytes(b"new")
    (one.root / "best.keras").write_bytes(b"new")
    assert (folder / "data" / "large.npy").read_bytes() == b"x" * 50
    assert (folder / "best.keras").read_bytes() == (other.root / "best.keras").read_bytes() == b"m" * 50
    third = Folder.of(script).copied(tmp_path / "third", {}, shelf)
    assert (third.root / "data" / "large.npy").read_bytes() == b"x" * 50


def test_links_are_followed(folder: Path, tmp_path: Path) -> None:
    """A linked folder of data is there, as a copy; one that leads back is not gone into again."""
    (tmp_path / "sets").mkdir()
    (tmp_path / "sets" / "a.csv").write_text("1")
    (folder / "sets").symlink_to(tmp_path / "sets")
    (folder / "loop").symlink_to(folder)
    own = Folder.of(folder / "code" / "train.py").copied(tmp_path / "copy", {}, Shelf(tmp_path / "shelf"))
    (own.root / "sets" / "a.csv").write_text("2")
    assert (tmp_path / "sets" / "a.csv").read_text() == "1" and not (own.root / "loop" / "code").exists()


def test_a_script_elsewhere_brings_its_own_folder(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is not below the working directory is run in a copy of its own folder, from where it was started."""
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    assert Folder.of(folder / "code" / "train.py").root == folder / "code"
    monkeypatch.chdir(folder / "data")
    (folder / "train.py").write_text("")
    above = Folder.of(Path("../train.py"))
    assert (above.root, above.script, above.directory) == (folder, folder / "train.py", folder / "data")
    own = above.copied(tmp_path / "copy", {}, Shelf(tmp_path / "shelf"))
    assert own.script == tmp_path / "copy" / "train.py" and own.directory == tmp_path / "copy" / "data"


def test_too_many_files_are_refused(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home folder is not copied for every trial."""
    monkeypatch.setattr(copy, "MOST_FILES", 1)
    with pytest.raises(UsageError, match="too many files"):
        Folder.of(folder / "code" / "train.py").copied(tmp_path / "copy", {}, Shelf(tmp_path / "shelf"))
