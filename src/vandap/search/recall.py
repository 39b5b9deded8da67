"""Recall with its lower bound."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtrit  # scipy.stats holds 60 MB

from vandap.search.target import Recall

TIE = 1e-6
"""A row as near as the true k-th, to within float32 rounding, is as good an answer: duplicates are interchangeable."""
_CONFIDENCE = 0.95
SAME = 0.9995
"""A cosine from which two rows are taken for the same vector."""
REPEATS = 10
"""So often a query may be among the rows; with more repeats it is left out."""


@dataclass(frozen=True)
class Others:
    """Where the neighbours begin that are not the query itself: a row that repeats a query is found by any setting.

    Args:
        itself: How many rows are the query itself, int64, shape (queries,).
        usable: Whether they are few, and k others are known, bool, shape (queries,).
    """

    itself: np.ndarray
    usable: np.ndarray


def others(scores: np.ndarray, k: int) -> Others:
    """Leave the query itself out.

    Args:
        scores: Cosines of the true nearest, best first, -inf for none, shape (queries, k + `REPEATS` where there are so
            many rows).
        k: Neighbours that count.
    """
    itself = (scores >= SAME).sum(axis=1)
    return Others(itself, (itself <= REPEATS) & (itself + k <= np.isfinite(scores).sum(axis=1)))


def shares(scores: np.ndarray, true_scores: np.ndarray, k: int) -> np.ndarray:
    """Share of the true nearest that each query found, itself left out.

    Rows that are the query itself take places of what was asked for; of the others there may be as many as are left.

    Args:
        scores: Exact cosines of the rows returned, shape (queries, asked for); -inf for none.
        true_scores: Cosines of the true nearest, best first, shape (queries, k + `REPEATS` where there are so many
            rows).
        k: How many neighbours count.

    Returns:
        Shares of the queries that are usable.
    """
    left = others(true_scores, k)
    places = np.minimum(k, scores.shape[1] - left.itself)
    usable = left.usable & (places > 0)
    places, last = places[usable], (left.itself + places - 1)[usable]
    kth = np.take_along_axis(true_scores[usable], last[:, None], axis=1)
    right = (scores[usable] >= kth - TIE) & (scores[usable] < SAME)
    return np.minimum(right.sum(axis=1), places) / places


def less(recall: Recall, lost: float) -> Recall:
    """A recall against rounded rows, less what their rounding loses."""
    return replace(recall, estimate=recall.estimate - lost, lower95=max(0.0, recall.lower95 - lost))


def upper(found: np.ndarray, k: int, confidence: float) -> float:
    """The upper bound of the mean, as `measured` gives the lower one."""
    return 1 - measured(1 - found, k, confidence).lower95


def measured(found: np.ndarray, k: int, confidence: float = _CONFIDENCE) -> Recall:
    """Mean recall and its lower bound.

    The bound is Student's one-sided one, with one further query that found everything and one that found nothing
    (Agresti and Min's correction): a hundred perfect queries do not prove that all are.

    Args:
        found: Recall of each query, shape (queries,).
        k: How many neighbours.
        confidence: Of the bound.
    """
    count = len(found)
    if not count:
        return Recall(k, float("nan"), 0.0, 0)
    widened = np.append(found, [0.0, 1.0])
    error = widened.std(ddof=1) / np.sqrt(len(widened))
    lower = widened.mean() - float(stdtrit(len(widened) - 1, confidence)) * error
    return Recall(k, float(found.mean()), float(max(0.0, lower)), count)
