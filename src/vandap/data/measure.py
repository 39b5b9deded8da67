"""The data signals that a single pass over the training part gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from vandap.core.dataset import IMAGES, Dataset, Examples, Raw
from vandap.core.rows import blocks, count_codes, picked
from vandap.core.schema import ColumnKind
from vandap.core.signals import Series
from vandap.data.contents import PARTS
from vandap.data.stream import batches

_BATCH_VALUES = 1_000_000
_INPUT = "input"


def measure(dataset: Dataset) -> dict[str, Series]:
    """Measure the sizes of the parts, their classes, and missing and non-finite training values.

    Memory is bounded by a batch. Images of whole numbers cannot be non-finite, so they are not read.
    """
    split = dataset.split
    parts = (split.train, split.validation, split.test)
    missing, nonfinite = _defects(dataset)
    signals = {
        "split_sizes": Series(np.array([float(len(part)) for part in parts]), {"split": PARTS}),
        "missing_share": _shares(missing),
        "nonfinite_share": _shares(nonfinite),
    }
    if dataset.task.is_classification:
        counts = np.stack([_class_counts(dataset, part) for part in parts])
        signals["class_counts"] = Series(counts, {"split": PARTS, "class": dataset.classes})
        signals["label_values"] = _label_values(dataset)
    if dataset.kind == IMAGES:
        shape = np.asarray(dataset.examples.take(np.zeros(1, np.int64))).shape[1:]
        signals["image_shape"] = Series(np.array(shape, float), {"axis": ("height", "width", "channels")})
    return signals


def bounded(examples: Examples, rows: np.ndarray) -> Iterator[Raw]:
    """Read rows in batches of at most a million values."""
    if not len(rows):
        return iter(())
    raw = examples.take(rows[:1])
    width = len(raw) if isinstance(raw, Mapping) else raw[0].size
    return batches(examples, rows, max(1, _BATCH_VALUES // max(1, width)), threads=1, ahead=1)


def _class_counts(dataset: Dataset, rows: np.ndarray) -> np.ndarray:
    """Rows of each class; labels outside the known classes (a fault) are counted nowhere."""
    return count_codes(dataset.target, len(dataset.classes), rows).astype(float)


def _label_values(dataset: Dataset) -> Series:
    rows = dataset.split.train
    used = np.unique(np.concatenate([np.unique(dataset.target[rows[block]]) for block in blocks(len(rows))]))
    facts = (used[0], used[-1], len(used), len(dataset.classes))
    return Series(np.array(facts, float), {"fact": ("lowest", "highest", "distinct", "classes")})


def _shares(shares: Mapping[str, float]) -> Series:
    return Series(np.array(list(shares.values()), float), {"column": tuple(shares)})


def _defects(dataset: Dataset) -> tuple[dict[str, float], dict[str, float]]:
    """Share of missing and of non-finite values of each stored column (`input` if there are none) and the target."""
    rows = dataset.split.train
    first = dataset.examples.take(rows[:1])
    if not isinstance(first, Mapping) and first.dtype.kind != "f":
        return {}, {_INPUT: 0.0}
    missing: dict[str, float] = {}
    nonfinite: dict[str, float] = {}
    for raw in bounded(dataset.examples, rows):
        if isinstance(raw, Mapping):
            for name, values in raw.items():
                absent, infinite = _of_column(dataset, name, values)
                weight = len(values) / len(rows)
                missing[name] = missing.get(name, 0.0) + weight * absent
                nonfinite[name] = nonfinite.get(name, 0.0) + weight * infinite
            continue
        bad = len(raw) / len(rows) * float(1 - np.isfinite(raw).mean())
        nonfinite[_INPUT] = nonfinite.get(_INPUT, 0.0) + bad
    if not dataset.task.is_classification:
        nonfinite["target"] = float(1 - picked(np.isfinite(dataset.target), rows).mean())
    return missing, nonfinite


def _of_column(dataset: Dataset, name: str, values: np.ndarray) -> tuple[float, float]:
    """Share of missing and of infinite values of a table's column."""
    kinds = {column.name: column.kind for column in dataset.columns}
    if kinds.get(name) is ColumnKind.CATEGORY:
        return float((values < 0).mean()), 0.0
    return float(np.isnan(values).mean()), float(np.isinf(values).mean())
