"""Where the experiment of a what-if is stored."""

from __future__ import annotations

from pathlib import Path

from vandap.core.estimate import Decision
from vandap.core.experiment import FILE as EXPERIMENT
from vandap.core.experiment import Experiment, read_experiment
from vandap.core.store import read_json, write_json
from vandap.repair.bench import LOOKS_FILE
from vandap.repair.session import Session

_PLAN = "plan.json"


def place(session: Session, text: str, budget: float, asked: str = "") -> tuple[Path, int]:
    """The folder of the experiment, and its number among those of this what-if.

    Where the budget is larger now, an experiment that could not tell is made anew, with fresh seeds; one that was
    cut before its first look goes on, with as many looks as are possible now.

    Args:
        session: The run folder.
        text: The what-if, tidied.
        budget: Seconds that it may take.
        asked: The metric and the margin that were asked for: by others it is another question.
    """
    slug, number = _slug(f"{text}, by {asked}" if asked else text), 0
    while True:
        folder = session.experiment(f"{slug}-again-{number}" if number else slug)
        plan, known = folder / _PLAN, _known(folder)
        if not plan.is_file() or known is None or known.outcome is None:
            folder.mkdir(parents=True, exist_ok=True)
            if not plan.is_file() or budget > float(read_json(plan)["budget"]):
                (folder / LOOKS_FILE).unlink(missing_ok=True)
                write_json(plan, {"budget": budget})
            return folder, number
        is_open = known.outcome.decision is Decision.CANNOT_TELL
        if not is_open or budget <= float(read_json(plan)["budget"]):
            return folder, number
        number += 1


def _known(folder: Path) -> Experiment | None:
    """The experiment as far as it came; None where it was not begun."""
    return read_experiment(folder) if (folder / EXPERIMENT).is_file() else None


def _slug(text: str) -> str:
    """A what-if as a folder's name."""
    words = {"*": " times ", "/": " over ", "=": " ", "+": "with ", ".": "point", ",": " and "}
    for sign, word in words.items():
        text = text.replace(sign, word)
    return "-".join("".join(letter if letter.isalnum() else " " for letter in text).split())
