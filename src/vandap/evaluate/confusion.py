"""Labels from probabilities, and the confusion matrix."""

from __future__ import annotations

import numpy as np

from vandap.core.rows import blocks


def predicted_labels(prediction: np.ndarray) -> np.ndarray:
    """Return the most probable class of each row, shape `(n,)`; ties go to the lower code."""
    labels: np.ndarray = np.argmax(prediction, axis=1)
    return labels


def confusion_matrix(target: np.ndarray, prediction: np.ndarray) -> np.ndarray:
    """Count examples by true class (rows) and most probable class (columns).

    Args:
        target: Class codes, shape `(n,)`.
        prediction: Probabilities, shape `(n, classes)`.

    Returns:
        Counts, int64, shape `(classes, classes)`.
    """
    classes = prediction.shape[1]
    counts = np.zeros(classes * classes, np.int64)
    for block in blocks(len(target)):
        cells = np.asarray(target[block], dtype=np.int64) * classes + predicted_labels(prediction[block])
        counts += np.bincount(cells, minlength=len(counts))
    return counts.reshape(classes, classes)
