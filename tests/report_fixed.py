"""Run folders of repairs, made by hand: proved, not proved, decided by folds, and with nothing to try."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import report_exam

from vandap.ask.whatif.record import Answered, write_answered
from vandap.core.estimate import Decision
from vandap.core.experiment import DONE, Arm, Effect, Experiment, Look, Needed, Outcome, Pairing, Trial
from vandap.core.recipe import Change
from vandap.core.store import Run
from vandap.repair.record import (
    NOT_PROVED,
    NOTHING_FOUND,
    PROVED,
    Fixed,
    Hint,
    Screened,
    Step,
    write_fixed,
)

RATE = Step(
    Change("learning-rate", {"value": 0.001}),
    "learning rate 0.001",
    "lower-learning-rate",
    "C9 learning-rate-too-high",
    "proved",
)
LOSS = Step(
    Change("loss", {"name": "<mse>"}), "loss <mse>", "match-loss-to-task", "B1 wrong-loss", "screened; no better"
)
DIFF = "--- a/train.py\n+++ b/train.py\n@@ -1,3 +1,3 @@\n import keras\n-rate = 0.5  # <high>\n+rate = 0.001\n"


def arm(name: str, *scores: float) -> Arm:
    """An arm of trainings with these scores; NaN for one that broke."""
    trials = (
        Trial(1000 + place, DONE if math.isfinite(score) else "not finite", score, 2.0, "" if score > 0 else "NaN.")
        for place, score in enumerate(scores)
    )
    return Arm(name, (), tuple(trials))


def _effect(difference: float, low: float, high: float, seeds: int = 5) -> Effect:
    return Effect(difference, low, high, low, high, seeds=seeds, count=300)


def better() -> Experiment:
    """Decided at the first of two looks."""
    effect = _effect(0.4, 0.3, 0.5)
    outcome = Outcome(
        "accuracy", Decision.BETTER, effect, 0.01, Pairing.FULL, (5, 8), (Look(5, effect, Decision.BETTER),)
    )
    arms = (arm("as it is", 0.5, 0.4, 0.5, 0.5, 0.6), arm("changed", 0.9, 0.9, 0.8, 0.9, 1.0))
    return Experiment("E01-fix", "Is it better?", "confirm", *arms, "done", outcome=outcome)


def undecided() -> Experiment:
    """Two looks that could not tell, and a training that broke."""
    looks = tuple(Look(seeds, _effect(0.01, -0.05, 0.07, seeds), Decision.CANNOT_TELL) for seeds in (5, 8))
    outcome = Outcome(
        "accuracy", Decision.CANNOT_TELL, looks[-1].effect, 0.01, Pairing.PARTIAL, (5, 8, 12), looks,
        needed=Needed(seeds=40, seconds=600.0), notes=("8 of 12 planned seeds were looked at.",),
    )  # fmt: skip
    arms = (arm("as it is", *[0.8] * 8), arm("changed", *[0.81] * 7, math.nan))
    return Experiment("E01-fix", "Is it better?", "confirm", *arms, "done", outcome=outcome)


def by_folds() -> Experiment:
    """Decided by repeated folds, which have no looks."""
    outcome = replace(undecided().outcome or better().outcome, looks=(), planned=(10,), needed=None)  # type: ignore[type-var]
    return replace(undecided(), outcome=outcome)


def _fixed(path: Path, fixed: Fixed) -> Run:
    run = report_exam.sick(path)
    write_fixed(path, replace(fixed, run=str(path)))
    return run


def proved(path: Path) -> Run:
    """One change is proved, another was left out, and a line is left to a person."""
    hint = Hint("momentum of SGD", "C9 learning-rate-too-high", "train.py", 12, "The optimiser is no plain call.")
    tried = (Screened("learning rate 0.001", 0.9, 2), Screened("as it is", 0.5, 2))
    fixed = Fixed(
        "train.py", "", PROVED, "accuracy", "The classes are balanced.", "multiclass", 0.5, 0.9, 0.1, (RATE,), (LOSS,),
        tried, (hint,), better(), DIFF, (100, 300), 50, 14, 60.0, ("50 rows were held out as well.",),
    )  # fmt: skip
    return _fixed(path, fixed)


def not_proved(path: Path) -> Run:
    """The budget was too small to tell."""
    fixed = Fixed(
        "train.py", "", NOT_PROVED, "accuracy", "", "multiclass", 0.8, 0.81, math.nan, (), (RATE, LOSS),
        experiment=undecided(), rows=(100, 300), trainings=20, seconds=90.0,
    )  # fmt: skip
    return _fixed(path, fixed)


def folded(path: Path) -> Run:
    """Small data."""
    return _fixed(path, Fixed("train.py", "", NOT_PROVED, "accuracy", dropped=(RATE,), experiment=by_folds()))


def nothing(path: Path) -> Run:
    """A healthy script: nothing was trained."""
    run = report_exam.healthy(path)
    write_fixed(path, Fixed("train.py", str(path), NOTHING_FOUND))
    return run


def answered(experiment: Experiment, number: int = 1) -> Answered:
    """The answer to a what-if."""
    return Answered(
        "lr*10", "train.py", "", "Rates <grow>. Loss jumps.", "Not too large.", "accuracy", experiment, ("Cohen 2021",),
        "Inside: the loss rose from 0.1 to 2.", (("loss", 0.1, 2.0), ("dead units", 0.0, math.nan)), DIFF,
        30.0 * number,
    )  # fmt: skip


def asked(path: Path) -> Run:
    """Two what-ifs: one that was decided, one whose budget ended before the first look."""
    run = report_exam.healthy(path)
    cut = replace(better(), name="E02-seed-only", outcome=None, status="interrupted", changed=arm("seed only"))
    for place, experiment in enumerate((better(), cut), 1):
        folder = path / "experiments" / f"E0{place}-{place}"
        folder.mkdir(parents=True)
        write_answered(folder, replace(answered(experiment, place), run=str(path)))
    return run


MAKERS = {
    "fix-proved": proved,
    "fix-not-proved": not_proved,
    "fix-folded": folded,
    "fix-nothing": nothing,
    "asked": asked,
}
