"""Fit the preprocessing on training rows, and on nothing else."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from vandap.core.dataset import ARRAY, IMAGES, TABLE, Dataset
from vandap.core.preprocess import Preprocess, Scaling, date_parts
from vandap.core.rows import picked
from vandap.core.schema import Column, ColumnKind

QUANTILE_ROWS = 200_000
"""Rows that medians and quartiles are computed from: their standard error is then below 0.3 % of the spread."""

QUANTILE_BYTES = 80_000_000
"""Bytes held at once for quantiles, so that wide tables sample fewer rows."""

STATISTICS_IMAGES = 2_000
BLOCK_VALUES = 1_000_000
VOCABULARY = 1_000
"""Category values with an own index; a network's embedding and a one-hot row stay small."""

FEW_VALUES = 16
"""Columns with no more values keep even those seen once."""


def fit_preprocess(dataset: Dataset, rows: np.ndarray, seed: int) -> Preprocess:
    """Fit how raw inputs become model inputs.

    Args:
        dataset: The data.
        rows: Training rows, shape `(n,)`. No other row is read.
        seed: Seed of the sub-samples that quantiles and channel statistics are computed from.

    Returns:
        Preprocessing that `Preprocess.bind` turns into an encoder.
    """
    generator = np.random.default_rng(seed)
    if dataset.kind == IMAGES:
        fitted = _images(dataset, rows, generator)
    elif dataset.kind == ARRAY:
        fitted = _array(dataset, rows, generator)
    else:
        fitted = _TableStatistics(dataset, rows, generator).preprocess()
    return fitted if dataset.task.is_classification else _with_target(fitted, picked(dataset.target, rows))


def fit_scaling(values: np.ndarray) -> Scaling:
    """Fit the scaling of the columns of `values`, shape `(n, features)`. Infinities in `values` become NaN."""
    values[~np.isfinite(values)] = np.nan
    center = np.zeros(values.shape[1])
    factor = np.zeros(values.shape[1])
    for place, column in enumerate(values.T):
        known = column[np.isfinite(column)]
        if len(known):
            low, center[place], high = np.quantile(known, (0.25, 0.5, 0.75)).astype(np.float64)
            spread = high - low or (np.float64(known.max()) - known.min()) / 2.0
            factor[place] = 1.0 / spread if spread > 0 else 0.0
    return Scaling(center, factor)


