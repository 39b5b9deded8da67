"""A copy of a program's folder, so that a trial writes nothing of the user's."""

from __future__ import annotations

import os
import shutil
import threading
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from vandap.errors import UsageError

LARGEST_COPIED = 4_000_000
"""Bytes above which a file is kept once for all trials, which link to it: data sets are read, not written."""
MOST_FILES = 20_000
LARGEST_SOURCE = 1_000_000
"""Bytes above which a Python file is data."""
_WRITTEN = frozenset(
    {".keras", ".h5", ".hdf5", ".pt", ".pth", ".ckpt", ".index", ".pkl", ".pickle", ".joblib", ".onnx", ".tflite"}
    | {".db", ".sqlite", ".sqlite3", ".log", ".txt", ".json", ".jsonl", ".yaml", ".py"}
)
"""Kinds of files that a training writes over: every trial gets its own, however large they are."""
_LEFT_OUT = frozenset(
    {".git", "__pycache__", ".venv", "venv", "node_modules", ".mypy_cache", ".ruff_cache", ".pytest_cache", "runs"}
)


@dataclass(frozen=True)
class Folder:
    """What a trial copies.

    Args:
        root: The folder that is copied.
        script: The script in it, absolute.
        directory: The working directory, absolute, in the root.
    """

    root: Path
    script: Path
    directory: Path

    @classmethod
    def of(cls, script: Path) -> Folder:
        """The folder of a script: the working directory where the script is below it, else the script's own.

        A home folder is too much to be copied, so that the script's own is taken there, too.
        """
        script, here = Path(os.path.normpath(script.absolute())), Path.cwd()
        if script.is_relative_to(here) and here not in (Path.home(), Path("/")):
            return cls(here, script, here)
        return cls(script.parent, script, here if here.is_relative_to(script.parent) else script.parent)

    def files(self) -> Iterator[tuple[Path, Path]]:
        """(place below the root, real file) of what a trial needs; links to folders are followed.

        Raises:
            UsageError: There are too many.
        """
        count, seen = 0, set[Path]()
        for place, folders, names in os.walk(self.root, followlinks=True):
            real = Path(place).resolve()
            if real in seen:  # a link to a folder above it
                folders.clear()
                continue
            seen.add(real)
            folders[:] = [name for name in folders if name not in _LEFT_OUT and not _is_run(Path(place, name))]
            count += len(names)
            if count > MOST_FILES:
                raise _too_many(self.root)
            for name in names:
                path = Path(place, name)
                if path.is_file():
                    yield path.relative_to(self.root), path

    def sources(self) -> dict[Path, bytes]:
        """The program's Python files as they are now, by absolute path."""
        found = ((self.root / place, path) for place, path in self.files() if path.suffix == ".py")
        return {place: path.read_bytes() for place, path in found if path.stat().st_size <= LARGEST_SOURCE}

    def states(self) -> dict[str, str]:
        """Size and time of the last change of all other files, such as data and settings, by their places.

        Empty files are left out: a log that this command's own output goes to holds nothing yet.
        """
        found = ((place, path.stat()) for place, path in self.files() if path.suffix != ".py")
        return {str(place): f"{state.st_size} {state.st_mtime_ns}" for place, state in found if state.st_size}

    def copied(self, target: Path, edited: Mapping[Path, bytes], shelf: Shelf) -> Folder:
        """Copy the folder, with some files edited.

        Args:
            target: Where to; it must not exist.
            edited: New content of files below the root, by absolute path.
            shelf: Where large files are kept for all trials.

        Raises:
            UsageError: The folder holds too many files.
            OSError: The disk is full, or a file cannot be read.
        """
        target.mkdir(parents=True)
        for place, path in self.files():
            own = target / place
            own.parent.mkdir(parents=True, exist_ok=True)
            if self.root / place in edited:
                own.write_bytes(edited[self.root / place])
            elif path.stat().st_size > LARGEST_COPIED and path.suffix not in _WRITTEN:
                own.symlink_to(shelf.kept(path))
            else:
                shutil.copy2(path, own)
        script, directory = (target / path.relative_to(self.root) for path in (self.script, self.directory))
        directory.mkdir(parents=True, exist_ok=True)
        return Folder(target, script, directory)


class Shelf:
    """One copy of each large file, which the trials of a program link to: what they write, they write to that.

    Args:
        folder: Where the copies are; it goes with this object, and with what a killed process left in it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        shutil.rmtree(self._folder, ignore_errors=True)
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._states: dict[Path, tuple[int, int]] = {}
        self._lock = threading.Lock()

    def kept(self, path: Path) -> Path:
        """The copy of a file; made anew where a trial has written to it, or the file is another one now."""
        own = self._folder / str(path.resolve()).lstrip("/")
        with self._lock:
            if not own.is_file() or self._states.get(own) != _state(own) or _state(path) != _state(own):
                own.parent.mkdir(parents=True, exist_ok=True)
                own.unlink(missing_ok=True)
                shutil.copy2(path, own)
                self._states[own] = _state(own)
        return own


def _state(path: Path) -> tuple[int, int]:
    facts = path.stat()
    return facts.st_size, facts.st_mtime_ns


def _is_run(folder: Path) -> bool:
    return (folder / "run.json").is_file()


def _too_many(root: Path) -> UsageError:
    return UsageError(
        "The script's folder holds too many files to be copied for every trial.",
        received=f"more than {MOST_FILES:,} files below {root}",
        expected="a folder with the program and its data",
        hint="Start the command in the script's own folder, or move the script to a folder of its own.",
    )
