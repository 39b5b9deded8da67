"""The store: one folder a run, plain files. Training writes it; rules, reports and questions only read it.

Every file is written whole and moved into place, so a reader never sees half of one and kill -9 loses none that was
there before. `events.jsonl` alone grows line by line; a torn last line is ignored.
"""

from __future__ import annotations

import fcntl
import io
import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from vandap.core.evaluation import Evaluation, Ladder
from vandap.core.finding import Finding, Verdict, ranked
from vandap.core.program import Program, read_program
from vandap.core.recipe import Recipe
from vandap.core.records import from_json, to_json
from vandap.core.signals import SIGNALS, Series
from vandap.errors import RunError

SCHEMA = 1


@dataclass(frozen=True)
class RunInfo:
    """`run.json`.

    Args:
        name: The run's name.
        status: `running`, `interrupted`, `failed` or `done`.
        key: Hash of the request and of the data's fingerprint: the same command on the same data resumes.
        command: The command as typed.
        started: Seconds since 1970.
        ended: Seconds since 1970; NaN while running.
        seconds: Wall-clock seconds of each stage.
        versions: Versions of Python, vandap and the libraries.
        hardware: Processor, cores, memory, accelerators.
        error: Why it failed.
        schema: Version of the folder's layout.
    """

    name: str
    status: str
    key: str
    command: tuple[str, ...]
    started: float
    ended: float = float("nan")
    seconds: Mapping[str, float] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    hardware: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""
    schema: int = SCHEMA


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole: to a temporary name beside it, flushed to disk, then moved into place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_json(path: Path, value: Any) -> None:
    """Write a record or JSON data as a JSON file."""
    write_bytes(path, _encoded(value, indent=1) + b"\n")


