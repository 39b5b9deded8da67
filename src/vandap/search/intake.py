"""The first pass of a build: every vector checked, brought to unit length, written as a row.

Some rows, chosen at random, go to the end of the file. They are the held-out queries: the engine learns and is tuned
without them, and takes them in when all is measured.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vandap.core.progress import Progress
from vandap.search.check import fingerprints, unit_vectors
from vandap.search.codes._code import RowCode
from vandap.search.durable import checkpoint, opened_to
from vandap.search.sources._source import Vectors

BLOCK = 16_384
_EVERY = 5.0
"""Seconds between two checkpoints: what a kill may cost."""
_ONE_IN, _LEAST = 20, 300
"""One in so many rows is held out, but at least so many where a fifth of them allows it."""
_STATE, _HELD, _HASHES = "intake.json", "held.rows", "hashes.u64"


@dataclass(frozen=True)
class Held:
    """Which vectors are held out.

    Args:
        numbers: Their numbers in the source, ascending, int64.
        count: Vectors in the source.
    """

    numbers: np.ndarray
    count: int

    @property
    def order(self) -> np.ndarray:
        """Number in the source of each row of the file."""
        stays = np.ones(self.count, bool)
        stays[self.numbers] = False
        return np.concatenate([np.flatnonzero(stays), self.numbers])


def hold_out(count: int, most: int, seed: int) -> Held:
    """Choose which vectors are held out: at most `most`, and few beside all.

    They go in after the measurement, and more rows are harder to search: with an eighth held out, recall fell by up to
    two points afterwards.
    """
    many = min(most, max(count // _ONE_IN, min(count // 5, _LEAST)))
    numbers = np.sort(np.random.default_rng(seed).choice(max(1, count), many, replace=False))
    return Held(numbers.astype(np.int64), count)


def take_in(vectors: Vectors, folder: Path, held: Held, code: RowCode, progress: Progress) -> np.ndarray:
    """Write the rows; go on where a killed pass was cut.

    Args:
        vectors: The source.
        folder: Of the build.
        held: Which vectors go to the end.
        code: How a row is packed.
        progress: Told the rows read.

    Returns:
        A 64-bit fingerprint of each row, equal for equal rows.

    Raises:
        DataError: A vector cannot be searched.
    """
    state = folder / _STATE
    read = json.loads(state.read_bytes())["read"] if state.is_file() else 0
    if read < vectors.count or not state.is_file():
        _read_on(vectors, folder, held, code, read, progress)
    with (folder / code.file).open("r+b") as file:
        file.truncate((vectors.count - len(held.numbers)) * code.width(vectors.columns))
        file.seek(0, os.SEEK_END)
        file.write((folder / _HELD).read_bytes())
        file.flush()
        os.fsync(file.fileno())
    return np.fromfile(folder / _HASHES, np.uint64)


def _read_on(vectors: Vectors, folder: Path, held: Held, code: RowCode, read: int, progress: Progress) -> None:
    late = int(np.searchsorted(held.numbers, read))
    width = code.width(vectors.columns)
    with (
        opened_to(folder / code.file, (read - late) * width) as rows,
        opened_to(folder / _HELD, late * width) as aside,
        opened_to(folder / _HASHES, read * 8) as hashes,
    ):
        files, last = (rows, aside, hashes), time.monotonic()
        for block in vectors.blocks(BLOCK, read):
            records = code.pack(block if vectors.unit else unit_vectors(block, read))
            out = np.isin(np.arange(read, read + len(records)), held.numbers, assume_unique=True)
            rows.write(records[~out].tobytes())
            aside.write(records[out].tobytes())
            hashes.write(fingerprints(records).tobytes())
            read += len(records)
            if time.monotonic() - last > _EVERY:
                checkpoint(folder / _STATE, files, {"read": read})
                progress("note", {"text": f"{read:,} of {vectors.count:,} vectors read"})
                last = time.monotonic()
        checkpoint(folder / _STATE, files, {"read": read})
