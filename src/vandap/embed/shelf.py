"""Vectors of photos on the disk while an index is built: written as they come, gone on with after a kill."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from vandap.core.progress import Progress
from vandap.core.records import to_json
from vandap.embed.embedder import Embedder
from vandap.embed.photos import PhotoList
from vandap.embed.stream import embedded
from vandap.errors import DataError
from vandap.search.durable import checkpoint, opened_to
from vandap.search.sources._source import Vectors

_EVERY = 5.0
"""Seconds between two checkpoints: what a kill may cost."""
_VECTORS, _ORIGIN, _STATE = "vectors.f32", "photos.i8", "state.json"


class Shelf(Vectors):
    """Embedded photos.

    Args:
        folder: Where they lie.
        photos: The photos.
        columns: Numbers in a vector.

    Attributes:
        origin: Number of the photo of each vector, int64.
        failed: Photos without a vector, with the reason.
    """

    def __init__(self, folder: Path, photos: PhotoList, columns: int) -> None:
        state = json.loads((folder / _STATE).read_bytes())
        self._path, self.columns, self.fingerprint = folder / _VECTORS, columns, f"photos:{state['key']}"
        self.origin = np.fromfile(folder / _ORIGIN, np.int64)
        self.count = len(self.origin)
        self.failed = [(photos.names[row], str(why)) for row, why in state["failed"]]

    def blocks(self, size: int, start: int = 0) -> Iterator[np.ndarray]:
        """Vectors in order."""
        with self._path.open("rb") as file:
            file.seek(start * self.columns * 4)
            for first in range(start, self.count, size):
                many = min(size, self.count - first)
                yield np.fromfile(file, np.float32, many * self.columns).reshape(many, self.columns)

    def some(self, numbers: np.ndarray) -> np.ndarray:
        """Vectors by number."""
        return np.memmap(self._path, np.float32, "r", shape=(self.count, self.columns))[numbers].view(np.ndarray)


def fill(folder: Path, embedder: Embedder, photos: PhotoList, batch: int, say: Progress) -> Shelf:
    """Embed photos into a folder, or go on where that was cut.

    Raises:
        DataError: None of the photos gives a vector, or the model gives none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    key = _key(embedder, photos)
    state = _read_state(folder, key)
    if state["done"] < len(photos):
        _go_on(folder, state, embedder, photos, batch, say)
    shelf = Shelf(folder, photos, embedder.record.columns)
    if not shelf.count:
        raise DataError(
            "None of the photos gives a vector.",
            received=f"{len(photos)} photos, such as {photos.names[0]} ({shelf.failed[0][1]})",
            expected="photos that can be read" + (", each with a face" if embedder.record.faces else ""),
            hint="Leave --faces out where the photos are cut to faces already."
            if embedder.record.faces
            else "Open one of them in an image viewer.",
        )
    return shelf


def _key(embedder: Embedder, photos: PhotoList) -> str:
    """Changes when the model, how it is used, or any photo changes."""
    digest = hashlib.sha256(json.dumps(to_json(embedder.record)).encode())
    for row, name in enumerate(photos.names):
        digest.update(f"{name}:{_facts(photos.path(row))}\n".encode())
    return digest.hexdigest()


def _facts(path: Path) -> str:
    """What changes with a photo; nothing of a link that leads nowhere, which is left out when it is read."""
    try:
        facts = path.stat()
    except OSError:
        return ""
    return f"{facts.st_size}:{facts.st_mtime_ns}"


def _read_state(folder: Path, key: str) -> dict[str, Any]:
    try:
        state = json.loads((folder / _STATE).read_bytes())
    except (FileNotFoundError, json.JSONDecodeError):
        state = {}
    return state if state.get("key") == key else {"key": key, "done": 0, "rows": 0, "failed": []}


def _go_on(
    folder: Path, state: dict[str, Any], embedder: Embedder, photos: PhotoList, batch: int, say: Progress
) -> None:
    if state["done"]:
        say("note", {"text": f"going on after {state['done']:,} photos"})
    with (
        opened_to(folder / _VECTORS, state["rows"] * embedder.record.columns * 4) as vectors,
        opened_to(folder / _ORIGIN, state["rows"] * 8) as origin,
    ):
        last = time.monotonic()
        for piece in embedded(embedder, photos, batch, state["done"]):
            vectors.write(piece.vectors.tobytes())
            origin.write(piece.photos.astype(np.int64).tobytes())
            state["done"], state["rows"] = piece.end, state["rows"] + len(piece.vectors)
            state["failed"] += piece.failed
            if time.monotonic() - last > _EVERY:
                checkpoint(folder / _STATE, (vectors, origin), state)
                say("note", {"text": f"{piece.end:,} of {len(photos):,} photos embedded"})
                last = time.monotonic()
        checkpoint(folder / _STATE, (vectors, origin), state)
