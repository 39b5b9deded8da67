"""Embedding as a stream: photos are read ahead of the model, a batch at a time, and nothing larger is held."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vandap.data.stream import batches
from vandap.embed.embedder import Embedder
from vandap.embed.photos import PhotoList
from vandap.errors import DataError, UsageError

_AHEAD = 2


@dataclass(frozen=True)
class Piece:
    """A batch of photos, embedded.

    Args:
        photos: Numbers of the photos that gave a vector, shape `(n,)`.
        vectors: Their vectors, float32, shape `(n, columns)`.
        failed: Numbers of the others, with the reason.
        end: Number of the photo after the last one of the batch.
    """

    photos: np.ndarray
    vectors: np.ndarray
    failed: tuple[tuple[int, str], ...]
    end: int


def embedded(embedder: Embedder, photos: PhotoList, batch: int, start: int = 0) -> Iterator[Piece]:
    """Embed photos from number `start` on, in order.

    At most three batches of photos and one of vectors are in memory.

    Raises:
        DataError: The model gives numbers that are not finite, or zeros alone.
        UsageError: The batch holds nothing.
    """
    if batch < 1:
        raise UsageError(
            "A batch holds at least one photo.",
            received=f"--batch {batch}",
            expected="1 or more",
            hint="Leave --batch out.",
        )
    reader, rows = embedder.reader(photos), np.arange(start, len(photos))
    stream = batches(reader, rows, batch, threads=1, ahead=_AHEAD)
    for first, images in zip(range(start, len(photos), batch), stream, strict=True):
        here = np.arange(first, first + len(images))
        failed = tuple((int(row), reader.failed.pop(int(row))) for row in here if int(row) in reader.failed)
        good = np.isin(here, [row for row, _ in failed], invert=True)
        vectors = embedder.vectors(np.asarray(images)[good], batch)
        _check(vectors, [photos.names[row] for row in here[good]])
        yield Piece(here[good], vectors, failed, first + len(images))


def _check(vectors: np.ndarray, names: list[str]) -> None:
    bad = ~np.isfinite(vectors).all(axis=1) | ~vectors.any(axis=1)
    if bad.any():
        raise DataError(
            "The model gives no usable vector.",
            received=f"{int(bad.sum())} of {len(vectors)} photos, such as {names[int(bad.argmax())]}",
            expected="finite numbers that are not all zero",
            hint="Check --pixels and --layer; a model whose training diverged gives such numbers for every photo.",
        )
