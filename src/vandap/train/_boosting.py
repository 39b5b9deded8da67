"""What the boosted trees of every library share: how many iterations, on how many rows, watched by which hold-out."""

from __future__ import annotations

import math
import time
from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

import numpy as np

from vandap.errors import RunError
from vandap.train._design import Design
from vandap.train._fitted import Model
from vandap.train._growth import Losses, Settings, grow
from vandap.train._hold import hold_loss
from vandap.train._problem import Problem, read_validation
from vandap.train._sklearn import ScikitLearner
from vandap.train.learner import Job

Hold: TypeAlias = tuple[np.ndarray, np.ndarray]
Curve: TypeAlias = list[tuple[int, float]]

LEAST_ITERATIONS = 60
"""Hold-outs of few rows are too noisy to justify fewer."""

USUAL_ITERATIONS = 100
SMALL_ITERATIONS = 160
MOST_ITERATIONS = 1_000
TRIAL_ITERATIONS = 300
PROBE_ITERATIONS = 10
PATIENCE = 40
TRIAL_PATIENCE = 80
"""Iterations without a better hold-out loss after which boosting stops; trials look further, as folds are averaged."""

CHUNK = 20
WATCHED_COST = 2.5
"""Multiples of the usual fit's seconds that must be left to look for a better number of iterations."""

TRIAL_SHARE = 0.25
"""Share of the budget that one boosting on a hold-out may take."""

HOLD_SHARE = 0.15


