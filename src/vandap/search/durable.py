"""Files that survive a kill: written whole, flushed to the disk, moved into place, their folder flushed too."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

_NEARLY_FULL = 1 << 20
"""Bytes below which a disk is taken for full when a library could not write."""


def replace_file(path: Path, content: bytes) -> None:
    """Write a file whole; a reader sees the old content or the new, and so does the next start after a kill."""
    temporary = path.with_name(f".{path.name}.new")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Flush a file's content to the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to the disk, without which a new name may be lost with the power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def by_a_library(path: Path) -> Iterator[None]:
    """Where a library writes a file itself, and the disk is full, say so as the system does.

    Raises:
        OSError: The disk is full, whatever the library raised.
    """
    try:
        yield
    except RuntimeError as error:
        told = os.strerror(errno.ENOSPC)
        if told in str(error) or shutil.disk_usage(path.parent).free < _NEARLY_FULL:
            raise OSError(errno.ENOSPC, told, str(path)) from error
        raise


def opened_to(path: Path, size: int) -> BinaryIO:
    """A file to be written on, cut to the bytes that the last checkpoint vouches for."""
    file = path.open("r+b" if path.exists() else "w+b")
    file.truncate(size)
    file.seek(size)
    return file


def checkpoint(state: Path, files: Sequence[BinaryIO], facts: Mapping[str, Any]) -> None:
    """Flush files to the disk, then vouch for them.

    Args:
        state: The JSON file that says how far they hold.
        files: Opened by `opened_to`.
        facts: What it says.
    """
    for file in files:
        file.flush()
        os.fsync(file.fileno())
    replace_file(state, json.dumps(facts).encode())


def discard(folder: Path) -> None:
    """Remove a folder of checkpoints, if it is there; first what vouches for the rest, lest a kill leave that alone."""
    if not folder.is_dir():
        return
    for state in folder.glob("*.json"):
        state.unlink()
    sync_folder(folder)
    shutil.rmtree(folder)
