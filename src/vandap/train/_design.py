"""Raw batches to matrices, for learners that read nothing else: one-hot or ordinal tables, thumbnails of images."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np

from vandap.core.dataset import ARRAY, IMAGES, Raw
from vandap.core.preprocess import Encoder, Preprocess, Scaling, date_parts
from vandap.core.schema import Column

Matrix: TypeAlias = Callable[[Raw], np.ndarray]

ONE_HOT_WIDTH = 512
THUMBNAIL_VALUES = 1_024
TREE_THUMBNAIL_VALUES = 256
"""Trees look at every column for every cut, and neighbouring pixels say much the same."""

NATIVE_CATEGORIES = 254
"""Categories of one column that a histogram of 255 bins can hold beside `other`; larger vocabularies are ordered by
frequency and cut like numbers."""

_LARGEST = np.float32(1e30)


@dataclass(frozen=True)
class Design:
    """How one learner sees the inputs, as float32 matrices of shape `(n, width)`.

    Args:
        preprocess: The fitted preprocessing.
        trees: False: scaled numbers and one-hot categories, no gaps. True: numbers in units of their spread but not
            clipped, NaN where missing, then one column of category indices for each category column.
    """

    preprocess: Preprocess
    trees: bool = False

    @cached_property
    def width(self) -> int:
        """Columns of the matrix."""
        spec = self.preprocess
        if spec.kind == IMAGES:
            return int(np.prod(self.thumbnail)) * spec.shape[2]
        if spec.kind == ARRAY:
            return int(np.prod(spec.shape))
        if self.trees:
            return len(_numbers_of(spec)) + len(spec.vocabularies)
        return len(spec.feature_names) + sum(self.one_hot)

    @cached_property
    def one_hot(self) -> tuple[int, ...]:
        """Values of each category column that get an own column: the most frequent, `ONE_HOT_WIDTH` in all."""
        sizes = np.array([len(words) for words in self.preprocess.vocabularies.values()], int)
        each = ONE_HOT_WIDTH
        while each > 1 and np.minimum(sizes, each).sum() > ONE_HOT_WIDTH:
            each -= 1
        return tuple(np.minimum(sizes, each).tolist())

    @cached_property
    def categorical(self) -> tuple[int, ...]:
        """For trees: the columns that hold category indices and may be split as sets."""
        if not self.trees:
            return ()
        first = self.width - len(self.preprocess.vocabularies)
        sizes = [len(words) for words in self.preprocess.vocabularies.values()]
        return tuple(first + place for place, size in enumerate(sizes) if size <= NATIVE_CATEGORIES)

    @cached_property
    def thumbnail(self) -> tuple[int, int]:
        """Height and width that images are shrunk to, never enlarged."""
        height, width, channels = self.preprocess.shape
        values = TREE_THUMBNAIL_VALUES if self.trees else THUMBNAIL_VALUES
        shrink = min(1.0, (values / (height * width * channels)) ** 0.5)
        low, narrow = max(1, int(height * shrink)), max(1, int(width * shrink))
        most = values // channels  # of a strip, the one pixel that is left across costs length
        return (low, min(narrow, max(1, most // low))) if low <= narrow else (min(low, max(1, most // narrow)), narrow)

    def bind(self, columns: tuple[Column, ...]) -> Matrix:
        """Return the function from raw batches, whose category codes follow `columns`, to matrices."""
        spec = self.preprocess
        if spec.kind == IMAGES:
            return self._bind_images(spec.bind(columns))
        if spec.kind == ARRAY:
            return _unclipped_array(spec) if self.trees else lambda raw: spec.bind(columns)(raw).numbers
        return self._bind_trees(columns) if self.trees else self._bind_dense(columns)

    def _bind_dense(self, columns: tuple[Column, ...]) -> Matrix:
        encode, one_hot = self.preprocess.bind(columns), self.one_hot

        def matrix(raw: Raw) -> np.ndarray:
            encoded = encode(raw)
            parts = [encoded.numbers]
            for place, size in enumerate(one_hot):
                codes = encoded.categories[:, place]
                parts.append((codes[:, None] == np.arange(1, size + 1)).astype(np.float32))
            return np.concatenate(parts, axis=1)

        return matrix

    def _bind_trees(self, columns: tuple[Column, ...]) -> Matrix:
        spec = self.preprocess
        nothing = Scaling(np.zeros(0), np.zeros(0))
        encode = replace(spec, numbers=(), dates=(), indicators=(), scaling=nothing).bind(columns)

        def matrix(raw: Raw) -> np.ndarray:
            assert isinstance(raw, Mapping)
            parts = [np.asarray(raw[name], np.float64)[:, None] for name in spec.numbers]
            parts += [date_parts(raw[name]) for name in spec.dates]
            categories = encode(raw).categories.astype(np.float32)
            if not parts:
                return categories
            return np.concatenate([_unclipped(spec, np.concatenate(parts, axis=1)), categories], axis=1)

        return matrix

    def _bind_images(self, encode: Encoder) -> Matrix:
        height, width, _ = self.preprocess.shape
        rows, columns = _shrink(height, self.thumbnail[0]), _shrink(width, self.thumbnail[1])
        mean = np.array(self.preprocess.channel_mean, np.float32)
        deviation = np.array(self.preprocess.channel_deviation, np.float32)

        def matrix(raw: Raw) -> np.ndarray:
            pixels = np.moveaxis(np.asarray(encode(raw).numbers, np.float32), 3, 1)  # (n, channels, height, width)
            small = rows @ pixels @ columns.T
            return ((np.moveaxis(small, 1, 3) - mean) / deviation).reshape(len(pixels), -1)

        return matrix


def _numbers_of(spec: Preprocess) -> tuple[str, ...]:
    return spec.feature_names[: len(spec.feature_names) - len(spec.indicators)]


def _unclipped_array(spec: Preprocess) -> Matrix:
    return lambda raw: _unclipped(spec, np.asarray(raw).reshape(len(raw), -1))


def _unclipped(spec: Preprocess, values: np.ndarray) -> np.ndarray:
    """Numbers around their median in units of their spread, so that float32 keeps apart what float64 did."""
    assert spec.scaling is not None
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = ((values - spec.scaling.center) * spec.scaling.factor).astype(np.float32)
        return np.clip(scaled, -_LARGEST, _LARGEST)


def _shrink(size: int, smaller: int) -> np.ndarray:
    """Averages over equal intervals, as a matrix of shape `(smaller, size)` whose rows sum to 1."""
    edges = np.linspace(0, size, smaller + 1)
    low, high = edges[:-1, None], edges[1:, None]
    pixels = np.arange(size)
    overlap = np.minimum(high, pixels + 1) - np.maximum(low, pixels)
    return (np.clip(overlap, 0, None) * smaller / size).astype(np.float32)
