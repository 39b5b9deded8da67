"""Experiments: which arms were compared over which seeds, and what came of it. One `experiment.json` each."""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from vandap.core.estimate import Decision
from vandap.core.recipe import Change
from vandap.core.records import from_json
from vandap.core.store import read_json, write_json

FILE = "experiment.json"
DONE = "done"

Numbers: TypeAlias = float | np.ndarray


class Pairing(enum.Enum):
    """What two runs of one seed share."""

    FULL = "split, data order and initial values"
    PARTIAL = "split and data order"
    NONE = "split"

    @property
    def paired(self) -> bool:
        """Whether a seed of one arm belongs to the same seed of the other."""
        return self is not Pairing.NONE


@dataclass(frozen=True)
class Trial:
    """One training of one arm.

    Args:
        seed: Its seed.
        status: `done`, or why it has no predictions: `failed`, `not finite`, `interrupted`.
        score: The metric on the deciding rows, in the metric's own orientation; NaN without predictions.
        seconds: Wall clock of the training.
        reason: What went wrong, as one sentence.
        folder: The trial's run folder, relative to the experiment's.
    """

    seed: int
    status: str = DONE
    score: float = math.nan
    seconds: float = 0.0
    reason: str = ""
    folder: str = ""


@dataclass(frozen=True)
class Arm:
    """One of the two trainings that are compared.

    Args:
        name: What messages call it, such as `as it is` or `learning rate x0.1`.
        changes: What makes it of the training as it is; empty for the reference.
        trials: Its trainings, by seed.
    """

    name: str
    changes: tuple[Change, ...] = ()
    trials: tuple[Trial, ...] = ()

    @property
    def broken(self) -> int:
        """Trials that ended without predictions, and so score as the dummy."""
        return sum(trial.status != DONE for trial in self.trials)


@dataclass(frozen=True)
class Components:
    """Where the difference of two arms scatters from: the variance of one seed, one example, one pair of them.

    Args:
        seed: Variance of the difference between seeds, over infinitely many examples.
        example: Variance of the difference between examples (or groups), over infinitely many seeds.
        residual: What is left: how differently the seeds treat the same example.
    """

    seed: float = math.nan
    example: float = math.nan
    residual: float = math.nan

    def variance(self, seeds: Numbers, examples: Numbers) -> Any:
        """Return the variance of the mean difference over so many seeds and examples: a number, or one for each."""
        return self.seed / seeds + self.example / examples + self.residual / (seeds * examples)


@dataclass(frozen=True)
class Effect:
    """The changed arm's score minus the reference's, oriented so that positive is better, with its intervals.

    Args:
        difference: The point estimate.
        low: Lower end of the interval that keeps `alpha` over all planned looks; NaN where none can be given.
        high: Upper end.
        inner_low: Lower end of the interval of twice that error: inside the margin, two one-sided tests both reject.
        inner_high: Upper end.
        alpha: Two-sided error over all looks.
        error: Standard error of the difference.
        freedom: Degrees of freedom of that error.
        seeds: Seeds of each arm; trainings of each arm for folds.
        count: Held-out examples, or groups where there are some.
        components: Where the scatter comes from.
        method: How the intervals were made, or why there are none.
    """

    difference: float
    low: float = math.nan
    high: float = math.nan
    inner_low: float = math.nan
    inner_high: float = math.nan
    alpha: float = 0.05
    error: float = math.nan
    freedom: float = math.nan
    seeds: int = 0
    count: int = 0
    components: Components = field(default_factory=Components)
    method: str = ""

    @property
    def has_interval(self) -> bool:
        """Whether both ends of the interval are known."""
        return math.isfinite(self.low) and math.isfinite(self.high)


@dataclass(frozen=True)
class Look:
    """What one of the planned looks said.

    Args:
        seeds: Seeds of each arm so far.
        effect: The effect, with intervals that are wide enough for all planned looks.
        decision: What follows.
    """

    seeds: int
    effect: Effect
    decision: Decision


@dataclass(frozen=True)
class Needed:
    """What would probably tell, where an experiment could not.

    Args:
        seeds: Seeds of each arm of a new experiment with one look; None if no number of seeds is enough.
        examples: Held-out examples (or groups) that the longest plan would need; None if `seeds` is given, or if no
            number of examples is enough.
        seconds: Wall clock of those seeds, both arms together; None if unknown.
    """

    seeds: int | None = None
    examples: int | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Outcome:
    """The verdict of an experiment.

    Args:
        metric: The metric's slug.
        decision: The verdict.
        effect: The effect at the last look.
        margin: Differences within the margin do not matter in practice.
        pairing: What the runs of one seed share.
        planned: Seeds at each planned look.
        looks: The looks that were taken.
        broken: Runs that scored as the dummy, by arm.
        needed: What would tell, after `cannot tell`.
        notes: What the reader must know, as sentences.
    """

    metric: str
    decision: Decision
    effect: Effect
    margin: float
    pairing: Pairing
    planned: tuple[int, ...] = ()
    looks: tuple[Look, ...] = ()
    broken: Mapping[str, int] = field(default_factory=dict)
    needed: Needed | None = None
    notes: tuple[str, ...] = ()

    @property
    def alike(self) -> bool:
        """Whether no training differs from its counterpart in what any example scored."""
        return self.decision is Decision.NO_DIFFERENCE and self.effect.difference == self.effect.error == 0.0

    @property
    def negligible(self) -> bool:
        """Whether the change is better, and surely by too little to matter in practice."""
        return self.decision is Decision.BETTER and self.effect.high < self.margin

    def document(self) -> dict[str, Any]:
        """The outcome as `--json` prints it."""
        return {
            "metric": self.metric,
            "difference": self.effect.difference,
            "interval": [self.effect.low, self.effect.high],
            "verdict": self.decision,
            "margin": self.margin,
            "pairs": self.effect.seeds,
            "examples": self.effect.count,
            "pairing": self.pairing,
            "looks": [look.seeds for look in self.looks],
            "needed": self.needed,
            "notes": self.notes,
        }


@dataclass(frozen=True)
class Experiment:
    """One question put to trainings.

    Args:
        name: Its folder, such as `E01-learning-rate`.
        question: What is asked, as one sentence.
        part: Which rows decide: `confirm` or `test`.
        reference: The arm as it is.
        changed: The arm with the changes.
        status: `running`, `done` or `interrupted`.
        hypothesis: Number of this question to this run, from 1: many questions find something by chance.
        outcome: The verdict; None while it runs.
    """

    name: str
    question: str
    part: str
    reference: Arm
    changed: Arm
    status: str = "running"
    hypothesis: int = 1
    outcome: Outcome | None = None


def write_experiment(folder: Path, experiment: Experiment) -> None:
    """Write `experiment.json`, whole or not at all."""
    write_json(folder / FILE, experiment)


def read_experiment(folder: Path) -> Experiment:
    """Read what `write_experiment` wrote.

    Raises:
        RunError: There is none, or it is damaged.
    """
    return from_json(Experiment, read_json(folder / FILE))
