"""What the simple rungs share: reading within bounds, choosing settings, growing sub-samples, saving without pickle."""

from __future__ import annotations

import json
import math
import os
import time
import warnings
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from vandap.core.preprocess import Preprocess
from vandap.core.rows import count_codes
from vandap.core.task import Task
from vandap.errors import UsageError
from vandap.train._design import Design
from vandap.train._fitted import Model, ScikitFitted
from vandap.train._growth import Losses, Settings, grow, race
from vandap.train._hold import hold_loss
from vandap.train._persistence import read_model, write_model
from vandap.train._problem import FOLDS, Problem, read_problem
from vandap.train.learner import Fitted, Job, Learner

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
# Threads that spin while they wait make boosting many times slower where other processes share the cores. The policy is
# read once, when scikit-learn is first imported: below, inside functions.

CHOICE_SHARE = 0.4
"""Share of the budget for choosing settings; the rest fits the model."""


class ScikitLearner(Learner):
    """Base of the simple rungs: a member says which settings to try, how to train and how to predict a matrix.

    Attributes:
        trees: Which of the two designs it reads.
        most_rows: Rows beyond which more cost memory or time and bring little.
        first_rows: Rows that are fitted at the first step, whatever it costs; settings are chosen on as many.
        value_bytes: Bytes that one value of the matrix costs at the peak of a fit, the library's copies included.
    """

    trees: ClassVar[bool] = False
    most_rows: ClassVar[int] = 2_000_000
    first_rows: ClassVar[int] = 4_000
    value_bytes: ClassVar[int] = 4

    @abstractmethod
    def candidates(self, problem: Problem) -> tuple[Settings, ...]:
        """Settings worth trying, the best guess first. All have the same names."""

    @abstractmethod
    def train(self, problem: Problem, x: np.ndarray, y: np.ndarray, settings: Settings) -> Any:
        """Fit on `x` and `y` (codes 0, 1, ... without gaps, or scaled numbers)."""

    def infer(self, estimator: Any, x: np.ndarray) -> np.ndarray:
        """Predict probabilities of shape `(n, classes seen)`, or numbers of shape `(n,)`."""
        return estimator.predict_proba(x) if hasattr(estimator, "predict_proba") else estimator.predict(x)

    @abstractmethod
    def count(self, estimator: Any) -> int | None:
        """Number of fitted parameters."""

    def fits(self, kind: str, task: Task) -> bool:
        """Every kind and every task, unless a member says otherwise."""
        return True

    def fit(self, job: Job) -> Fitted:
        """Choose settings on hold-outs, then fit on as many rows as the budget allows."""
        self.warm()  # the first import of a library takes seconds, which are not the training's
        started = time.perf_counter()
        design = Design(job.preprocess, self.trees)
        problem = self.read_problem(job, design)
        with quiet(problem.threads):
            repeated = set(self.candidates(problem)[0]) <= set(job.settings) and bool(job.settings)
            settings = self._settle(job, problem)
            left = job.budget - (time.perf_counter() - started)
            model, used, settings = self.spend(problem, settings, math.inf if repeated else left)
        chosen = {**settings, "rows": used} if used < problem.available else settings
        return ScikitFitted(self, design, model, class_shares(job), chosen, used, _reason(job, used))

    def warm(self) -> None:
        """Import what the learner needs beyond scikit-learn."""

    def read_problem(self, job: Job, design: Design) -> Problem:
        """Read what the learner works on."""
        return read_problem(job, design, self.most_rows, self.value_bytes)

    def load(self, folder: Path, preprocess: Preprocess, task: Task, classes: tuple[str, ...]) -> Fitted:
        """Read a model that `Fitted.save` wrote.

        Raises:
            RunError: The model's file is damaged or not to be trusted.
        """
        facts = json.loads((folder / "learner.json").read_text("utf-8"))
        estimator = None if facts["constant"] else self.read(folder)
        model = Model(estimator, np.array(facts["present"], np.int64))
        prior = np.array(facts["prior"], np.float64)
        design = Design(preprocess, self.trees)
        return ScikitFitted(self, design, model, prior, facts["settings"], facts["rows"], facts["reason"])

    def write(self, estimator: Any, folder: Path) -> None:
        """Write the estimator."""
        write_model(estimator, folder)

    def read(self, folder: Path) -> Any:
        """Read the estimator."""
        return read_model(folder)

    def trial(self, problem: Problem, settings: Settings, fit: np.ndarray, hold: np.ndarray) -> Losses:
        """Held-out loss of one candidate."""
        model = self.trained(problem, problem.x[fit], problem.y[fit], settings)
        return [(settings, self.loss(problem, self.predicted(model, problem.x[hold], problem.classes), hold))]

    def loss(self, problem: Problem, predicted: np.ndarray, hold: np.ndarray) -> float:
        """Held-out loss of predictions for all classes."""
        return hold_loss(predicted, problem.y[hold])

    def trained(self, problem: Problem, x: np.ndarray, y: np.ndarray, settings: Settings) -> Model:
        """Fit on the classes that `y` holds."""
        if problem.classes == 0:
            return Model(self.train(problem, x, y, settings) if x.shape[1] else None, np.zeros(0, np.int64))
        present, codes = np.unique(y, return_inverse=True)
        trainable = len(present) > 1 and x.shape[1] > 0
        return Model(self.train(problem, x, codes, settings) if trainable else None, present)

    def predicted(self, model: Model, x: np.ndarray, classes: int) -> np.ndarray:
        """Predictions with a column for every class, seen or not."""
        if classes == 0:
            return self.infer(model.estimator, x) if model.estimator is not None else np.zeros(len(x))
        result = np.zeros((len(x), classes))
        result[:, model.present] = 1.0 if model.estimator is None else self.infer(model.estimator, x)
        return result

    def spend(self, problem: Problem, settings: Settings, seconds: float) -> tuple[Model, int, Settings]:
        """Fit on growing sub-samples within `seconds`; infinite where an earlier fit is repeated.

        Returns:
            The model, its rows, and the settings that give this very model when they are handed in again.
        """

        def attempt(size: int) -> tuple[Model, float]:
            started = time.perf_counter()
            model = self.trained(problem, *problem.first(size), settings)
            seconds = time.perf_counter() - started
            return model, seconds + self._prediction_seconds(problem, model)

        model, used = grow(len(problem), self.first_step(problem, seconds), seconds, attempt)
        return model, used, settings

    def first_step(self, problem: Problem, seconds: float) -> int:
        """Rows of the first fit: all, where there are few or an earlier fit is repeated; fewer when they are wide."""
        if math.isinf(seconds) or len(problem) <= self.first_rows:
            return len(problem)
        return int(np.clip(1_000_000 // max(1, problem.x.shape[1]), min(500, self.first_rows), self.first_rows))

    def _prediction_seconds(self, problem: Problem, model: Model) -> float:
        started = time.perf_counter()
        some = problem.x[:256]
        self.predicted(model, some, problem.classes)
        return (time.perf_counter() - started) * problem.held_out / len(some)

    def _settle(self, job: Job, problem: Problem) -> Settings:
        given = {name: value for name, value in job.settings.items() if name != "rows"}
        candidates = self.candidates(problem)
        _reject_unknown(self.slug, given, candidates[0])
        merged = [{**candidate, **given} for candidate in candidates]
        distinct = [item for place, item in enumerate(merged) if item not in merged[:place]]
        folds = _folds(problem, self.first_step(problem, 0.0))
        if not folds or not self.needs_trial(problem, distinct, given):
            return distinct[0]

        def trial(settings: Settings, fold: tuple[np.ndarray, np.ndarray]) -> Losses:
            return self.trial(problem, settings, *fold)

        return race(distinct, folds, trial, CHOICE_SHARE * job.budget)

    def needs_trial(self, problem: Problem, candidates: Sequence[Settings], given: Settings) -> bool:
        """Whether there is anything to choose by held-out loss beside the settings that the user gave."""
        return len(candidates) > 1


@contextmanager
def quiet(threads: int) -> Iterator[None]:
    """Limit native threads, and keep scikit-learn's convergence warnings from the user.

    An optimiser that stops at its step limit is stopped on purpose here: settings are compared on held-out rows, so one
    that did not converge and is worse for it is not chosen. With several threads every warning is kept back: each
    worker of scikit-learn resets the process's filters while it runs, and the others then warn of exactly that.
    """
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    several = threads > 1
    with threadpool_limits(limits=threads), warnings.catch_warnings(record=several):
        warnings.simplefilter("ignore", Warning if several else ConvergenceWarning)
        yield


def class_shares(job: Job) -> np.ndarray:
    """Shares of the classes among the training rows; empty for regression."""
    if not job.dataset.task.is_classification:
        return np.zeros(0)
    return count_codes(job.dataset.target, len(job.dataset.classes), job.rows) / len(job.rows)


def _folds(problem: Problem, most: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Positions to fit on and to hold out, among the first rows; none where nothing can be told from them."""
    size = min(len(problem), most)
    if not problem.x.shape[1] or len(np.unique(problem.y[:size])) < 2:
        return []
    holds = [problem.folds[:size] == number for number in range(FOLDS)]
    return [(np.flatnonzero(~hold), np.flatnonzero(hold)) for hold in holds if 0 < hold.sum() < size]


def _reason(job: Job, used: int) -> str:
    if used >= len(job.rows):
        return ""
    return (
        f"Fitted on a stratified sample of {used:,} of {len(job.rows):,} rows, "
        f"as many as {job.budget:.0f} s and its memory allow."
    )


def _reject_unknown(slug: str, given: Settings, known: Settings) -> None:
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise UsageError(
            f"The learner {slug!r} has no such setting.",
            received=", ".join(unknown),
            expected=", ".join(sorted([*known, "rows"])),
            hint="Leave the setting out, or name one of the expected ones.",
        )
