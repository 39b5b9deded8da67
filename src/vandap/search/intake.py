"""The first pass of a build: every vector checked, brought to unit length, compared with the queries, written as a row.

Some rows, chosen at random, go to the end of the file. They are the held-out queries: the engine learns and is tuned
without them, and takes them in when all is measured. They are read beforehand, so that their exact answers are found
in this pass, while the vectors are there as they were given.

Threads work on blocks side by side, each with a product of its own: half of a block's work is no product, and would
leave all cores but one idle. What they made is written, and counts, in order.
"""

from __future__ import annotations

import io
import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from vandap.core.ahead import worked_ahead
from vandap.core.progress import Progress
from vandap.search.blas import one_thread_a_product
from vandap.search.check import fingerprints, unit_vectors
from vandap.search.codes._code import RowCode
from vandap.search.durable import checkpoint, opened_to, replace_file, sync_file
from vandap.search.nearest import Better
from vandap.search.rows import Rows, normalised
from vandap.search.sources._source import Vectors
from vandap.search.truth import Truth

BLOCK = 8192
"""Vectors at a time: as they were given, at unit length, and packed."""
READERS = 8
"""Blocks worked on at the same time, at most: each takes memory, and the disk gives them one after another."""
_EVERY = 5.0
"""Seconds between two checkpoints: what a kill may cost."""
_ONE_IN, _LEAST = 20, 300
"""One in so many rows is held out, but at least so many where a fifth of them allows it."""
_QUERIES, _SAMPLE = "queries.npy", "sample-"
_PIECE = 1024
"""Rows of a block that are sorted out at a time."""
_TRIED = 20
"""One in so many vectors is read at most to tell how long all will take."""


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


def held_out(folder: Path) -> np.ndarray:
    """The vectors that were held out, at unit length, float32."""
    return np.load(folder / _QUERIES)


def set_aside(vectors: Vectors, held: Held, sample: np.ndarray, folder: Path, code: RowCode) -> tuple[np.ndarray, Rows]:
    """Read the vectors that are held out, and a sample of the others, before all are; what is wrong `take_in` refuses.

    Args:
        vectors: The source.
        held: Which are held out.
        sample: Numbers of the sample, ascending.
        folder: Of the build, where both are kept.
        code: How a row is packed.

    Returns:
        The first at unit length, float32; the others as rows.
    """
    path, rows = folder / _QUERIES, folder / f"{_SAMPLE}{code.file}"
    if not path.is_file():
        numbers = np.union1d(held.numbers, sample)
        out, found = np.isin(numbers, held.numbers), vectors.some(numbers)
        with rows.open("wb") as file:
            for start in range(0, len(found), _PIECE):
                part = slice(start, start + _PIECE)
                file.write(code.pack(normalised(np.nan_to_num(found[part][~out[part]]))).tobytes())
        sync_file(rows)
        buffer = io.BytesIO()
        np.save(buffer, normalised(np.nan_to_num(found[out])))
        replace_file(path, buffer.getvalue())
    return held_out(folder), Rows(rows, vectors.columns, code)


