"""Bad inputs: one message that says what to do, exit code 2, no traceback, nothing left behind."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from vandap.cli.main import main


def empty(folder: Path) -> Path:
    """A file without a byte."""
    path = folder / "data.csv"
    path.write_bytes(b"")
    return path


def header_only(folder: Path) -> Path:
    """A table without rows."""
    path = folder / "data.csv"
    path.write_text("a,b\n")
    return path


def one_class(folder: Path) -> Path:
    """A target of one class."""
    path = folder / "data.csv"
    path.write_text("a,label\n" + "".join(f"{row},yes\n" for row in range(50)))
    return path


def constant_number(folder: Path) -> Path:
    """A numeric target of one value."""
    path = folder / "data.csv"
    path.write_text("a,target\n" + "".join(f"{row},1.5\n" for row in range(50)))
    return path


def not_what_it_says(folder: Path) -> Path:
    """A picture named as a table."""
    path = folder / "data.parquet"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    return path


def empty_folder(folder: Path) -> Path:
    """A folder without images."""
    path = folder / "photos"
    path.mkdir()
    return path


def arrays_of_other_lengths(folder: Path) -> Path:
    """Inputs and targets that do not match."""
    path = folder / "data.npz"
    np.savez(path, x=np.zeros((10, 3)), y=np.zeros(9, int))
    return path


def pickled(folder: Path) -> Path:
    """An array of objects, which only pickle could read."""
    path = folder / "data.npz"
    np.savez(path, x=np.array([{}, {}], dtype=object), y=np.array([0, 1]))
    return path


BAD = [empty, header_only, one_class, constant_number, not_what_it_says, empty_folder, arrays_of_other_lengths, pickled]


@pytest.mark.parametrize("make", BAD, ids=lambda make: make.__name__)
def test_bad_data_is_one_message(
    make: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message has all four parts, and no run folder is begun."""
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path)
    data = make(tmp_path / "in")  # type: ignore[operator]
    assert main(["train", str(data), "--budget", "5s", "--json"]) == 2
    out, err = capsys.readouterr()
    error = json.loads(out)["error"]
    assert err == "" and all(error.values()), error
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


@pytest.mark.parametrize(
    "words",
    [
        ("--target", "nosuch"),
        ("--group", "nosuch"),
        ("--ignore", "nosuch"),
        ("--type", "a=colour"),
        ("--budget", "soon"),
        ("--budget", "0.1s"),
        ("--task", "ranking"),
        ("--learners", "oracle"),
        ("--metric", "beauty"),
        ("--set", "wings=2"),
        ("--kind", "spreadsheet"),
        ("--test", "absent.csv"),
        ("--recipe", "absent.json"),
        ("--encoding", "klingon"),
        ("--weights", "absent.keras"),
        ("--seed", "-1"),
    ],
    ids=" ".join,
)
def test_a_bad_option_is_one_message(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong word is refused before anything is trained, with all four parts, and nothing is begun."""
    (tmp_path / "data.csv").write_text(
        "a,b,y\n" + "".join(f"{r},{r * r % 7},{'no' if r % 2 else 'yes'}\n" for r in range(60))
    )
    monkeypatch.chdir(tmp_path)
    assert main(["train", "data.csv", "--budget", "5s", *words, "--json"]) == 2
    out, err = capsys.readouterr()
    error = json.loads(out)["error"]
    assert err == "" and all(error.values()), error
    assert [path.name for path in tmp_path.iterdir()] == ["data.csv"]


@pytest.mark.parametrize(
    "words", [("train.py",), ("model.keras",), ("model.keras", "--data", "x.csv"), ("run",)], ids=" ".join
)
def test_a_missing_subject_of_an_exam_is_one_message(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A script, a model or a run that is not there is said with all four parts, and nothing is begun."""
    monkeypatch.chdir(tmp_path)
    assert main(["exam", "--json", *words]) == 2
    assert all(json.loads(capsys.readouterr().out)["error"].values())
    assert not list(tmp_path.iterdir())
