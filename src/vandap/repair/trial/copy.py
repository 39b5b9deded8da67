"""A copy of a program's folder, so that a trial writes nothing of the user's."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vandap.errors import UsageError

LARGEST_COPIED = 4_000_000
"""Bytes above which a file is linked instead of copied: data sets are read, not written."""
MOST_FILES = 20_000
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
        """The folder of a script: the working directory where the script is below it, else the script's own."""
        script, here = script.absolute(), Path.cwd()
        root = here if script.is_relative_to(here) and here not in (Path.home(), Path("/")) else script.parent
        return cls(root, script, root)

    def copied(self, target: Path, edited: Mapping[Path, bytes]) -> Folder:
        """Copy the folder, with some files edited.

        Args:
            target: Where to; it must not exist.
            edited: New content of files below the root, by absolute path.

        Raises:
            UsageError: The folder holds too many files.
            OSError: The disk is full, or a file cannot be read.
        """
        target.mkdir(parents=True)
        count = 0
        for place, folders, files in os.walk(self.root):
            folders[:] = [name for name in folders if name not in _LEFT_OUT and not _is_run(Path(place, name))]
            to = target / Path(place).relative_to(self.root)
            to.mkdir(exist_ok=True)
            count += len(files)
            if count > MOST_FILES:
                raise _too_many(self.root)
            for name in files:
                _take(Path(place, name), to / name)
        for path, content in edited.items():
            own = target / path.relative_to(self.root)
            own.unlink(missing_ok=True)
            own.write_bytes(content)
        script, directory = (target / path.relative_to(self.root) for path in (self.script, self.directory))
        return Folder(target, script, directory)


def _is_run(folder: Path) -> bool:
    return (folder / "run.json").is_file()


def _take(source: Path, target: Path) -> None:
    if source.is_symlink() or not source.is_file():
        if source.exists():
            target.symlink_to(source.resolve())
    elif source.stat().st_size > LARGEST_COPIED:
        target.symlink_to(source)
    else:
        shutil.copy2(source, target)


def _too_many(root: Path) -> UsageError:
    return UsageError(
        "The script's folder holds too many files to be copied for every trial.",
        received=f"more than {MOST_FILES:,} files below {root}",
        expected="a folder with the program and its data",
        hint="Start the command in the script's own folder, or move the script to a folder of its own.",
    )
