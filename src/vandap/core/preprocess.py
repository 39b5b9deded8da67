"""Raw inputs to model inputs, as data: what a trained model needs to read a user's rows again without training code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from vandap.core.dataset import ARRAY, IMAGES, TABLE, Raw
from vandap.core.schema import Column

_DAY = 86_400.0
_YEAR = 365.2425 * _DAY
_DATE_PARTS = ("elapsed", "year_sin", "year_cos", "week_sin", "week_cos", "day_sin", "day_cos")


@dataclass(frozen=True)
class Scaling:
    """Robust scaling with a smooth clip: `z = (x - center) * factor`, then `z / sqrt(1 + (z / 3)**2)`.

    Values far outside the training range then stay within 3, so one outlier cannot drown a feature. Missing values
    become 0, the centre. Source: the preprocessing of RealMLP (Holzmueller et al., "Better by Default", 2024).

    Args:
        center: Median of each feature, shape `(features,)`.
        factor: 1 / interquartile range (2 / range where that is 0; 0 for a constant), shape `(features,)`.
    """

    center: np.ndarray
    factor: np.ndarray

    def apply(self, values: np.ndarray) -> np.ndarray:
        """Scale `values` of shape `(n, features)`; returns float32 of the same shape."""
        with np.errstate(invalid="ignore", over="ignore"):
            z = ((values - self.center) * self.factor).astype(np.float32)
            z = np.nan_to_num(z, nan=0.0, posinf=1e18, neginf=-1e18)
            return z / np.hypot(np.float32(1.0), z / np.float32(3.0))  # hypot: the square would overflow


@dataclass(frozen=True)
class Encoded:
    """Model inputs of a batch.

    Args:
        numbers: Images `(n, height, width, channels)`, or features `(n, features)`.
        categories: Category indices `(n, category columns)`, int32, 0 for missing or unknown; no columns otherwise.
    """

    numbers: np.ndarray
    categories: np.ndarray


@dataclass(frozen=True)
class Preprocess:
    """How raw inputs become model inputs. Fitted on training rows only, stored as `preprocess.json`.

    Args:
        kind: `images`, `table` or `array`.
        numbers: Names of the number and boolean columns.
        dates: Names of the date columns; each becomes elapsed time and the phase of year, week and day.
        indicators: Names of the number or date columns that get a missing indicator.
        vocabularies: Values of each category column that have an own index (1, 2, ...); others are 0.
        scaling: Scaling of numbers and dates (in this order), or of flattened arrays; None for images.
        shape: Shape of one raw example for images and arrays; `()` for tables.
        pixels: Type of the image values that the model was trained on: `uint8` (0 to 255) or `float`.
        pixel_range: Least and largest value that a pixel can have, as far as the training images tell.
        channel_mean: Mean of each image channel; the network normalises with it.
        channel_deviation: Standard deviation of each image channel.
        target_center: Regression: mean of the training target; networks learn `(y - center) / scale`.
        target_scale: Regression: standard deviation of the training target.
    """

    kind: str
    numbers: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    vocabularies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scaling: Scaling | None = None
    shape: tuple[int, ...] = ()
    pixels: str = "uint8"
    pixel_range: tuple[float, float] = (0.0, 255.0)
    channel_mean: tuple[float, ...] = ()
    channel_deviation: tuple[float, ...] = ()
    target_center: float = 0.0
    target_scale: float = 1.0

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the columns of `Encoded.numbers` for a table."""
        dates = tuple(f"{name}.{part}" for name in self.dates for part in _DATE_PARTS)
        return self.numbers + dates + tuple(f"{name} is missing" for name in self.indicators)

    def bind(self, columns: tuple[Column, ...]) -> Encoder:
        """Return the encoder for raw batches whose category codes follow these columns."""
        return Encoder(self, columns)


class Encoder:
    """Encodes raw batches.

    Args:
        preprocess: The fitted preprocessing.
        columns: The columns by whose `categories` the raw batches are coded.
    """

    def __init__(self, preprocess: Preprocess, columns: tuple[Column, ...]) -> None:
        self.preprocess = preprocess
        stored = {column.name: column.categories for column in columns}
        self._index = {name: _indices(stored[name], words) for name, words in preprocess.vocabularies.items()}

    def __call__(self, raw: Raw) -> Encoded:
        """Encode a batch."""
        kind = self.preprocess.kind
        if kind == TABLE:
            assert isinstance(raw, Mapping)
            return self._table(raw)
        assert isinstance(raw, np.ndarray)
        nothing = np.zeros((len(raw), 0), np.int32)
        if kind == IMAGES:
            return Encoded(_whole_images(raw, self.preprocess.channel_mean), nothing)
        assert kind == ARRAY and self.preprocess.scaling is not None
        flat = np.asarray(raw, np.float32).reshape(len(raw), -1)
        return Encoded(self.preprocess.scaling.apply(flat), nothing)

    def _table(self, raw: Mapping[str, np.ndarray]) -> Encoded:
        spec = self.preprocess
        assert spec.scaling is not None
        rows = len(next(iter(raw.values())))
        parts = [np.asarray(raw[name], np.float64)[:, None] for name in spec.numbers]
        parts += [date_parts(raw[name]) for name in spec.dates]
        values = np.concatenate(parts, axis=1) if parts else np.zeros((rows, 0))
        numbers = spec.scaling.apply(values)
        if spec.indicators:
            missing = np.stack([~np.isfinite(raw[name]) for name in spec.indicators], axis=1)
            numbers = np.concatenate([numbers, missing.astype(np.float32)], axis=1)
        codes = [self._index[name][raw[name]] for name in spec.vocabularies]
        categories = np.stack(codes, axis=1) if codes else np.zeros((rows, 0), np.int32)
        return Encoded(numbers, categories)


def _whole_images(images: np.ndarray, channel_mean: tuple[float, ...]) -> np.ndarray:
    """Images with the mean of the channel where a pixel is NaN or infinite; the same array where none is.

    Args:
        images: Shape `(n, height, width, channels)`.
        channel_mean: What stands in, one number for each channel.
    """
    if images.dtype.kind != "f":
        return images
    known = np.isfinite(images)
    return images if known.all() else np.where(known, images, np.asarray(channel_mean, images.dtype))


def date_parts(seconds: np.ndarray) -> np.ndarray:
    """Turn seconds since 1970 into elapsed time and phases: shape `(n,)` to `(n, 7)`."""
    phases = [2 * np.pi * (seconds % period) / period for period in (_YEAR, 7 * _DAY, _DAY)]
    waves = [wave(phase) for phase in phases for wave in (np.sin, np.cos)]
    return np.stack([seconds, *waves], axis=1)


def _indices(stored: tuple[str, ...], words: tuple[str, ...]) -> np.ndarray:
    """Map storage codes to model indices; the last entry serves code -1 (missing)."""
    position = {word: index for index, word in enumerate(words, start=1)}
    return np.array([position.get(word, 0) for word in stored] + [0], np.int32)
