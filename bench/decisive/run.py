"""Run every decisive test on trainings of the zoo, whether a rule suspects them or not, and store what was measured.

    KERAS_BACKEND=torch python -m bench.decisive.run --out results.jsonl [--half development] [--every 4] [--seed 0]

A test that runs without suspicion meets far more healthy trainings than it does in an exam: what it says of them is
where its thresholds come from. One JSON line a training; trainings that stand in the file are not repeated. The tests
have no limit of time but one of steps, so that the load of the machine changes no number; `--steps` is what the default
budget allows a training of some ten seconds. `report.py` prints the distributions.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "torch")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import keras
from zoo import faulty, healthy
from zoo.records import Half, Plan
from zoo.train import train

from vandap.core.finding import Severity, Status
from vandap.core.records import to_json
from vandap.core.store import Run, write_series
from vandap.diagnose import catalogue
from vandap.diagnose.engine import diagnose
from vandap.exam.decide import tests
from vandap.exam.decisive import _comparison
from vandap.watch import watching

NO_LIMIT = 1e6


def members(half: Half, every: int) -> Iterator[tuple[Plan, tuple[str, ...]]]:
    """Plans with the acceptable names of their fault; none for healthy ones."""
    truths = {operator.name: operator.truth().faults for operator in faulty.OPERATORS}
    yield from ((plan, ()) for plan in healthy.plans(half)[::every])
    for sick in list(faulty.plans(half)):
        yield sick.plan, truths[sick.plan.name.rsplit("+", 1)[-1]]


def examined(plan: Plan, seed: int) -> dict[str, Any]:
    """Train a plan under watch, run every test, and ask the rules that read tests."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with watching(folder) as session:
            train(plan, seed)
        measured = {test.slug: _measured(test, session.kept, seed, folder) for test in tests()}
        readers = [rule for rule in catalogue.rules() if any(name.startswith("test_") for name in rule.optional)]
        verdicts = diagnose(Run(folder), rules=readers)
    return {
        "tests": measured,
        "issues": [
            verdict.slug for verdict in verdicts
            if verdict.status is Status.FOUND and verdict.finding and verdict.finding.severity is Severity.ISSUE
        ],
    }  # fmt: skip


def _measured(test: Any, kept: Any, seed: int, folder: Path) -> dict[str, Any]:
    began = time.perf_counter()
    reason = test.obstacle(kept) if kept is not None else "nothing was kept"
    try:
        series = None if reason else test.run(kept, NO_LIMIT, seed)
    except Exception as error:
        series, reason = None, f"{type(error).__name__}: {error}"
    if series is None:
        return {"skipped": reason}
    write_series(folder / "signals", test.signal, series)
    seconds = round(time.perf_counter() - began, 2)
    return {"labels": dict(series.labels), "values": series.values, "seconds": seconds}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--half", choices=["development", "test"], default="development")
    parser.add_argument("--every", type=int, default=4, help="take every n-th healthy training")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=120, help="most steps of an arm")
    arguments = parser.parse_args()
    _comparison.MOST_STEPS = arguments.steps
    lines = arguments.out.read_text().splitlines() if arguments.out.exists() else []
    done = {(entry["name"], entry["seed"]) for entry in map(json.loads, lines)}
    for plan, faults in members(arguments.half, arguments.every):
        if (plan.name, arguments.seed) in done:
            continue
        entry: dict[str, Any] = {"name": plan.name, "seed": arguments.seed, "faults": faults}
        try:
            entry |= examined(plan, arguments.seed)
        except Exception as error:
            entry |= {"error": f"{type(error).__name__}: {error}", "tests": {}, "issues": []}
        with arguments.out.open("a") as file:
            file.write(json.dumps(to_json(entry)) + "\n")
        keras.utils.clear_session()
        print(plan.name, entry["issues"], entry.get("error", ""), flush=True)


if __name__ == "__main__":
    main()
