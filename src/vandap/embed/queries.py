"""Photos as queries, embedded by the model of the index that is asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vandap.data.images import is_image_name
from vandap.embed.build import BATCH, embedder_of
from vandap.embed.photos import photo_list
from vandap.embed.stream import embedded
from vandap.errors import DataError
from vandap.search.index import Index


@dataclass(frozen=True)
class Queries:
    """Photos, embedded.

    Args:
        vectors: float32, shape `(n, columns)`.
        names: What each photo is called.
        people: Name of the folder that each lies in, or None.
        failed: Photos that gave no vector, with the reason.
    """

    vectors: np.ndarray
    names: tuple[str, ...]
    people: tuple[str | None, ...]
    failed: tuple[tuple[str, str], ...]


def holds_photos(source: str | Path) -> bool:
    """Whether a path is a photo, or a folder that holds photos and no vectors."""
    path = Path(source).expanduser()
    if path.is_dir():
        return not any(path.glob("*.npy"))
    return is_image_name(path.name)


def embed_queries(index: Index, source: str | Path, batch: int = BATCH) -> Queries:
    """Embed a photo, or a folder of them, as the index's own photos were.

    Raises:
        IndexFolderError: The index was built from vectors.
        DataError: No photo gives a vector.
    """
    photos = photo_list(source)
    vectors, rows, failed = [], [], []
    for piece in embedded(embedder_of(index), photos, min(batch, len(photos))):
        vectors.append(piece.vectors)
        rows += piece.photos.tolist()
        failed += [(photos.names[row], why) for row, why in piece.failed]
    if not rows:
        raise DataError(
            "None of the photos gives a vector.",
            received=", ".join(f"{name} ({why})" for name, why in failed[:5]),
            expected="photos that can be read, with a face where the index was built with --faces",
            hint="Open one of them in an image viewer.",
        )
    names, people = tuple(photos.names[row] for row in rows), tuple(photos.people[row] for row in rows)
    return Queries(np.concatenate(vectors), names, people, tuple(failed))
