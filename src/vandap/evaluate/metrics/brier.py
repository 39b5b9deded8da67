"""The Brier score: the squared error of the probabilities."""

from __future__ import annotations

import numpy as np

from vandap.evaluate.metric import PROBABILITIES
from vandap.evaluate.metrics._means import MeanMetric


class Brier(MeanMetric):
    """Mean squared distance between the probabilities and the truth (Brier 1950).

    With two classes the error of the probability of class 1, in [0, 1]; with more the sum over the classes, in [0, 2].
    """

    slug = "brier"
    title = "Brier score"
    higher_is_better = False
    needs = PROBABILITIES

    def each(self, target: np.ndarray, prediction: np.ndarray) -> np.ndarray:
        """Return the squared error of each example."""
        if prediction.shape[1] == 2:
            return np.square(prediction[:, 1] - target)
        true = prediction[np.arange(len(target)), target]
        return np.add(np.square(prediction).sum(axis=1) - 2.0 * true, 1.0)
