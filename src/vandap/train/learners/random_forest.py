"""A random forest."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np

from vandap.train._fitted import Model
from vandap.train._growth import SAFETY, Losses, Settings, grow
from vandap.train._problem import Problem
from vandap.train._sklearn import ScikitLearner

TREES = 300
USUAL_TREES = 100
LEAST_TREES = 30
TRIAL_TREES = 50
FOREST_BYTES = 128 * 1024**2
NODE_BYTES = 72
"""Bytes of one node without its class shares (8 bytes a class)."""


class RandomForest(ScikitLearner):
    """Bagged trees on random features; leaf size and features tried at each cut are chosen on hold-outs."""

    slug = "random-forest"
    title = "random forest"
    order = 50
    trees = True
    value_bytes = 8

    def candidates(self, problem: Problem) -> tuple[Settings, ...]:
        """See `ScikitLearner.candidates`."""
        shares = ("sqrt", 0.5) if problem.classes else (0.4, 1.0)
        return tuple({"trees": TREES, "least_leaf": least, "features": share} for share in shares for least in (1, 3))

    def trial(self, problem: Problem, settings: Settings, fit: np.ndarray, hold: np.ndarray) -> Losses:
        """As every trial, with fewer trees."""
        model = self.trained(problem, problem.x[fit], problem.y[fit], {**settings, "trees": TRIAL_TREES})
        return [(settings, self.loss(problem, self.predicted(model, problem.x[hold], problem.classes), hold))]

    def spend(self, problem: Problem, settings: Settings, seconds: float) -> tuple[Model, int, Settings]:
        """Few trees tell how many rows, and then how many trees, the time allows."""
        if math.isinf(seconds):
            return super().spend(problem, settings, seconds)
        deadline = time.perf_counter() + seconds
        costs = []

        def attempt(size: int) -> tuple[None, float]:
            started = time.perf_counter()
            self.trained(problem, *problem.first(size), {**settings, "trees": TRIAL_TREES})
            costs.append((time.perf_counter() - started) / TRIAL_TREES)
            return None, costs[-1] * USUAL_TREES

        _, size = grow(len(problem), self.first_step(problem, seconds), seconds, attempt)
        affordable = max(0.0, deadline - time.perf_counter()) / (SAFETY * costs[-1])
        settings = {
            **settings,
            "trees": int(np.clip(affordable, min(LEAST_TREES, settings["trees"]), settings["trees"])),
        }
        return self.trained(problem, *problem.first(size), settings), size, settings

    def train(self, problem: Problem, x: np.ndarray, y: np.ndarray, settings: Settings) -> Any:
        """See `ScikitLearner.train`. The number of leaves is bounded so that the whole forest fits into memory."""
        from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

        kind = RandomForestClassifier if problem.classes else RandomForestRegressor
        node = NODE_BYTES + 8 * max(1, problem.classes)
        leaves = max(64, FOREST_BYTES // (2 * TREES * node))
        forest = kind(
            n_estimators=settings["trees"],
            min_samples_leaf=settings["least_leaf"],
            max_features=settings["features"],
            max_leaf_nodes=None if len(x) <= leaves else leaves,
            n_jobs=problem.threads,
            random_state=problem.seed,
        )
        forest.fit(x, y)
        # Threads add up the trees in the order they finish, so a prediction's last bits would change from call to call.
        return forest.set_params(n_jobs=None)

    def count(self, estimator: Any) -> int | None:
        """Nodes of all trees."""
        return int(sum(tree.tree_.node_count for tree in estimator.estimators_))
