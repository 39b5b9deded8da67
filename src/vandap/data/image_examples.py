"""Images in files, decoded when they are asked for, several at a time."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np

from vandap.core.dataset import IMAGES, Examples
from vandap.data.images import UnreadableImageError, decode

_PIECES = 4
_GREY = 127


@cache
def pool() -> ThreadPoolExecutor:
    """The threads that decode images, one a core; shared by all readers of images in this process."""
    return ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="vandap-decode")


class ImageFolderExamples(Examples):
    """Image files.

    Args:
        root: Folder that the names are relative to.
        paths: The files.
        size: (height, width) of the decoded images.
        channels: 1 (grey) or 3 (colour).

    Attributes:
        failed: Names of files that could no longer be decoded when they were asked for; they read as plain grey.
    """

    kind = IMAGES

    def __init__(self, root: Path, paths: Sequence[Path], size: tuple[int, int], channels: int) -> None:
        self.root = root
        self.paths = tuple(paths)
        self.size = size
        self.channels = channels
        self.failed: set[str] = set()

    def __len__(self) -> int:
        return len(self.paths)

    def take(self, rows: np.ndarray) -> np.ndarray:
        """Decode these images: uint8 of shape `(n, height, width, channels)`."""
        images = np.empty((len(rows), *self.size, self.channels), np.uint8)
        places = range(len(rows))
        step = max(1, -(-len(rows) // (_PIECES * (os.cpu_count() or 1))))
        jobs = [pool().submit(self._fill, images, rows, places[start : start + step]) for start in places[::step]]
        for job in jobs:
            job.result()
        return images

    def _fill(self, images: np.ndarray, rows: np.ndarray, places: range) -> None:
        for place in places:
            path = self.paths[int(rows[place])]
            try:
                images[place] = decode(path, self.size, self.channels)
            except UnreadableImageError:
                self.failed.add(self._relative(path))
                images[place] = _GREY

    def name(self, row: int) -> str:
        """The file's name below the folder."""
        return self._relative(self.paths[row])

    def _relative(self, path: Path) -> str:
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)
