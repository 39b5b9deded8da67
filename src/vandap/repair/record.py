"""What a repair found: stored in the run folder, and all that reports and `--json` are made of."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from vandap.core.estimate import Decision
from vandap.core.experiment import Experiment, Outcome
from vandap.core.recipe import Change
from vandap.core.records import from_json
from vandap.core.store import read_json, write_json

FILE = "fix.json"

NOTHING_FOUND = "nothing found"
NOTHING_TO_TRY = "nothing to try"
NOTHING_HELPED = "nothing helped"
PROVED = "proved"
RUNS = "runs"
"""Every training as it is ends without a model, and every changed one with one that is not proved better than none."""
NOT_PROVED = "not proved"
OUT_OF_BUDGET = "out of budget"


@dataclass(frozen=True)
class Step:
    """A change that was made or left out, and why.

    Args:
        change: What is changed.
        words: The same as a phrase.
        remedy: The remedy that asked for it.
        finding: The finding that it answers.
        why: Why it was kept or dropped, as a clause.
    """

    change: Change
    words: str
    remedy: str = ""
    finding: str = ""
    why: str = ""


@dataclass(frozen=True)
class Screened:
    """A bundle that was tried on the rows that screen.

    Args:
        words: What was changed; "as it is" for nothing.
        score: Its mean score in the metric's own orientation.
        seeds: How many trainings that is the mean of.
    """

    words: str
    score: float
    seeds: int


@dataclass(frozen=True)
class Hint:
    """What a person can do by hand.

    Args:
        words: What to do.
        finding: The finding that it answers.
        file: The file to edit; "" where there is none.
        line: The line; 0 where there is none.
        reason: Why vandap does not do it itself.
    """

    words: str
    finding: str = ""
    file: str = ""
    line: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Fixed:
    """A repair that is over.

    Args:
        subject: What was to be repaired, as the user named it.
        run: The run folder.
        status: `proved`, `runs`, `not proved`, `nothing helped`, `nothing to try`, `nothing found` or `out of budget`.
        metric: Slug of the metric that decided; "" where nothing was trained.
        why: Why this metric.
        task: What is predicted.
        before: Its mean over the seeds of the program as it is.
        after: Its mean over the seeds of the changed program.
        dummy: What the dummy baseline scores on the same rows.
        kept: Changes that are proved, or with which it runs.
        dropped: Changes that were tried and left out.
        screened: Bundles that were tried, the best first.
        hints: What is left to a person.
        experiment: The experiment that decided; None where there was none.
        diff: The kept changes as a unified diff; "" where there are none.
        rows: Held-out rows: (those that screened, those that decided).
        extra: Training rows that were held out because the program's validation rows were too few.
        trainings: How many trainings were run.
        seconds: Wall clock of all.
        notes: What the reader must know, as sentences.
        test: The gain on the test part, stated once after the proof; None where there is no test part.
        budget: Seconds that it could take.
        proofs: How many bundles were put to the proof: each further one had a larger budget and fresh seeds.
        search: How bundles were looked for.
        asked: The metric and the margin that the user asked for; "" where task and protocol decided.
    """

    subject: str
    run: str
    status: str
    metric: str = ""
    why: str = ""
    task: str = ""
    before: float = math.nan
    after: float = math.nan
    dummy: float = math.nan
    kept: tuple[Step, ...] = ()
    dropped: tuple[Step, ...] = ()
    screened: tuple[Screened, ...] = ()
    hints: tuple[Hint, ...] = ()
    experiment: Experiment | None = None
    diff: str = ""
    rows: tuple[int, int] = (0, 0)
    extra: int = 0
    trainings: int = 0
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    test: Outcome | None = None
    budget: float = 0.0
    proofs: int = 1
    search: str = "guided"
    asked: str = ""

    def is_final(self, budget: float, search: str) -> bool:
        """Whether the same repair with another budget or another search could say no more.

        A search that found nothing, and a proof that could not tell, are gone on with where there is more time. Any
        other verdict stands: to look again until one likes it would find something by chance.

        Args:
            budget: Seconds of wall clock.
            search: How bundles would be looked for.
        """
        if self.status == OUT_OF_BUDGET:
            return False
        is_open = self.status == NOTHING_HELPED or (self.status in (NOT_PROVED, RUNS) and self._cannot_tell)
        return not (is_open and (budget > self.budget or search != self.search))

    @property
    def _cannot_tell(self) -> bool:
        outcome = self.experiment.outcome if self.experiment is not None else None
        return outcome is not None and outcome.decision is Decision.CANNOT_TELL


def write_fixed(folder: Path, fixed: Fixed) -> None:
    """Store a repair as the last one, and beside those by other metrics and margins."""
    for name in (_own_file(fixed.asked), FILE):
        write_json(folder / name, fixed)


def read_fixed(folder: Path, asked: str | None = None) -> Fixed | None:
    """Read a repair; None where there is none.

    Args:
        folder: The run folder.
        asked: The metric and the margin that it was asked by, "" for none; None for the last one, whatever was asked.
    """
    path = folder / (FILE if asked is None else _own_file(asked))
    return from_json(Fixed, read_json(path)) if path.is_file() else None


def _own_file(asked: str) -> str:
    return f"fix-by-{'-'.join(asked.split()) or 'task'}.json"
