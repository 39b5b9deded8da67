"""A look at every image of a folder: which files can be read, how large they are, and which are equal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vandap.data.hashing import hash_bytes
from vandap.data.image_examples import pool
from vandap.data.images import Header, UnreadableImageError, decode, read_header

FULL_SCAN = 20_000
_SMALL = 32
_LARGEST_SIDE = 128
_MULTIPLE = 4


@dataclass(frozen=True)
class Scan:
    """What was found.

    Args:
        readable: Which files can be read, a mask over the paths.
        headers: Size and mode of each readable file, in order.
        hashes: Content hash of each readable file, uint64: of its pixels after a full scan, else of its bytes.
        full: Whether every image was decoded.
    """

    readable: np.ndarray
    headers: tuple[Header, ...]
    hashes: np.ndarray
    full: bool


def scan(paths: Sequence[Path]) -> Scan:
    """Decode every image once, or read the headers alone where there are more than 20,000."""
    full = len(paths) <= FULL_SCAN
    found = list(pool().map(_look if full else _glance, paths, chunksize=16))
    headers = tuple(item[0] for item in found if item is not None)
    hashes = np.array([item[1] for item in found if item is not None], np.uint64)
    return Scan(np.array([item is not None for item in found], bool), headers, hashes, full)


def _look(path: Path) -> tuple[Header, int] | None:
    try:
        header = read_header(path)
        pixels = decode(path, None, 1 if header.grey else 3)
    except (UnreadableImageError, OSError):
        return None
    return header, hash_bytes(str(pixels.shape).encode() + pixels.tobytes())


def _glance(path: Path) -> tuple[Header, int] | None:
    try:
        return read_header(path), hash_bytes(path.read_bytes())
    except (UnreadableImageError, OSError):
        return None


def choose_size(headers: Sequence[Header]) -> tuple[int, int]:
    """Choose (height, width): the median size, capped at 128 a side in proportion and rounded to a multiple of 4."""
    height = float(np.median([header.height for header in headers]))
    width = float(np.median([header.width for header in headers]))
    shrink = min(1.0, _LARGEST_SIDE / max(height, width))
    return _rounded(height * shrink), _rounded(width * shrink)


def _rounded(side: float) -> int:
    return max(1, round(side)) if side < _SMALL else max(_MULTIPLE, _MULTIPLE * round(side / _MULTIPLE))


def facts(headers: Sequence[Header], unreadable: Sequence[str]) -> dict:
    """Facts for `data.json`: sizes (the 20 most common), modes and unreadable files."""
    sizes = Counter((header.height, header.width) for header in headers)
    return {
        "count": len(headers),
        "sizes": [[height, width, count] for (height, width), count in sizes.most_common(20)],
        "modes": dict(Counter(header.mode for header in headers).most_common()),
        "unreadable": list(unreadable),
    }
