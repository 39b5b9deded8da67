"""The journal: every change since the generation was built, each written and flushed before it is acknowledged.

A record is its length, the CRC-32 of its content chained to the record before, and the content: a line of JSON, then
the rows as the index packs them. A kill cuts at most the last record, which was not acknowledged; it is dropped. The
chain starts with the generation's number, so that a journal is never taken for another generation's. Readers take no
lock: what a writer is writing looks like a record that a kill has cut, until it is whole.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path
from typing import Any

import numpy as np

from vandap.search.durable import sync_folder
from vandap.search.folder import damaged

_HEAD = struct.Struct("<4sQI")
_MARK = b"vdJ1"
_PIECE = 1 << 20
"""Bytes of a torn tail that are looked at at a time."""


@dataclass(frozen=True)
class Change:
    """One acknowledged change.

    Args:
        gone: Row numbers that are no longer there.
        ids: Ids of the rows that were added.
        rows: Records of the added rows, uint8, shape (added, width).
        payload: Their payload as Arrow writes a stream; empty for none.
    """

    gone: np.ndarray
    ids: tuple[Any, ...] = ()
    rows: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.uint8))
    payload: bytes = b""


def _packed(change: Change) -> bytes:
    head = {
        "gone": change.gone.tolist(),
        "ids": list(change.ids),
        "shape": list(change.rows.shape),
        "payload": len(change.payload),
    }
    return json.dumps(head, ensure_ascii=False).encode() + b"\n" + change.payload + change.rows.tobytes()


def _unpacked(content: bytes) -> Change:
    head, _, rest = content.partition(b"\n")
    facts = json.loads(head)
    records = np.frombuffer(rest, np.uint8, offset=facts["payload"])
    count = facts["shape"][0]  # the other one counted float16 numbers, not bytes, before there were other rows
    return Change(
        np.array(facts["gone"], np.int64),
        tuple(facts["ids"]),
        records.reshape(count, -1) if count else records.reshape(0, 0),
        rest[: facts["payload"]],
    )


class Journal:
    """A journal file, read from its start on.

    Args:
        path: The file.
        generation: The generation that it follows.
    """

    def __init__(self, path: Path, generation: int) -> None:
        self.path = path
        self._chain = generation
        self._last = 0
        self.end = 0
        """Byte after the last whole record that was read or written."""

    def create(self, changes: Iterable[Change] = ()) -> None:
        """Make one that begins with these changes, surely on the disk."""
        with self.path.open("wb") as file:
            for change in changes:
                file.write(self._record(change))
            file.flush()
            os.fsync(file.fileno())
        sync_folder(self.path.parent)

    def read(self, until: int | None = None) -> Iterator[Change]:
        """Changes that came after what was read before. Stops before a torn record.

        Who does not hold the writer's lock may read a record that is not acknowledged yet; see `rewound`.

        Args:
            until: Stop at this byte; at the file's end when left out.

        Raises:
            IndexFolderError: A whole record whose content is damaged: not a kill, but a changed file.
        """
        with self.path.open("rb", buffering=0) as file:  # or bytes of a record that is being written would be kept
            while (until is None or self.end < until) and (content := self._next(file)) is not None:
                yield _unpacked(content)

    @property
    def rewound(self) -> bool:
        """Whether the last record that was read is no longer there: it could not be flushed, and was taken back."""
        if not self.end:
            return False
        with self.path.open("rb") as file:
            file.seek(self._last)
            head = file.read(_HEAD.size)
        return head != _HEAD.pack(_MARK, self.end - self._last - _HEAD.size, self._chain)

    def _next(self, file: FileIO) -> bytes | None:
        """The content of the next record; None where there is no whole one."""
        size = os.fstat(file.fileno()).st_size  # before reading: what a writer adds meanwhile is not looked at
        start = self.end + _HEAD.size
        file.seek(self.end)
        head = file.read(_HEAD.size)
        if start > size or len(head) < _HEAD.size:
            return None
        mark, length, checksum = _HEAD.unpack(head)
        content = file.read(length) if mark == _MARK and start + length <= size else b""
        if mark == _MARK and len(content) == length and zlib.crc32(content, self._chain) == checksum:
            self._chain, self._last, self.end = checksum, self.end, start + length
            return content
        if mark == _MARK:
            torn = start + length >= size and not self._whole(file, start, checksum)
        else:
            torn = not any(head + file.read(size - start))
        if not torn and os.fstat(file.fileno()).st_size == size:  # else a writer is at work: look again later
            raise damaged(self.path, f"the journal was changed at byte {self.end:,}")
        return None

    def _whole(self, file: FileIO, start: int, checksum: int) -> bool:
        """Whether the record that reaches beyond the file's end is whole, and it is its length that was changed.

        It then ends where another one begins, or with the file. The file is read and not mapped: a writer may cut it
        meanwhile, and what is mapped beyond a file's end ends the process by a signal.
        """
        file.seek(start)
        found, rest = self._chain, b""
        while piece := file.read(_PIECE):
            *before, last = (rest + piece).split(_MARK)
            for content in before:
                found = zlib.crc32(content, found)
                if found == checksum:
                    return True
                found = zlib.crc32(_MARK, found)
            cut = max(0, len(last) + 1 - len(_MARK))  # the last bytes may be the first ones of a mark
            found, rest = zlib.crc32(last[:cut], found), last[cut:]
        return zlib.crc32(rest, found) == checksum

    def append(self, changes: list[Change]) -> None:
        """Write changes and flush them; when this returns they outlive a kill. All must have been read before.

        Raises:
            OSError: The disk is full or gone; the journal is as it was before.
        """
        before = self._chain, self._last, self.end
        with self.path.open("r+b") as file:
            file.truncate(self.end)
            file.seek(self.end)
            try:
                file.write(b"".join([self._record(change) for change in changes]))
                file.flush()
                os.fsync(file.fileno())
            except BaseException:
                self._chain, self._last, self.end = before
                file.truncate(self.end)
                raise

    def _record(self, change: Change) -> bytes:
        """A change as the next record."""
        content = _packed(change)
        self._chain = zlib.crc32(content, self._chain)
        record = _HEAD.pack(_MARK, len(content), self._chain) + content
        self._last, self.end = self.end, self.end + len(record)
        return record
