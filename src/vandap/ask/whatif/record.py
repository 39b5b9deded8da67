"""The answer to a what-if, as it is stored and shown."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vandap.core.experiment import Experiment
from vandap.core.records import from_json
from vandap.core.store import read_json, write_json
from vandap.repair.session import EXPERIMENTS

FILE = "answer.json"


@dataclass(frozen=True)
class Answered:
    """A what-if and its answer.

    Args:
        question: The what-if.
        subject: What it was asked of, as the user named it.
        run: The run folder.
        prediction: What theory predicts.
        short: The answer in an interview.
        metric: Slug of the metric that decided.
        experiment: The experiment.
        sources: Where the theory is shown.
        mechanism: What happened inside of the network, in a sentence; "" where it was not watched.
        seen: (quantity, as it is, changed) that were measured inside.
        edit: The edit that was tried, as a unified diff.
        seconds: Wall clock.
    """

    question: str
    subject: str
    run: str
    prediction: str
    short: str
    metric: str
    experiment: Experiment
    sources: tuple[str, ...] = ()
    mechanism: str = ""
    seen: tuple[tuple[str, float, float], ...] = ()
    edit: str = ""
    seconds: float = 0.0

    def document(self) -> dict[str, Any]:
        """The answer as `--json` prints it."""
        outcome = self.experiment.outcome
        arms = {"as it is": self.experiment.reference, self.question: self.experiment.changed}
        return {
            "question": self.question,
            "prediction": self.prediction,
            "sources": self.sources,
            "effect": None if outcome is None else outcome.document(),
            "mechanism": self.mechanism,
            "plot": {
                "kind": "scores by seed",
                "metric": self.metric,
                "arms": {name: [[trial.seed, trial.score] for trial in arm.trials] for name, arm in arms.items()},
            },
            "seen": [dict(zip(("name", "before", "after"), row, strict=True)) for row in self.seen],
            "short": self.short,
            "edit": self.edit,
            "hypothesis": self.experiment.hypothesis,
            "run": self.run,
            "seconds": self.seconds,
        }


def write_answered(folder: Path, answered: Answered) -> None:
    """Store an answer beside its experiment."""
    write_json(folder / FILE, answered)


def read_answered(folder: Path) -> Answered | None:
    """Read an answer; None where there is none."""
    path = folder / FILE
    return from_json(Answered, read_json(path)) if path.is_file() else None


def all_answered(run: Path) -> tuple[Answered, ...]:
    """Read every what-if that was asked of a run, in their order.

    Args:
        run: The run folder.
    """
    below = run / EXPERIMENTS
    found = (read_answered(folder) for folder in sorted(below.glob("E[0-9][0-9]-*"))) if below.is_dir() else ()
    return tuple(answered for answered in found if answered is not None)
