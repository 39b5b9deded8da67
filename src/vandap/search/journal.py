"""The journal: every change since the generation was built, each written and flushed before it is acknowledged.

A record is its length, the CRC-32 of its content chained to the record before, and the content: a line of JSON, then
the rows as the index packs them. A kill cuts at most the last record, which was not acknowledged; it is dropped. The
chain starts with the generation's number, so that a journal is never taken for another generation's.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from vandap.search.durable import sync_folder
from vandap.search.folder import damaged

_HEAD = struct.Struct("<4sQI")
_MARK = b"vdJ1"


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
        self.end = 0
        """Byte after the last whole record that was read or written."""

    def create(self) -> None:
        """Make an empty one, surely on the disk."""
        with self.path.open("wb") as file:
            os.fsync(file.fileno())
        sync_folder(self.path.parent)

    def read(self, until: int | None = None) -> Iterator[Change]:
        """Changes that came after what was read before. Stops before a torn record.

        Args:
            until: Stop at this byte; at the file's end when left out.

        Raises:
            IndexFolderError: A whole record whose content is damaged: not a kill, but a changed file.
        """
        with self.path.open("rb") as file:
            file.seek(self.end)
            while (until is None or self.end < until) and len(head := file.read(_HEAD.size)) == _HEAD.size:
                mark, length, checksum = _HEAD.unpack(head)
                content = file.read(length) if mark == _MARK else b""
                if len(content) < length or mark != _MARK or zlib.crc32(content, self._chain) != checksum:
                    self._refuse_damage(head, file.read())
                    return
                self._chain, self.end = checksum, self.end + _HEAD.size + length
                yield _unpacked(content)

    def _refuse_damage(self, head: bytes, beyond: bytes) -> None:
        """A torn record is the last, or zeros that the disk never filled; else acknowledged records were changed."""
        torn = not beyond if head.startswith(_MARK) else not any(head + beyond)
        if not torn:
            raise damaged(self.path, f"the journal was changed at byte {self.end:,}")

    def append(self, changes: list[Change]) -> None:
        """Write changes and flush them; when this returns they outlive a kill. All must have been read before.

        Raises:
            OSError: The disk is full or gone; the journal is as it was before.
        """
        chain, records = self._chain, []
        for change in changes:
            content = _packed(change)
            chain = zlib.crc32(content, chain)
            records.append(_HEAD.pack(_MARK, len(content), chain) + content)
        written = b"".join(records)
        with self.path.open("r+b") as file:
            file.truncate(self.end)
            file.seek(self.end)
            try:
                file.write(written)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                file.truncate(self.end)
                raise
        self._chain, self.end = chain, self.end + len(written)
