"""Questions that are answered by trainings: measured once, stored in the run, and read from there."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from vandap.ask.opened import Opened, Repeatable
from vandap.ask.question import Answer, Question
from vandap.ask.registry import answer as answered_by
from vandap.ask.registry import answered
from vandap.core.store import Run, read_json, write_json

FOLDER = "questions"
"""Folder of a run that holds what was measured for a question."""


class Measured(Question):
    """A question that trains.

    Attributes:
        told: What is run, after "will be run", for the question whether that may be done.
    """

    told: ClassVar[str]

    @abstractmethod
    def measure(self, opened: Opened) -> Mapping[str, Any]:
        """Train, and return what was measured as JSON data.

        Raises:
            UsageError: This training cannot answer it.
            TrainingError: It cannot be repeated.
        """

    @abstractmethod
    def told_of(self, measured: Mapping[str, Any]) -> Answer:
        """Answer from what was measured."""

    def answer(self, run: Run) -> Answer:
        """Answer from the run's record; where there is none, say how it is made."""
        known = stored(run.path, self.id)
        if known is None:
            return Answer(
                f"It was not measured for this run. `vandap ask {run.path} {self.id}` trains its network again and "
                f"again; `vandap ask SCRIPT.py {self.id}` does so for a script."
            )
        return self.told_of(known["measured"])


def stored(run: Path, number: str, asked: str = "") -> Mapping[str, Any] | None:
    """What was measured for a question; None where it was not.

    Args:
        run: The run folder.
        number: The question's.
        asked: The metric and the margin that were asked for: by others it is another question.
    """
    path = _file(run, number, asked)
    known: Mapping[str, Any] | None = read_json(path) if path.is_file() else None
    return known


def _file(run: Path, number: str, asked: str) -> Path:
    return run / FOLDER / f"{f'{number} by {asked}' if asked else number}.json".replace(" ", "-")


def answer(number: str, subject: Repeatable) -> tuple[Path, Answer]:
    """Answer a numbered question; one that trains is measured where it was not, or was with a smaller budget.

    Args:
        number: The question's.
        subject: What it is asked of.

    Returns:
        The run folder, and the answer.

    Raises:
        UsageError: There is no such number, or this training cannot answer it.
        TrainingError: The training cannot be repeated.
    """
    question = next((member for member in answered() if member.id == number), None)
    if not isinstance(question, Measured):
        folder = subject.watched("once, as it is").folder
        return folder, answered_by(Run(folder), number)
    folder, plan = subject.watched(question.told).folder, subject.plan
    known = stored(folder, number, plan.asked)
    if known is None or plan.budget > known["budget"]:  # trials that were made are not made again
        with subject.opened(question.told) as opened:
            measured = question.measure(opened)
            record = {"budget": plan.budget, "measured": measured}
        (folder / FOLDER).mkdir(exist_ok=True)
        path = _file(folder, number, plan.asked)
        write_json(path, record)
        known = read_json(path)
    return folder, question.told_of(known["measured"])