def blocks(rows: np.ndarray, values_per_row: int) -> Iterator[np.ndarray]:
    """Cut `rows` into consecutive blocks that hold at most `BLOCK_VALUES` values each (one row at least)."""
    size = max(1, BLOCK_VALUES // max(1, values_per_row))
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _with_target(fitted: Preprocess, values: np.ndarray) -> Preprocess:
    deviation = float(np.std(values))
    return replace(fitted, target_center=float(np.mean(values)), target_scale=deviation if deviation > 0 else 1.0)


def _affordable(features: int, held: np.dtype) -> int:
    """Return the rows whose values are held at once."""
    return min(QUANTILE_ROWS, max(1_000, QUANTILE_BYTES // (held.itemsize * max(1, features))))


def _sample(total: int, count: int, generator: np.random.Generator) -> np.ndarray:
    """Positions of at most `count` out of `total` rows, ascending."""
    if total <= count:
        return np.arange(total)
    return np.sort(generator.choice(total, count, replace=False, shuffle=False))


def _images(dataset: Dataset, rows: np.ndarray, generator: np.random.Generator) -> Preprocess:
    """Shape, range, channel means and deviations, in the units of the stored images; of finite pixels only."""
    chosen = rows[_sample(len(rows), STATISTICS_IMAGES, generator)]
    first = np.asarray(dataset.examples.take(chosen[:1]))
    total = squares = count = np.zeros(first.shape[-1])
    low, high = math.inf, -math.inf
    for block in blocks(chosen, first[0].size):
        pixels = np.asarray(dataset.examples.take(block), np.float64).reshape(-1, first.shape[-1])
        if first.dtype == np.uint8:
            count = count + len(pixels)
        else:
            known = np.isfinite(pixels)
            low = min(low, float(pixels.min(where=known, initial=math.inf)))
            high = max(high, float(pixels.max(where=known, initial=-math.inf)))
            pixels, count = np.where(known, pixels, 0.0), count + known.sum(axis=0)
        total = total + pixels.sum(axis=0)
        squares = squares + np.einsum("pc,pc->c", pixels, pixels)
    mean = total / np.maximum(count, 1)
    deviation = np.sqrt(np.maximum(squares / np.maximum(count, 1) - mean**2, 0.0))
    deviation[deviation < 1e-6 * np.maximum(1.0, np.abs(mean))] = 1.0
    return Preprocess(
        IMAGES,
        shape=first.shape[1:],
        pixels="uint8" if first.dtype == np.uint8 else "float",
        pixel_range=(0.0, 255.0) if first.dtype == np.uint8 else _pixel_range(low, high),
        channel_mean=tuple(mean.tolist()),
        channel_deviation=tuple(deviation.tolist()),
    )


def _pixel_range(low: float, high: float) -> tuple[float, float]:
    """The usual range that float pixels lie in: 0 to 1, -1 to 1 or 0 to 255; what was seen where they lie in none."""
    for usual in ((0.0, 1.0), (-1.0, 1.0), (0.0, 255.0)):
        if usual[0] <= low and high <= usual[1]:
            return usual
    return (low, high) if low < high else (0.0, 255.0)


def _array(dataset: Dataset, rows: np.ndarray, generator: np.random.Generator) -> Preprocess:
    first = np.asarray(dataset.examples.take(rows[:1]))
    features = first[0].size
    held = np.dtype(np.float32)  # as `Examples.take` gives arrays
    chosen = rows[_sample(len(rows), _affordable(features, held), generator)]
    values = np.empty((len(chosen), features), held)
    start = 0
    for block in blocks(chosen, features):
        values[start : start + len(block)] = np.asarray(dataset.examples.take(block)).reshape(len(block), -1)
        start += len(block)
    return Preprocess(ARRAY, shape=first.shape[1:], scaling=fit_scaling(values))


class _TableStatistics:
    """One pass over the training rows, in blocks: gaps and category counts of all, numbers of a sub-sample."""

    def __init__(self, dataset: Dataset, rows: np.ndarray, generator: np.random.Generator) -> None:
        features = dataset.features
        self._numbers = _names(features, ColumnKind.NUMBER, ColumnKind.BOOLEAN)
        self._dates = _names(features, ColumnKind.DATE)
        self._missing = dict.fromkeys(self._numbers + self._dates, False)
        self._words = {c.name: c.categories for c in features if c.kind is ColumnKind.CATEGORY}
        self._counts = {name: np.zeros(len(words), np.int64) for name, words in self._words.items()}
        width = len(self._numbers) + len(date_parts(np.zeros(1))[0]) * len(self._dates)
        held = self._held(dataset, rows)
        sampled = np.zeros(len(rows), bool)
        sampled[_sample(len(rows), _affordable(width, held), generator)] = True
        self._values = np.empty((int(sampled.sum()), width), held)
        self._filled = 0
        start = 0
        for block in blocks(rows, max(1, len(features))):
            self._read(dataset, block, sampled[start : start + len(block)])
            start += len(block)

    def _held(self, dataset: Dataset, rows: np.ndarray) -> np.dtype:
        """The type that keeps all numbers and dates as they are stored: float32 takes 100,000,001 for 100,000,000."""
        raw = _columns(dataset, rows[:1])
        return np.result_type(np.float32, *(raw[name].dtype for name in self._numbers + self._dates))

    def _read(self, dataset: Dataset, rows: np.ndarray, sampled: np.ndarray) -> None:
        raw = _columns(dataset, rows)
        for name in self._missing:
            self._missing[name] = self._missing[name] or not np.isfinite(raw[name]).all()
        for name, counts in self._counts.items():
            codes = raw[name]
            counts += np.bincount(codes[codes >= 0], minlength=len(counts))
        parts = [np.asarray(raw[name])[sampled][:, None] for name in self._numbers]
        parts += [date_parts(raw[name][sampled]) for name in self._dates]
        end = self._filled + int(sampled.sum())
        if parts:
            np.concatenate(parts, axis=1, out=self._values[self._filled : end], casting="same_kind")
        self._filled = end

    def preprocess(self) -> Preprocess:
        """The fitted preprocessing."""
        return Preprocess(
            TABLE,
            numbers=self._numbers,
            dates=self._dates,
            indicators=tuple(name for name, missing in self._missing.items() if missing),
            vocabularies={name: _vocabulary(words, self._counts[name]) for name, words in self._words.items()},
            scaling=fit_scaling(self._values),
        )


def _columns(dataset: Dataset, rows: np.ndarray) -> Mapping[str, np.ndarray]:
    raw = dataset.examples.take(rows)
    if not isinstance(raw, Mapping):
        raise TypeError(f"A table gives column arrays. Received: {type(raw).__name__}.")
    return raw


def _names(columns: tuple[Column, ...], *kinds: ColumnKind) -> tuple[str, ...]:
    return tuple(column.name for column in columns if column.kind in kinds)


def _vocabulary(words: tuple[str, ...], counts: np.ndarray) -> tuple[str, ...]:
    """Values with an own index: the most frequent first, so that index order is order of frequency."""
    least = 1 if np.count_nonzero(counts) <= FEW_VALUES else 2
    order = np.argsort(-counts, kind="stable")
    return tuple(words[code] for code in order[:VOCABULARY] if counts[code] >= least)
