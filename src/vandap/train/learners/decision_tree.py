"""A single decision tree."""

from __future__ import annotations

from typing import Any

import numpy as np

from vandap.train._growth import Settings
from vandap.train._problem import Problem
from vandap.train._sklearn import ScikitLearner

LEAST_LEAVES = (5, 1, 10, 20, 50)
PRIOR_ROWS = 1.0
"""Rows that the shares of the classes count for in each leaf: a leaf of one row is no certainty."""


class DecisionTree(ScikitLearner):
    """One tree; the least rows of a leaf are chosen on hold-outs."""

    slug = "decision-tree"
    title = "decision tree"
    order = 40
    trees = True
    value_bytes = 8

    def candidates(self, problem: Problem) -> tuple[Settings, ...]:
        """See `ScikitLearner.candidates`."""
        return tuple({"least_leaf": least} for least in LEAST_LEAVES)

    def train(self, problem: Problem, x: np.ndarray, y: np.ndarray, settings: Settings) -> Any:
        """See `ScikitLearner.train`."""
        from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

        kind = DecisionTreeClassifier if problem.classes else DecisionTreeRegressor
        return kind(min_samples_leaf=settings["least_leaf"], random_state=problem.seed).fit(x, y)

    def infer(self, estimator: Any, x: np.ndarray) -> np.ndarray:
        """See `ScikitLearner.infer`."""
        if not hasattr(estimator, "predict_proba"):
            return estimator.predict(x)
        tree = estimator.tree_
        rows = tree.weighted_n_node_samples[estimator.apply(x)][:, None]
        prior = tree.value[0, 0]
        return (rows * estimator.predict_proba(x) + PRIOR_ROWS * prior) / (rows + PRIOR_ROWS)

    def count(self, estimator: Any) -> int | None:
        """Nodes."""
        return int(estimator.tree_.node_count)
