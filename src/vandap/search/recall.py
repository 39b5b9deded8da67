"""Recall with its lower bound."""

from __future__ import annotations

import numpy as np
from scipy.special import stdtrit  # scipy.stats holds 60 MB

from vandap.search.target import Recall

TIE = 1e-6
"""A row as near as the true k-th, to within float32 rounding, is as good an answer: duplicates are interchangeable."""
_CONFIDENCE = 0.95


def hits(scores: np.ndarray, true_scores: np.ndarray, k: int) -> np.ndarray:
    """How many of the true k nearest each query found.

    Args:
        scores: Exact cosines of the rows returned, shape (queries, returned); -inf for none.
        true_scores: Cosines of the true nearest, best first, shape (queries, k or more).
        k: How many neighbours.

    Returns:
        int64, shape (queries,), at most k.
    """
    return np.minimum((scores >= true_scores[:, k - 1, None] - TIE).sum(axis=1), k)


def measured(shares: np.ndarray, k: int, confidence: float = _CONFIDENCE) -> Recall:
    """Mean recall and its lower bound.

    The bound is Student's one-sided one, with one further query that found everything and one that found nothing
    (Agresti and Min's correction): a hundred perfect queries do not prove that all are.

    Args:
        shares: Recall of each query, shape (queries,).
        k: How many neighbours.
        confidence: Of the bound.
    """
    count = len(shares)
    if not count:
        return Recall(k, float("nan"), 0.0, 0)
    widened = np.append(shares, [0.0, 1.0])
    error = widened.std(ddof=1) / np.sqrt(len(widened))
    lower = widened.mean() - float(stdtrit(len(widened) - 1, confidence)) * error
    return Recall(k, float(shares.mean()), float(max(0.0, lower)), count)
