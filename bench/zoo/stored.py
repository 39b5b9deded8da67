"""Members as they are stored: one compressed file each, from which the rules judge again in milliseconds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vandap.core.program import Program, read_program
from vandap.core.signals import Series
from vandap.core.store import Run, read_json


@dataclass(frozen=True)
class Outcome:
    """What came of a member.

    Args:
        name: The member.
        kind: `healthy`, `twin` or `sick`.
        twin: The healthy member that a sick one is compared with.
        half: `development` or `test`.
        seed: Of the split and of all random numbers.
        score: On the clean test part; NaN after a crash.
        crash: Class of the exception that ended it.
        seconds: Of the training.
        exam_seconds: Of scoring, judging and decisive tests.
        backend: Keras back end.
    """

    name: str
    kind: str
    twin: str
    half: str
    seed: int
    score: float
    crash: str
    seconds: float
    exam_seconds: float
    backend: str


@dataclass(frozen=True)
class Stored:
    """One stored member: its outcome, how it was watched, and all evidence that the rules read."""

    outcome: Outcome
    watch: Mapping[str, Any]
    evidence: Mapping[str, Series | Program]


def store(path: Path, folder: Path, outcome: Outcome) -> None:
    """Pack a run folder into one file, which appears whole or not at all."""
    run = Run(folder)
    extra = {
        name: read_json(folder / f"{name}.json") for name in ("watch", "tests") if (folder / f"{name}.json").is_file()
    }
    labels = {name: series.labels for name, series in run.signals.items()}
    facts = {"outcome": asdict(outcome), "program": run.program, "labels": labels, **extra}
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}")
    arrays = {name: series.values for name, series in run.signals.items()}
    with temporary.open("wb") as file:
        np.savez_compressed(file, **arrays, facts=np.array(json.dumps(facts)))
    temporary.replace(path)


def score_path(folder: Path, name: str, seed: int) -> Path:
    """Where the score of a training without an exam is stored."""
    return folder / "scores" / f"{name}@{seed}.json"


def store_score(path: Path, outcome: Outcome) -> None:
    """Write what came of a training without an exam; NaN stays NaN."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}")
    temporary.write_text(json.dumps(asdict(outcome)), encoding="utf-8")
    temporary.replace(path)


def read_scores(folder: Path) -> tuple[Outcome, ...]:
    """All outcomes without an exam of one half."""
    paths = sorted((folder / "scores").glob("*.json"))
    return tuple(Outcome(**json.loads(path.read_text(encoding="utf-8"))) for path in paths)


def read(path: Path) -> Stored:
    """Read one member."""
    with np.load(path, allow_pickle=False) as file:
        facts = json.loads(str(file["facts"]))
        labels = {name: {key: tuple(names) for key, names in item.items()} for name, item in facts["labels"].items()}
        evidence: dict[str, Any] = {name: Series(file[name], labels.get(name, {})) for name in labels}
    program = read_program(facts["program"]) if facts["program"] else None
    if program is not None:
        evidence["program"] = program
    return Stored(Outcome(**facts["outcome"]), facts.get("watch", {}), evidence)
