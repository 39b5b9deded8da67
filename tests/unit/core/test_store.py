"""Run folders: whole files, locks, odd input."""

import json

import numpy as np
import pytest

from vandap.core.signals import Series
from vandap.core.store import Run, RunInfo, RunWriter, read_json, write_bytes, write_json, writing
from vandap.errors import RunError

INFO = RunInfo("r", "done", "key", ("vandap", "train"), 1.0)


def test_a_signal_is_read_as_it_was_written(tmp_path):
    """Values and labels come back; `at` finds a number by its labels."""
    with writing(tmp_path) as writer:
        writer.json("run", INFO)
        labels = {"split": ("train", "test"), "class": ("a", "b")}
        writer.signal("class_counts", Series(np.array([[1.0, 2.0], [3.0, 4.0]]), labels))
    series = Run(tmp_path).signals["class_counts"]
    assert series.labels == labels
    assert series.at(split="test", class_="a") == 3.0


def test_a_signal_of_other_dimensions_is_refused(tmp_path):
    """The catalogue's dimensions hold."""
    with writing(tmp_path) as writer, pytest.raises(ValueError, match="catalogue"):
        writer.signal("loss", Series(np.zeros((2, 2))))


def test_two_writers_are_refused_and_a_closed_one_lets_go(tmp_path):
    """A run folder has one writer at a time."""
    first = RunWriter(tmp_path)
    with pytest.raises(RunError, match="Another process"):
        RunWriter(tmp_path)
    first.close()
    RunWriter(tmp_path).close()


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    """A write that fails half-way changes nothing and leaves no temporary file."""
    path = tmp_path / "a.json"
    write_json(path, {"a": 1})
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_bytes(path, b"half")
    assert read_json(path) == {"a": 1}
    assert [item.name for item in tmp_path.iterdir()] == ["a.json"]


def test_a_torn_last_event_is_left_out(tmp_path):
    """A log that was cut in the middle of a line gives the lines before it."""
    with writing(tmp_path) as writer:
        writer.json("run", INFO)
        writer.event("start")
    with (tmp_path / "events.jsonl").open("a") as file:
        file.write('{"event": "ha')
    assert [event["event"] for event in Run(tmp_path).events()] == ["start"]


def test_a_name_that_is_no_utf8_is_written(tmp_path):
    """Odd bytes of a file name become JSON escapes instead of a crash."""
    with writing(tmp_path) as writer:
        writer.json("run", INFO)
        writer.json("data", {"name": "a\udce9.png"})
        writer.event("read", name="a\udce9.png")
    assert read_json(tmp_path / "data.json")["name"] == "a\udce9.png"


@pytest.mark.parametrize(
    ("content", "match"), [("no json", "damaged"), (json.dumps({**vars(INFO), "schema": 99}), "newer")]
)
def test_damaged_and_newer_runs_are_refused(tmp_path, content, match):
    """Each gets one clear error."""
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(RunError, match=match):
        Run(tmp_path)


def test_a_folder_without_a_run_is_refused(tmp_path):
    """The error says what a run folder holds."""
    with pytest.raises(RunError, match="not a run folder"):
        Run(tmp_path)


@pytest.mark.parametrize("text", ['{"id": 7, "loss": 0.1}', "[]", '"a run"', "null", '{"schema": "one"}'])
def test_a_run_file_of_another_program_is_refused_by_name(tmp_path, text):
    """The error names the file."""
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(RunError, match=r"not written by vandap(.|\n)*run\.json"):
        Run(tmp_path)
