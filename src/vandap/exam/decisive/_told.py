"""Do one column, or one beside another of few values, tell the answers of a model?

Where they do, its answers have but a few degrees of sureness by nature, as a flag or a limit of age that decides three
cases in four.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

MOST_VALUES = 8
"""Values of a column that still are few."""


def told_by_a_column(inputs: Sequence[np.ndarray], answers: np.ndarray) -> float:
    """Share of the answers told by that column which tells most, alone or beside one of few values.

    Args:
        inputs: Arrays of the same examples; only tables, (rows, columns) and (rows,), are looked at.
        answers: The class that the model answers with: (rows,), integers from 0.

    Returns:
        The share, from 0 (no more than the most frequent answer) to 1 (all of them); numbers count in eighths.
    """
    tables = [np.asarray(part).reshape(len(answers), -1) for part in inputs if np.ndim(part) <= 2]
    columns = [_codes(column) for table in tables for column in table.T]
    few = [codes for codes, is_few in columns if is_few]
    top = int(np.bincount(answers).max())
    if not columns or top == len(answers):
        return 0.0
    first = max((codes for codes, _ in columns), key=lambda codes: _told(codes, answers))
    pairs = [(first, codes) for codes in few]
    if few:
        first_few = max(few, key=lambda codes: _told(codes, answers))
        pairs += [(first_few, codes) for codes, _ in columns]
    told = max([_told(first, answers), *(_told(one * MOST_VALUES + other, answers) for one, other in pairs)])
    return (told - top) / (len(answers) - top)


def _codes(column: np.ndarray) -> tuple[np.ndarray, bool]:
    """(numbers of the values, or of the eighths where values are many; whether they are few)."""
    values, codes = np.unique(column, return_inverse=True)
    if len(values) <= MOST_VALUES:
        return codes.reshape(-1), True
    cuts = np.quantile(column, np.arange(1, MOST_VALUES) / MOST_VALUES)
    return np.searchsorted(cuts, column), False


def _told(codes: np.ndarray, answers: np.ndarray) -> int:
    """Rows whose answer is the most frequent one of their value."""
    counted = np.zeros((int(codes.max()) + 1, int(answers.max()) + 1), dtype=np.int64)
    np.add.at(counted, (codes, answers), 1)
    return int(counted.max(axis=1).sum())
