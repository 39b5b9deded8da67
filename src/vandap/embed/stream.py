"""Embedding as a stream: photos are read ahead of the model, a batch at a time, and nothing larger is held."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vandap.data.stream import batches
from vandap.embed.embedder import Embedder
from vandap.embed.photos import PhotoList
from vandap.errors import DataError, UsageError

UNUSABLE = "gives no usable vector"
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

    At most three batches of photos and one of vectors are in memory. A photo whose vector is not finite, or zeros
    alone, has failed.

    Raises:
        DataError: The model gives such vectors for all photos of the first batch.
        UsageError: The batch holds nothing.
    """
    if batch < 1:
        raise UsageError(
            "A batch holds at least one photo.",
            received=f"--batch {batch}",
            expected="1 or more",
            hint="Leave --batch out.",
        )
    reader, is_tried = embedder.reader(photos), start > 0
    stream = batches(reader, np.arange(start, len(photos)), batch, threads=1, ahead=_AHEAD)
    for first, images in zip(range(start, len(photos), batch), stream, strict=True):
        here = np.arange(first, first + len(images))
        failed = {int(row): reader.failed.pop(int(row)) for row in here if int(row) in reader.failed}
        read = np.isin(here, list(failed), invert=True)
        vectors, rows = embedder.vectors(np.asarray(images)[read], batch), here[read]
        usable = np.isfinite(vectors).all(axis=1) & vectors.any(axis=1)
        if len(rows) and not is_tried and not usable.any():
            raise _useless(len(rows), photos.names[rows[0]])
        is_tried = is_tried or len(rows) > 0
        failed |= {int(row): UNUSABLE for row in rows[~usable]}
        yield Piece(rows[usable], vectors[usable], tuple(sorted(failed.items())), first + len(images))


def _useless(count: int, name: str) -> DataError:
    return DataError(
        "The model gives no usable vector.",
        received=f"none for {count} photos, such as {name}",
        expected="finite numbers that are not all zero",
        hint="Check --pixels and --layer; a model whose training diverged gives such numbers for every photo.",
    )