class BoostedLearner(ScikitLearner):
    """Base of the boosted trees. On few rows hold-outs choose settings and iterations; on many an early stop does."""

    trees: ClassVar[bool] = True

    @abstractmethod
    def boost(
        self,
        problem: Problem,
        x: np.ndarray,
        y: np.ndarray,
        settings: Settings,
        most: int,
        hold: Hold | None = None,
        deadline: float = np.inf,
        patience: int = PATIENCE,
    ) -> tuple[Any, Curve]:
        """Boost for at most `most` iterations.

        Args:
            problem: Facts about the problem.
            x: Inputs.
            y: Codes without gaps, or scaled numbers.
            settings: Hyper-parameters.
            most: Iterations.
            hold: Inputs and codes (or numbers) to watch.
            patience: Stop after so many iterations without a better loss on them.
            deadline: Stop when `time.perf_counter()` passes this.

        Returns:
            The estimator, and the hold-out losses by iterations.
        """

    def candidates(self, problem: Problem) -> tuple[Settings, ...]:
        """The libraries' defaults; for few rows first one of small, slow trees, which is better there more often."""
        usual = {"learning_rate": 0.1, "leaves": 31, "least_leaf": 20, "l2": 0.0, "features": 1.0}
        small = {"learning_rate": 0.06, "leaves": 8, "least_leaf": 8, "l2": 1.0, "features": 0.5}
        if len(problem) > self.first_rows:
            return ({**usual, "iterations": MOST_ITERATIONS},)
        return {**small, "iterations": SMALL_ITERATIONS}, {**usual, "iterations": USUAL_ITERATIONS}

    def needs_trial(self, problem: Problem, candidates: Sequence[Settings], given: Settings) -> bool:
        """On few rows, unless the iterations are given; on many an early stop finds them."""
        return "iterations" not in given and len(problem) <= self.first_rows

    def read_problem(self, job: Job, design: Design) -> Problem:
        """The training rows, and validation rows for early stopping where there are many of them."""
        problem = super().read_problem(job, design)
        if len(problem) <= self.first_rows or set(self.candidates(problem)[0]) <= set(job.settings):
            return problem
        return replace(problem, validation=read_validation(job, design))

    def train(self, problem: Problem, x: np.ndarray, y: np.ndarray, settings: Settings) -> Any:
        """Boost for the iterations that the settings name."""
        return self.boost(problem, x, y, settings, settings["iterations"])[0]

    def trial(self, problem: Problem, settings: Settings, fit: np.ndarray, hold: np.ndarray) -> Losses:
        """One boosting judges every smaller number of iterations."""
        x, y, (watched, truth) = _shared_classes(
            problem, problem.x[fit], problem.y[fit], (problem.x[hold], problem.y[hold])
        )
        if problem.classes and len(np.unique(y)) < 2:
            return [(settings, 0.0)]
        deadline = time.perf_counter() + TRIAL_SHARE * problem.budget
        _, curve = self.boost(problem, x, y, settings, TRIAL_ITERATIONS, (watched, truth), deadline, TRIAL_PATIENCE)
        losses = dict(curve)
        reached, last = curve[-1]
        if reached < TRIAL_ITERATIONS and last == min(losses.values()):
            return [(settings, last)]  # time was out before the curve turned
        return [
            ({**settings, "iterations": count}, losses.get(count, last))
            for count in range(LEAST_ITERATIONS, TRIAL_ITERATIONS + 1, CHUNK)
        ]

    def spend(self, problem: Problem, settings: Settings, seconds: float) -> tuple[Model, int, Settings]:
        """On many rows, first find how many allow enough iterations, then stop early."""
        if not problem.x.shape[1] or (problem.classes and len(np.unique(problem.y)) < 2):
            return self.trained(problem, problem.x, problem.y, settings), len(problem), settings
        if math.isinf(seconds) or len(problem) <= self.first_rows:
            return self._timed(problem, settings, len(problem), time.perf_counter() + seconds)
        deadline = time.perf_counter() + seconds

        def attempt(size: int) -> tuple[float, float]:
            started = time.perf_counter()
            self.trained(problem, *problem.first(size), {**settings, "iterations": PROBE_ITERATIONS})
            cost = (time.perf_counter() - started) * USUAL_ITERATIONS / PROBE_ITERATIONS
            return cost, cost

        cost, size = grow(len(problem), self.first_step(problem, seconds), seconds, attempt)
        if deadline - time.perf_counter() > WATCHED_COST * cost:
            return self._stopped(problem, settings, size, deadline)
        settings = {**settings, "iterations": min(settings["iterations"], USUAL_ITERATIONS)}
        return self._timed(problem, settings, size, deadline)

    def first_step(self, problem: Problem, seconds: float) -> int:
        """As for every rung, but each class costs trees of its own."""
        first = super().first_step(problem, seconds)
        if first == len(problem):
            return first
        return max(min(500, first), first // max(1, problem.classes // 2))

    def _timed(self, problem: Problem, settings: Settings, size: int, deadline: float) -> tuple[Model, int, Settings]:
        """Boost for the settings' iterations, or for as many of them as the time allows."""
        x, y = problem.first(size)
        present, codes = np.unique(y, return_inverse=True) if problem.classes else (np.zeros(0, np.int64), y)
        estimator, curve = self.boost(problem, x, codes, settings, settings["iterations"], None, deadline)
        return Model(estimator, present), size, {**settings, "iterations": curve[-1][0]}

    def _stopped(self, problem: Problem, settings: Settings, size: int, deadline: float) -> tuple[Model, int, Settings]:
        if problem.validation is not None:
            x, y, hold = _shared_classes(problem, *problem.first(size), problem.validation)
            estimator, curve = self.boost(problem, x, y, settings, settings["iterations"], hold, deadline)
            present = np.unique(problem.y[:size]) if problem.classes else np.zeros(0, np.int64)
            return Model(estimator, present), size, {**settings, "iterations": curve[-1][0]}
        fit, watched = _hold_rows(problem, size)
        x, y, hold = _shared_classes(problem, problem.x[fit], problem.y[fit], (problem.x[watched], problem.y[watched]))
        half = (time.perf_counter() + deadline) / 2
        _, curve = self.boost(problem, x, y, settings, settings["iterations"], hold, half)
        # what the hold-out taught is now used with its rows
        settings = {**settings, "iterations": min(curve, key=lambda point: point[1])[0]}
        return self._timed(problem, settings, size, deadline)


def hold_curve(predict: Callable[[np.ndarray, int], np.ndarray], last: int, hold: Hold | None) -> Curve:
    """Hold-out losses by iterations; the last iteration alone, with no loss, where nothing is watched.

    Args:
        predict: Predicts inputs with so many iterations.
        last: Iterations that were run.
        hold: What was watched.
    """
    if hold is None or not len(hold[1]):
        return [(last, 0.0)]
    return [(count, hold_loss(predict(hold[0], count), hold[1])) for count in [*range(CHUNK, last, CHUNK), last]]


def unreadable(path: Path, error: Exception) -> RunError:
    """The error of a library's model file that is missing or damaged."""
    return RunError(
        "The saved model cannot be read.",
        received=f"{path}: {error}",
        expected="a file that vandap wrote",
        hint="Train again, or copy the run's folder anew if it was damaged on the way.",
    )


def _hold_rows(problem: Problem, size: int) -> tuple[Any, Any]:
    """Indices of rows to fit and of rows to watch among the first ones; several groups are kept whole."""
    folds = problem.folds[:size]
    present = np.unique(folds)
    if problem.groups is None or len(present) < 2:
        used = int(size * (1.0 - HOLD_SHARE))
        return slice(used), slice(used, size)
    return np.flatnonzero(folds != present[0]), np.flatnonzero(folds == present[0])


def _shared_classes(problem: Problem, x: np.ndarray, y: np.ndarray, hold: Hold) -> tuple[np.ndarray, np.ndarray, Hold]:
    """Recode `y` without gaps, and leave out held-out rows of classes that it does not show."""
    if problem.classes == 0:
        return x, y, hold
    present, codes = np.unique(y, return_inverse=True)
    known = np.isin(hold[1], present)
    return x, codes, (hold[0][known], np.searchsorted(present, hold[1][known]))
