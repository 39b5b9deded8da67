"""Arms that a question compares: each trained with the same seeds, scored on the rows that decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vandap.ask.opened import Opened
from vandap.core.estimate import Decision
from vandap.core.experiment import Pairing
from vandap.evaluate.experiment.arms import compare_arms
from vandap.evaluate.experiment.plan import Plan
from vandap.repair.changes.change import Change
from vandap.repair.confirm import pairing
from vandap.repair.runner import Done, Job

FIRST_SEED = 100_000
"""The first of the seeds of these trainings; no what-if decides with them."""
SEEDS, MOST_SEEDS = 5, 20
"""Fewest and most seeds of an arm; the budget says how many."""

FEW_ROWS, CRASHED = "too few rows decide", "more of its trainings crashed"
"""Why an arm gets no verdict, however many trainings there are."""

Changes = tuple[Change, ...]


@dataclass(frozen=True)
class Point:
    """One arm beside the training as it is.

    Args:
        name: What it is called.
        seeds: How many trainings it had.
        score: Mean of the metric that decides.
        gain: How much better it is than the training as it is; positive is better.
        low: Lower end of the gain's interval; NaN where the protocol gives no verdict on such an interval.
        high: Upper end.
        why: Why there is no verdict on it, as a clause; "" where there is one, or the trainings are too few.
    """

    name: str
    seeds: int
    score: float
    gain: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    why: str = ""

    @property
    def is_better(self) -> bool:
        """Whether it surely is."""
        return self.low > 0

    @property
    def is_worse(self) -> bool:
        """Whether it surely is."""
        return self.high < 0


def affordable(opened: Opened, arms: int) -> int:
    """How many seeds of so many arms fit into the time that is left, within the fewest and the most.

    Args:
        opened: The training, of which some trials have been run.
        arms: How many arms are to be trained.
    """
    seconds = max(opened.bench.trials.seconds, 1e-3)
    return min(max(int(opened.bench.left / (arms * seconds)), SEEDS), MOST_SEEDS)


def trained(opened: Opened, changes: Changes, seeds: int = SEEDS) -> tuple[Done, ...]:
    """Train one arm with so many seeds; what the time allowed, and nothing where it cannot be made."""
    if not opened.trials.can_train(changes):
        return ()
    jobs = [Job(changes, FIRST_SEED + number) for number in range(seeds)]
    until = opened.bench.began + opened.bench.plan.budget
    done = opened.trials.run(jobs, until)
    return tuple(item for item in done if item is not None)


def predictions(opened: Opened, done: Sequence[Done]) -> list[np.ndarray | None]:
    """What each training predicts of the rows that decide; None for one without predictions."""
    scale, found = opened.bench.scale, list[np.ndarray | None]()
    for item in done:
        prediction = scale.prediction(item.folder, item.result)
        found.append(None if prediction is None else prediction[scale.rows("confirm")])
    return found


def point(
    opened: Opened, name: str, done: Sequence[Done], reference: Sequence[Done], *, hypotheses: int = 1
) -> Point | None:
    """Compare an arm with the training as it is, over the seeds that both have; None with fewer than two.

    Args:
        opened: The training.
        name: What the arm is called.
        done: Its trainings.
        reference: Those of the training as it is.
        hypotheses: How many arms are compared: their intervals hold all together (Bonferroni).
    """
    seeds = min(len(done), len(reference))
    if seeds < 2:
        return None
    how = Pairing.FULL if done is reference else pairing(reference[:seeds], done[:seeds])
    arms = (predictions(opened, side[:seeds]) for side in (reference, done))
    return compared(opened, name, *arms, how=how, hypotheses=hypotheses)


def compared(
    opened: Opened,
    name: str,
    reference: Sequence[np.ndarray | None],
    changed: Sequence[np.ndarray | None],
    *,
    how: Pairing = Pairing.PARTIAL,
    hypotheses: int = 1,
) -> Point:
    """Compare predictions of two arms on the rows that decide.

    Args:
        opened: The training.
        name: What the changed arm is called.
        reference: Predictions of the training as it is, by seed.
        changed: Those of the arm.
        how: What runs of one seed share.
        hypotheses: How many arms are compared.
    """
    scale = opened.bench.scale
    rows = scale.rows("confirm")
    outcome = compare_arms(
        scale.metric,
        scale.target[rows],
        reference,
        changed,
        dummy=scale.dummies("confirm"),
        plan=Plan((max(len(changed), 2),), 0.05 / hypotheses),
        pairing=how,
        groups=scale.division.groups_of(rows),
        margin=scale.margin,
    )
    effect, score = outcome.effect, mean_score(opened, changed)
    is_off_zero, crashes = effect.low > 0 or effect.high < 0, outcome.broken.get("changed", 0)
    if outcome.decision is Decision.CANNOT_TELL and (is_off_zero or outcome.needed is None):
        is_by_crashes = effect.low > 0 and crashes > outcome.broken.get("reference", 0)
        return Point(name, len(changed), score, effect.difference, why=CRASHED if is_by_crashes else FEW_ROWS)
    return Point(name, len(changed), score, effect.difference, effect.low, effect.high)


def mean_score(opened: Opened, found: Sequence[np.ndarray | None]) -> float:
    """Mean of the metric over trainings, in its own orientation; one without predictions scores as the dummy."""
    from vandap.evaluate.catalogue import metric
    from vandap.evaluate.experiment.scores import scores

    scale = opened.bench.scale
    target = scale.target[scale.rows("confirm")]
    return scale.own(float(np.mean(scores(metric(scale.metric), target, found, scale.dummies("confirm")).values)))
