"""Do one or two columns of few values tell the answers of a model?

Where they do, its answers have but a few degrees of sureness by nature, as a flag that decides three cases in four.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

MOST_VALUES = 8
"""Values of a column that still are few."""


def told_by_few_values(inputs: Sequence[np.ndarray], answers: np.ndarray) -> float:
    """Share of the answers told by the values of that column, or those two, which tell most.

    Args:
        inputs: Arrays of the same examples; only tables, (rows, columns) and (rows,), are looked at.
        answers: The class that the model answers with: (rows,), integers from 0.

    Returns:
        The share, from 0 (no more than the most frequent answer) to 1 (all of them).
    """
    tables = [np.asarray(part).reshape(len(answers), -1) for part in inputs if np.ndim(part) <= 2]
    columns = [codes for table in tables for column in table.T if (codes := _codes(column)).max() < MOST_VALUES]
    top = int(np.bincount(answers).max())
    if not columns or top == len(answers):
        return 0.0
    first = max(columns, key=lambda codes: _told(codes, answers))
    told = max(_told(first * MOST_VALUES + codes, answers) for codes in columns)
    return (told - top) / (len(answers) - top)


def _codes(column: np.ndarray) -> np.ndarray:
    return np.unique(column, return_inverse=True)[1].reshape(-1)


def _told(codes: np.ndarray, answers: np.ndarray) -> int:
    """Rows whose answer is the most frequent one of their value."""
    counted = np.zeros((int(codes.max()) + 1, int(answers.max()) + 1), dtype=np.int64)
    np.add.at(counted, (codes, answers), 1)
    return int(counted.max(axis=1).sum())
