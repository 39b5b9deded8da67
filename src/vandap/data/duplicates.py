"""Which rows are copies of each other, and so must never stand in two parts of a split.

Exact copies have equal input hashes. Images are also compared by their thumbnails (`near_duplicates`). Not every
repeated row of a table is a copy: where few columns with few values meet many rows, equal rows are the population
itself (a third of the passengers are adult men of one class), and uniting them would test a model on combinations that
it never saw.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from vandap.core.dataset import ARRAY, IMAGES, Examples
from vandap.data.near_duplicates import near_pairs
from vandap.data.sets import Sets

FEW_DISTINCT = 0.5
"""Below this share of distinct rows, repeated rows may be the population. Source: the tables of
`bench/duplicates/RESULTS.md`; data with known copies (wine quality, spam base, segmentation) lie above 0.8, tables of a
few ratings or categories (ESL, SWD, Titanic by class, age and sex) below 0.41."""

CROWDED = 100.0
"""... provided that the columns can form fewer than this many effective combinations for each row. Rows that were
copied by hand (an over-sampled class) are just as repeated, but their columns could form many more. Source: as above;
SWD, the most spread of the natural ones, has 56."""

WIDE = 0.5
"""... and that no column tells more than this share of the distinct rows apart, as a continuous one would. Source: as
above; the natural ones have at most 0.29."""

CHANCE = 3.0
"""Repeated pairs up to this multiple of what independent columns would give by chance are the population, not copies.
Source: as above; Haberman 1.3 and breast cancer (Ljubljana) 2.7; data with copies from 2,500."""

COMMON = 0.05
"""A combination of values in a table that holds more than this share of all rows (and at least 10) is never a copy.
Source: as above; mammography, where 30 % of all rows are one background vector."""

_SAMPLE = 100_000
_LARGEST_EXPONENT = 700.0


@dataclass(frozen=True)
class Duplicates:
    """The copies among the rows.

    Args:
        exact: The sets of equal inputs.
        cluster: The sets of rows that must stay together (exact and near copies; in tables without the common
            combinations).
        natural: Whether repeated rows are the population rather than copies.
        compared: Images that were compared for near copies.
        notes: What the reader of a report must know.
    """

    exact: Sets
    cluster: Sets
    natural: bool = False
    compared: int = 0
    notes: tuple[str, ...] = ()

    @property
    def population(self) -> np.ndarray:
        """Repeated rows that are no copies, ascending row numbers. All of them, or the common combinations."""
        repeated = self.exact.members
        return repeated if self.natural else np.setdiff1d(repeated, self.cluster.members, assume_unique=True)


def find(examples: Examples, hashes: np.ndarray) -> Duplicates:
    """Find the copies.

    Args:
        examples: The raw inputs.
        hashes: Content hash of each row's input, shape `(rows,)`.
    """
    exact = Sets.of(hashes)
    if examples.kind == IMAGES:
        labels = np.asarray(exact)
        pairs, compared, notes = near_pairs(examples, labels)
        return Duplicates(exact, Sets.of(unite(labels, pairs=pairs)), False, compared, notes)
    return _of_rows(examples, exact)


def unite(*labels: np.ndarray, pairs: np.ndarray | None = None) -> np.ndarray:
    """Join rows that share a label in any labelling, or that are a pair: the connected components.

    Args:
        *labels: Labellings, each int64 of shape `(rows,)`; at least one.
        pairs: Row numbers of further pairs, shape `(pairs, 2)`.

    Returns:
        Component number of each row, shape `(rows,)`, int64.
    """
    count = len(labels[0])
    rows, nodes, offset = [], [], count
    for label in labels:
        codes = np.unique(label, return_inverse=True)[1]
        rows.append(np.arange(count))
        nodes.append(codes + offset)
        offset += count
    if pairs is not None and len(pairs):
        rows.append(pairs[:, 0])
        nodes.append(pairs[:, 1])
    left, right = np.concatenate(rows), np.concatenate(nodes)
    graph = coo_matrix((np.ones(len(left), np.int8), (left, right)), shape=(offset, offset))
    return connected_components(graph, directed=False)[1][:count].astype(np.int64)


def _of_rows(examples: Examples, exact: Sets) -> Duplicates:
    """Tables and arrays: exact copies only, unless the repetition is natural."""
    rows, sizes, distinct = exact.rows, exact.sizes, exact.count
    if distinct == rows:
        return Duplicates(exact, exact)
    columns = _columns(examples, exact.firsts)
    if columns is None:
        return Duplicates(exact, exact)
    combinations, widest = _spread(columns)
    # one column repeats its values by nature
    repeated = float((sizes * (sizes - 1.0)).sum())
    by_chance = len(columns) == 1 or repeated <= CHANCE * rows * (rows - 1.0) / combinations
    crowded = combinations <= CROWDED * rows and widest <= WIDE * distinct
    if distinct / rows < FEW_DISTINCT and (by_chance or crowded):
        note = (
            f"The {rows} rows hold only {distinct} distinct combinations of feature values; equal rows are taken as "
            "the population, not as copies, and may stand in several parts."
        )
        return Duplicates(exact, Sets.alone(rows), True, notes=(note,))
    common = sizes > max(COMMON * rows, 9)
    notes = tuple(
        f"One combination of feature values stands in {size} of {rows} rows; it is taken as part of the population, "
        "not as copies, and may stand in several parts."
        for size in sizes[common]
    )
    return Duplicates(exact, exact.kept(~common), by_chance, notes=notes)


def _columns(examples: Examples, rows: np.ndarray) -> list[np.ndarray] | None:
    """The columns of a table or a flat array, of evenly spaced rows if there are many; None for others."""
    raw = examples.take(rows[:: max(1, len(rows) // _SAMPLE)])
    if isinstance(raw, Mapping):
        return [np.asarray(values) for values in raw.values()] or None
    return list(raw.T) if examples.kind == ARRAY and raw.ndim == 2 else None


def _spread(columns: list[np.ndarray]) -> tuple[float, int]:
    """How many equally likely combinations the columns could form, and the distinct values of the widest one.

    The columns are taken as independent, and each as having 1 / (probability that two rows agree in it) values. They
    are those of the distinct rows, so that copies do not make their own repetition look likely. Missing values agree.
    """
    counts = [np.unique(values, return_counts=True)[1].astype(float) for values in columns]
    agree = [float(np.sum(count * (count - 1)) / max(1.0, count.sum() * (count.sum() - 1))) for count in counts]
    logarithm = -float(np.log(agree).sum()) if min(agree) > 0 else float("inf")
    return float(np.exp(min(logarithm, _LARGEST_EXPONENT))), max(map(len, counts))
