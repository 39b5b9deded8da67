"""What a metric accepts: targets and predictions that fit each other."""

from __future__ import annotations

import numpy as np

from vandap.errors import DataError
from vandap.evaluate.metric import NUMBERS, Metric

_TOLERANCE = 1e-3
"""How far a row of probabilities may be from summing to one: half-precision softmax stays below it."""

_HINT_STORED = "Predict again with the model; stored predictions that were edited or mixed up cannot be scored."


def checked(metric: Metric, target: np.ndarray, prediction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return target and prediction in the types that metrics compute in.

    Raises:
        DataError: They are empty, of different lengths, not finite, or not what the metric's task predicts.
    """
    if metric.needs == NUMBERS:
        return checked_numbers(target, prediction)
    return checked_probabilities(target, prediction)


def checked_numbers(target: np.ndarray, prediction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return both as float64 of shape `(n,)`.

    Raises:
        DataError: They do not fit.
    """
    target, prediction = np.asarray(target, dtype=np.float64), np.asarray(prediction, dtype=np.float64)
    if target.ndim != 1 or prediction.shape != target.shape:
        raise _shapes(target, prediction, "two arrays of shape (n,)")
    _not_empty(target)
    _finite("target", target)
    _finite("prediction", prediction)
    return target, prediction


def checked_probabilities(target: np.ndarray, prediction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the codes as int64 of shape `(n,)` and the probabilities as float64 of shape `(n, classes)`.

    Raises:
        DataError: They do not fit.
    """
    target, prediction = np.asarray(target), np.asarray(prediction, dtype=np.float64)
    if target.ndim != 1 or prediction.ndim != 2 or len(prediction) != len(target) or prediction.shape[1] < 2:
        raise _shapes(
            target, prediction, "codes of shape (n,) and probabilities of shape (n, classes), two classes or more"
        )
    _not_empty(target)
    _finite("prediction", prediction)
    if target.dtype.kind not in "iu" or target.min() < 0 or target.max() >= prediction.shape[1]:
        raise DataError(
            "The targets are not class codes of these predictions.",
            received=f"{target.dtype} from {target.min()} to {target.max()} for {prediction.shape[1]} classes",
            expected=f"integers from 0 to {prediction.shape[1] - 1}",
            hint="Encode the classes as 0, 1, 2 ... in the order of the prediction's columns.",
        )
    sums = prediction.sum(axis=1)
    if prediction.min() < 0 or np.abs(sums - 1.0).max() > _TOLERANCE:
        raise DataError(
            "The predictions are not probabilities.",
            received=f"values from {prediction.min():.4g} to {prediction.max():.4g}, "
            f"rows that sum to {sums.min():.4g} up to {sums.max():.4g}",
            expected="values from 0 to 1, every row summing to 1",
            hint="Put a softmax on the model's outputs; scores and logits are no probabilities.",
        )
    return target.astype(np.int64), prediction


def _not_empty(target: np.ndarray) -> None:
    if len(target) == 0:
        raise DataError(
            "There is no example to score.",
            received="0 examples",
            expected="one example or more",
            hint="Check the split: this part of the data is empty.",
        )


def _finite(name: str, values: np.ndarray) -> None:
    broken = ~np.isfinite(values)
    if broken.any():
        rows = int(np.any(broken.reshape(len(values), -1), axis=1).sum())
        raise DataError(
            f"The {name} holds values that are not numbers.",
            received=f"{rows} of {len(values)} rows with NaN or infinity",
            expected="finite numbers",
            hint=_HINT_STORED,
        )


def _shapes(target: np.ndarray, prediction: np.ndarray, expected: str) -> DataError:
    return DataError(
        "Targets and predictions do not have the shapes of one another.",
        received=f"target {target.shape}, prediction {prediction.shape}",
        expected=expected,
        hint=_HINT_STORED,
    )