def _encoded(value: Any, indent: int | None = None) -> bytes:
    """JSON as UTF-8; a file name that is no UTF-8 keeps its odd bytes as JSON escapes."""
    text = json.dumps(to_json(value), indent=indent, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "backslashreplace")


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises:
        RunError: The file is missing or no JSON.
    """
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise RunError(
            f"The run folder lacks {path.name}.",
            received=str(path.parent),
            expected=f"a run folder with {path.name}",
            hint="Give the folder that `vandap train` printed; if the run was cut, run its command again to resume it.",
        ) from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise RunError(
            f"{path.name} is damaged: {error}.",
            received=str(path),
            expected="JSON written by vandap",
            hint="Remove the run folder and run the command again.",
        ) from None


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write named arrays as one `.npz` file."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    write_bytes(path, buffer.getvalue())


def write_series(folder: Path, name: str, series: Series) -> None:
    """Write one signal of the catalogue as `<folder>/<name>.npz`.

    Raises:
        KeyError: The catalogue has no such signal.
        ValueError: The values do not have the catalogue's dimensions, or are no numbers.
    """
    if series.values.dtype.kind == "O":
        raise ValueError(f"The signal {name!r} holds objects, which no reader takes. Expected: numbers.")
    if series.values.ndim != len(SIGNALS[name].dimensions):
        raise ValueError(
            f"The signal {name!r} has other dimensions than the catalogue says. "
            f"Received: shape {series.values.shape}. Expected: {SIGNALS[name].dimensions}."
        )
    labels = json.dumps(to_json(series.labels))
    write_arrays(folder / f"{name}.npz", {"values": series.values, "labels": np.array(labels)})


class Run:
    """A run folder, read lazily. See the package's design for the layout.

    Args:
        path: The folder.

    Raises:
        RunError: No run folder, one of another program, or one of a newer version.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        if not (self.path / "run.json").is_file():
            raise RunError(
                "This is not a run folder.",
                received=str(path),
                expected="a folder that holds run.json",
                hint="Give the folder that `vandap train` printed, such as runs/NAME.",
            )
        try:
            schema = self.info.schema
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise RunError(
                "This run.json was not written by vandap, or it is damaged.",
                received=f"{self.path / 'run.json'} ({type(error).__name__}: {error})",
                expected="the record of a run",
                hint="Give the folder that `vandap train` printed, such as runs/NAME.",
            ) from error
        if schema > SCHEMA:
            raise RunError(
                "This run was written by a newer vandap.",
                received=f"layout version {schema}",
                expected=f"layout version {SCHEMA} or older",
                hint="pip install --upgrade vandap",
            )

    @property
    def info(self) -> RunInfo:
        """`run.json`, read anew each time, because a live run changes it."""
        return from_json(RunInfo, read_json(self.path / "run.json"))

    @cached_property
    def recipe(self) -> Recipe:
        """`recipe.json`."""
        return from_json(Recipe, read_json(self.path / "recipe.json"))

    @cached_property
    def data(self) -> Mapping[str, Any]:
        """`data.json`: task, classes, columns, counts, notes, profile, split audit, fingerprints, ledger."""
        return read_json(self.path / "data.json")

    @cached_property
    def program(self) -> Mapping[str, Any] | None:
        """`program.json`: layers, compile and fit settings, cost account; None when no network was trained."""
        path = self.path / "program.json"
        return read_json(path) if path.is_file() else None

    @cached_property
    def ladder(self) -> Ladder:
        """`ladder.json`."""
        return from_json(Ladder, read_json(self.path / "ladder.json"))

    def evaluation(self, part: str) -> Evaluation | None:
        """The evaluation of the recommended model on `validation` or `test`; None when there is none."""
        path = self.path / f"evaluation.{part}.json"
        return from_json(Evaluation, read_json(path)) if path.is_file() else None

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """`findings.json`: one verdict a rule."""
        return tuple(from_json(Verdict, item) for item in read_json(self.path / "findings.json"))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings, in the order of `vandap.core.finding.ranked`."""
        return ranked(self.verdicts)

    @cached_property
    def signals(self) -> Mapping[str, Series]:
        """Every signal that the run measured, by name."""
        folder = self.path / "signals"
        return {path.stem: _read_series(path) for path in sorted(folder.glob("*.npz"))} if folder.is_dir() else {}

    @property
    def evidence(self) -> Mapping[str, Series | Program]:
        """All that rules read: the signals, and under `program` the structure, where the run has one."""
        structure = read_program(self.program) if self.program else None
        return {**self.signals, "program": structure} if structure else self.signals

    def predictions(self, learner: str, part: str) -> Mapping[str, np.ndarray]:
        """Stored predictions of a learner: `rows`, `target`, `prediction` (form: see `Task`), perhaps `groups`."""
        with np.load(self.path / "predictions" / f"{learner}.{part}.npz", allow_pickle=False) as file:
            return {name: file[name] for name in file.files}

    def events(self) -> Iterator[Mapping[str, Any]]:
        """The log, oldest first; a torn last line is left out."""
        path = self.path / "events.jsonl"
        if path.is_file():
            for line in path.read_text(encoding="utf-8").splitlines():
                try:
                    yield json.loads(line)
                except json.JSONDecodeError:
                    return


class RunWriter:
    """Writes a run folder. Holds an exclusive lock while open, so two processes never write the same run.

    Args:
        path: The folder; created if missing.

    Raises:
        RunError: Another process holds the lock.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        self._lock = (path / ".lock").open("a+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise RunError(
                "Another process is writing this run.",
                received=str(path),
                expected="a run folder that no other process uses",
                hint="Wait for it, or give another folder with --out.",
            ) from None

    def close(self) -> None:
        """Release the lock."""
        self._lock.close()

    def json(self, name: str, value: Any) -> None:
        """Write `<name>.json`."""
        write_json(self.path / f"{name}.json", value)

    def signal(self, name: str, series: Series) -> None:
        """Write one signal of the catalogue.

        Raises:
            KeyError: The catalogue has no such signal.
            ValueError: The values do not have the catalogue's dimensions.
        """
        write_series(self.path / "signals", name, series)

    def predictions(
        self,
        learner: str,
        part: str,
        rows: np.ndarray,
        target: np.ndarray,
        prediction: np.ndarray,
        groups: np.ndarray | None = None,
    ) -> None:
        """Store held-out predictions, from which every figure is computed, and the group of each row, if it has one."""
        arrays = {"rows": rows, "target": target, "prediction": prediction}
        if groups is not None:
            arrays["groups"] = groups
        write_arrays(self.path / "predictions" / f"{learner}.{part}.npz", arrays)

    def event(self, kind: str, **facts: Any) -> None:
        """Append one line to `events.jsonl`."""
        with (self.path / "events.jsonl").open("ab") as file:
            file.write(_encoded({"time": time.time(), "event": kind, **facts}) + b"\n")


@contextmanager
def writing(path: Path) -> Iterator[RunWriter]:
    """Open a run folder for writing and release it at the end."""
    writer = RunWriter(path)
    try:
        yield writer
    finally:
        writer.close()


def _read_series(path: Path) -> Series:
    with np.load(path, allow_pickle=False) as file:
        labels = {key: tuple(names) for key, names in json.loads(str(file["labels"])).items()}
        return Series(file["values"], labels)
