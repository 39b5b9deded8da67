"""One writing of a run folder: where it is, how far it is, how much time is left."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from vandap import __version__
from vandap.core.dataset import Dataset
from vandap.core.progress import Progress
from vandap.core.recipe import Recipe
from vandap.core.records import from_json, to_json
from vandap.core.rows import picked
from vandap.core.schema import Role
from vandap.core.store import Run, RunInfo, RunWriter, read_json, write_json
from vandap.core.task import Task
from vandap.errors import RunError

UNFINISHED = ("running", "interrupted")
CLOCK = "work/clock.json"
"""Seconds that all processes together have spent on a run."""
_BEGINNING = {".lock", "recipe.json", "data.json"}


@dataclass
class Session:
    """A run being written.

    Attributes:
        recipe: The request.
        dataset: The data.
        writer: The locked run folder.
        info: `run.json`.
        progress: Where to report.
        spent_before: Seconds that earlier processes spent on this run.
        began: When this process began, reading included (`time.monotonic`).
    """

    recipe: Recipe
    dataset: Dataset
    writer: RunWriter
    info: RunInfo
    progress: Progress
    spent_before: float = 0.0
    began: float = field(default_factory=time.monotonic)

    @property
    def path(self) -> Path:
        """The run folder."""
        return self.writer.path

    @property
    def work(self) -> Path:
        """Folder of unfinished fits; removed when the run is done."""
        return self.path / "work"

    def left(self) -> float:
        """Seconds of the budget that are left."""
        return self.recipe.budget - self.spent()

    def spent(self) -> float:
        """Seconds spent so far, those of earlier processes included."""
        return self.spent_before + time.monotonic() - self.began

    def keep_time(self) -> None:
        """Write down the seconds spent, so that a resumed run does not get them twice."""
        write_json(self.path / CLOCK, {"spent": self.spent()})

    @contextmanager
    def stage(self, title: str) -> Iterator[None]:
        """Report a stage and record its wall clock."""
        self.keep_time()
        self.progress("stage", {"title": title})
        self.writer.event("stage", title=title)
        start = time.monotonic()
        yield
        seconds = dict(self.info.seconds)
        seconds[title] = seconds.get(title, 0.0) + time.monotonic() - start
        self.info = replace(self.info, seconds=seconds)
        self.writer.json("run", self.info)

    def end(self, status: str, error: str = "") -> None:
        """Record how the run ended."""
        self.info = replace(self.info, status=status, error=error, ended=time.time())
        self.writer.json("run", self.info)
        self.writer.event("end", status=status, error=error)

    def close(self) -> None:
        """Release the run folder."""
        self.writer.close()


def open_session(
    recipe: Recipe, dataset: Dataset, out: Path | None, command: tuple[str, ...], progress: Progress, began: float
) -> Session:
    """Continue the unfinished run of this request on these data, or start a new one.

    Raises:
        RunError: `out` is in use, or holds something else.
    """
    from vandap.core.machine import hardware, versions

    key = request_key(recipe, dataset)
    machine, libraries, description = hardware(), versions(), describe(dataset)
    path, resumed = _choose_folder(out, dataset.name, key)
    writer = RunWriter(path)
    if resumed:
        info = replace(Run(path).info, status="running", error="")
        progress("note", {"text": f"continuing the unfinished run {path}"})
    else:
        info = RunInfo(
            name=path.name,
            status="running",
            key=key,
            command=command,
            started=time.time(),
            versions=libraries,
            hardware=machine,
        )
        writer.json("recipe", recipe)
        writer.json("data", description)
    writer.json("run", info)
    writer.event("resume" if resumed else "start", command=list(command))
    spent = float(read_json(path / CLOCK)["spent"]) if resumed and (path / CLOCK).is_file() else 0.0
    return Session(recipe, dataset, writer, info, progress, spent, began)


def request_key(recipe: Recipe, dataset: Dataset) -> str:
    """Hash of what was asked for and of the data's content."""
    request = json.dumps([to_json(recipe), dataset.fingerprint, __version__], sort_keys=True)
    return hashlib.blake2b(request.encode(), digest_size=12).hexdigest()


def _choose_folder(out: Path | None, name: str, key: str) -> tuple[Path, bool]:
    if out is not None:
        if not out.exists() or (out.is_dir() and all(item.name in _BEGINNING for item in out.iterdir())):
            return out, False  # empty, or a run that was killed before it was one
        if _is_unfinished(out, key):
            return out, True
        raise RunError(
            "The output folder is in use.",
            received=str(out),
            expected="a new or empty folder, or the unfinished run of this same command on the same data",
            hint="Give another folder with --out, or remove this one.",
        )
    root = Path("runs")
    for path in sorted(root.glob("*")) if root.is_dir() else []:
        if _is_unfinished(path, key):
            return path, True
    number = 1 + max([int(match[1]) for match in _numbers(root, name)], default=0)
    return root / f"{name}-{number:02d}", False


def _numbers(root: Path, name: str) -> Iterator[re.Match[str]]:
    pattern = re.compile(re.escape(name) + r"-(\d+)")
    for path in root.glob(f"{name}-*") if root.is_dir() else []:
        match = pattern.fullmatch(path.name)
        if match:
            yield match


def _is_unfinished(path: Path, key: str) -> bool:
    if not (path / "run.json").is_file():
        return False
    try:
        info = from_json(RunInfo, read_json(path / "run.json"))
    except (RunError, OSError, TypeError, ValueError, KeyError, AttributeError):  # another program's, or damaged
        return False
    if info.key != key or info.status not in UNFINISHED:
        return False
    try:
        RunWriter(path).close()
    except RunError:  # another process is writing it
        return False
    return True


def describe(dataset: Dataset) -> Mapping[str, Any]:
    """`data.json`."""
    from vandap.data.audit import part_fingerprint

    split = dataset.split
    parts = {"train": split.train, "validation": split.validation, "test": split.test}
    targets = [column.name for column in dataset.columns if column.role is Role.TARGET]
    target: dict[str, Any] = {"name": targets[0] if targets else "target"}
    if dataset.task is Task.REGRESSION:
        values = picked(dataset.target, split.train)
        target |= {"min": values.min(), "max": values.max(), "mean": values.mean(), "deviation": values.std()}
    return {
        "name": dataset.name,
        "source": dataset.source,
        "kind": dataset.kind,
        "task": dataset.task,
        "classes": dataset.classes,
        "columns": [replace(column, categories=column.categories[:50]) for column in dataset.columns],
        "rows": int(sum(len(rows) for rows in parts.values())),
        "target": target,
        "split": {
            "method": split.method,
            "given": split.given,
            **{name: len(rows) for name, rows in parts.items()},
            "folds": len(split.folds),
            "fingerprints": {name: part_fingerprint(dataset, rows) for name, rows in parts.items() if len(rows)},
        },
        "notes": dataset.notes,
        "profile": dataset.facts.get("profile", {}),
        "audit": dataset.facts.get("audit", {}),
        "fingerprint": dataset.fingerprint,
        "ledger": [],
    }


def sample(rows: np.ndarray, most: int, seed: int) -> np.ndarray:
    """At most `most` of the rows, drawn with the seed, in ascending order."""
    if len(rows) <= most:
        return rows
    return np.sort(np.random.default_rng((seed, 11)).choice(rows, most, replace=False))
