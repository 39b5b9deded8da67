"""What the data look like: numbers and small histograms that the report draws. The test part is not looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from vandap.core.dataset import IMAGES, TABLE, Dataset
from vandap.core.schema import Column, ColumnKind, Role

_MOST_ROWS = 200_000
_MOST_IMAGES = 500
_MOST_ARRAYS = 2_000
_TOP = 10
_BINS = 20


def profile(dataset: Dataset, known: Mapping[str, Any]) -> dict[str, Any]:
    """Describe the training and validation rows.

    Args:
        dataset: The data.
        known: Facts that the reader found (image sizes and modes, unreadable files); they win over what is measured.

    Returns:
        `columns` for a table; `count`, `sizes`, `modes`, `unreadable`, `channel_mean` and `channel_deviation` for
        images; `shape`, `min`, `max`, `mean` and `deviation` for arrays; always `rows`, the number of rows described.
    """
    rows = np.concatenate([dataset.split.train, dataset.split.validation])
    rows.sort()
    if dataset.kind == IMAGES:
        return _images(dataset, _spread(rows, _MOST_IMAGES)) | dict(known)
    if dataset.kind == TABLE:
        rows = _spread(rows, _MOST_ROWS)
        raw = dataset.examples.take(rows)
        assert isinstance(raw, Mapping)
        return {"rows": len(rows), "columns": [_column(dataset, column, raw, rows) for column in dataset.columns]}
    return _array(dataset, _spread(rows, _MOST_ARRAYS))


def _spread(rows: np.ndarray, most: int) -> np.ndarray:
    """At most `most` rows, evenly spaced."""
    return rows if len(rows) <= most else rows[np.linspace(0, len(rows) - 1, most).astype(np.int64)]


def _column(dataset: Dataset, column: Column, raw: Mapping[str, np.ndarray], rows: np.ndarray) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "name": column.name,
        "kind": column.kind.value,
        "role": column.role.value,
        "reason": column.reason,
    }
    if column.role is Role.TARGET:
        target = dataset.target[rows]
        return facts | (_codes(target, dataset.classes) if dataset.task.is_classification else _numbers(target))
    if column.name not in raw:
        return facts
    values = np.asarray(raw[column.name])
    if column.kind is ColumnKind.CATEGORY:
        return facts | _codes(values, column.categories)
    if column.kind is ColumnKind.DATE:
        return facts | _dates(values)
    return facts | _numbers(values)


def _codes(codes: np.ndarray, names: tuple[str, ...]) -> dict[str, Any]:
    """Facts of category codes; codes without a name are missing."""
    known = codes[(codes >= 0) & (codes < len(names))]
    counts = np.bincount(known, minlength=1)
    order = np.argsort(-counts, kind="stable")[:_TOP]
    return {
        "missing": 1 - len(known) / max(1, len(codes)),
        "distinct": int((counts > 0).sum()),
        "top": [[names[code], int(counts[code])] for code in order if counts[code]],
    }


def _numbers(values: np.ndarray) -> dict[str, Any]:
    """Facts of numbers; missing and infinite values are left out of all but `missing`."""
    finite = values[np.isfinite(values)].astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        return _moments(values, finite)


def _moments(values: np.ndarray, finite: np.ndarray) -> dict[str, Any]:
    facts: dict[str, Any] = {"missing": float(np.isnan(values).mean()) if len(values) else 0.0}
    if not len(finite):
        return facts | {"distinct": 0}
    different, counts = np.unique(finite, return_counts=True)
    if len(different) <= _TOP:
        order = np.argsort(-counts, kind="stable")
        facts["top"] = [[float(different[place]), int(counts[place])] for place in order]
    return facts | {
        "distinct": len(different),
        "min": float(different[0]),
        "max": float(different[-1]),
        "mean": float(finite.mean()),
        "deviation": float(finite.std()),
        "histogram": _histogram(finite),
    }


def _dates(seconds: np.ndarray) -> dict[str, Any]:
    """Facts of dates: `min` and `max` as ISO dates, the histogram over seconds since 1970."""
    facts = _numbers(seconds)
    bounds = {name: _iso(facts[name]) for name in ("min", "max") if name in facts}
    return {key: value for key, value in facts.items() if key not in ("mean", "deviation", "top")} | bounds


def _iso(seconds: float) -> str:
    return str(np.datetime64(int(np.clip(seconds, -6e10, 2.5e11)), "s")).replace("T00:00:00", "")


def _histogram(finite: np.ndarray) -> dict[str, list[float]]:
    """Counts in equal bins over the range; the tails beyond 1.5 interquartile ranges fall into the outermost bins."""
    low, high = finite.min(), finite.max()
    first, third = np.quantile(finite, (0.25, 0.75))
    if third > first:
        low, high = max(low, first - 1.5 * (third - first)), min(high, third + 1.5 * (third - first))
    if not high > low:
        return {"edges": [float(low), float(high)], "counts": [float(len(finite))]}
    edges = low + (high / _BINS - low / _BINS) * np.arange(_BINS + 1)
    # the position by arithmetic, because numpy.histogram refuses ranges that float64 cannot cut into bins
    place = ((finite / 2 - low / 2) / (high / 2 - low / 2) * _BINS).clip(0, _BINS - 1).astype(np.int64)
    return {"edges": edges.tolist(), "counts": np.bincount(place, minlength=_BINS).astype(float).tolist()}


def _images(dataset: Dataset, rows: np.ndarray) -> dict[str, Any]:
    images = np.asarray(dataset.examples.take(rows))
    height, width, channels = images.shape[1:]
    values = images.reshape(-1, channels)
    return {
        "rows": len(rows),
        "count": len(dataset.examples),
        "sizes": [[int(height), int(width), len(dataset.examples)]],
        "modes": {"L" if channels == 1 else "RGB": len(dataset.examples)},
        "unreadable": [],
        "channel_mean": values.mean(axis=0, dtype=np.float64).tolist(),
        "channel_deviation": values.std(axis=0, dtype=np.float64).tolist(),
    }


def _array(dataset: Dataset, rows: np.ndarray) -> dict[str, Any]:
    values = np.asarray(dataset.examples.take(rows))
    facts = _numbers(values.reshape(-1))
    return {"rows": len(rows), "shape": list(values.shape[1:])} | {
        key: facts[key] for key in ("missing", "min", "max", "mean", "deviation", "histogram") if key in facts
    }