def tried(
    vectors: Vectors, queries: np.ndarray, k: int, code: RowCode, threads: int, folder: Path
) -> tuple[float, int]:
    """Try one block.

    Args:
        vectors: The source.
        queries: To look for; unit vectors, float32.
        k: Answers to keep for each.
        code: How a row is packed.
        threads: Blocks at a time.
        folder: Of the build.

    Returns:
        About how many seconds `take_in` will need; and the bytes of a number as it is given.
    """
    if not vectors.count:
        return 0.0, 0
    truth, began = Truth(queries, k, folder), time.monotonic()
    block = next(vectors.blocks(min(BLOCK, -(-vectors.count // _TRIED))))
    read = time.monotonic() - began
    with np.errstate(all="ignore"), one_thread_a_product():
        for _ in range(2):  # the first of all blocks has much that may be among the answers, and later ones little
            began = time.monotonic()
            units = normalised(block)
            truth.take(truth.look(units, np.ones(len(units), bool), 0))
            fingerprints(code.pack(units))
            made = time.monotonic() - began
    return vectors.count / len(block) * (read + made / min(threads, READERS)), block.dtype.itemsize


def take_in(
    vectors: Vectors,
    folder: Path,
    held: Held,
    code: RowCode,
    progress: Progress,
    threads: int,
    truth: Truth | None = None,
) -> np.ndarray:
    """Write the rows; go on where a killed pass was cut.

    Args:
        vectors: The source.
        folder: Of the build.
        held: Which vectors go to the end.
        code: How a row is packed.
        progress: Told the rows read.
        threads: Blocks at a time.
        truth: Looks at all that are not held out; None when that was done.

    Returns:
        A 64-bit fingerprint of each row, equal for equal rows.

    Raises:
        DataError: A vector cannot be searched.
    """
    part = _Pass(vectors, folder, held, code, truth)
    with one_thread_a_product():
        part.go_on(progress, threads)
    part.append_held()
    return part.fingerprints()


@dataclass(frozen=True)
class _Block:
    """What was made of some vectors.

    Args:
        records: As rows are kept, shape (vectors, bytes).
        out: bool for each; these are held out.
        hashes: Fingerprints of the records.
        better: What may be among the answers to the queries.
    """

    records: np.ndarray
    out: np.ndarray
    hashes: np.ndarray
    better: Sequence[Better]


class _Pass:
    """A pass over the source that writes rows of one form."""

    def __init__(self, vectors: Vectors, folder: Path, held: Held, code: RowCode, truth: Truth | None) -> None:
        self._vectors, self._held, self._code, self._truth = vectors, held, code, truth
        self._rows, self._width = folder / code.file, code.width(vectors.columns)
        self._aside, self._hashes, self._state = (
            folder / f"{name}-{code.slug}" for name in ("held", "hashes", "intake")
        )

    def go_on(self, progress: Progress, threads: int) -> None:
        """Read what was not read."""
        read = json.loads(self._state.read_bytes())["read"] if self._state.is_file() else 0
        if self._truth is not None and self._state.is_file():
            self._truth.resume(read)
        if read < self._vectors.count or not self._state.is_file():
            self._read_on(read, progress, threads)

    def _read_on(self, read: int, progress: Progress, threads: int) -> None:
        late, readers = int(np.searchsorted(self._held.numbers, read)), min(threads, READERS)
        with (
            opened_to(self._rows, (read - late) * self._width) as rows,
            opened_to(self._aside, late * self._width) as aside,
            opened_to(self._hashes, read * 8) as hashes,
        ):
            files, last = (rows, aside, hashes), time.monotonic()
            for block in worked_ahead(self._made, self._blocks(read), readers, readers):
                self._write(block, files)
                read += len(block.out)
                if time.monotonic() - last > _EVERY:
                    self._checkpoint(files, read)
                    progress("note", {"text": f"{read:,} of {self._vectors.count:,} vectors read"})
                    last = time.monotonic()
            self._checkpoint(files, read)

    def _blocks(self, read: int) -> Iterator[tuple[int, np.ndarray]]:
        """What is left of the vectors; with each block the number of its first."""
        for block in self._vectors.blocks(BLOCK, read):
            yield read, block
            read += len(block)

    def _made(self, part: tuple[int, np.ndarray]) -> _Block:
        """Look at a block; several at a time."""
        first, block = part
        units = unit_vectors(block, first)
        out = np.isin(np.arange(first, first + len(block)), self._held.numbers, assume_unique=True)
        better: Sequence[Better] = ()
        if self._truth is not None:
            better = self._truth.look(units, ~out, first - int(np.searchsorted(self._held.numbers, first)))
        records = self._code.pack(block if self._vectors.unit else units)
        return _Block(records, out, fingerprints(records), better)

    def _write(self, block: _Block, files: Sequence[BinaryIO]) -> None:
        if self._truth is not None:
            self._truth.take(block.better)
        rows, aside, hashes = files
        for start in range(0, len(block.out), _PIECE):
            records, out = block.records[start : start + _PIECE], block.out[start : start + _PIECE]
            rows.write(records[~out].tobytes())
            aside.write(records[out].tobytes())
        hashes.write(block.hashes.tobytes())

    def _checkpoint(self, files: Sequence[BinaryIO], read: int) -> None:
        if self._truth is None:
            checkpoint(self._state, files, {"read": read})
            return
        self._truth.save(read)
        checkpoint(self._state, files, {"read": read})
        self._truth.forget_others(read)

    def append_held(self) -> None:
        """Put the held-out rows behind the others; once more where they are there already."""
        with self._rows.open("r+b") as file:
            file.truncate((self._vectors.count - len(self._held.numbers)) * self._width)
            file.seek(0, os.SEEK_END)
            file.write(self._aside.read_bytes())
            file.flush()
            os.fsync(file.fileno())

    def fingerprints(self) -> np.ndarray:
        """Of all rows, in the order of the source."""
        return np.fromfile(self._hashes, np.uint64)
