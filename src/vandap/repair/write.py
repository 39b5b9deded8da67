"""Writes proved changes into the user's files, and only there where nothing has changed since."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from vandap.core.store import write_bytes
from vandap.errors import UsageError
from vandap.repair.source.project import Project

BACKUP = ".before-fix"


@dataclass(frozen=True)
class Written:
    """A file that was edited.

    Args:
        path: The file.
        backup: Where its former content is.
    """

    path: Path
    backup: Path


def write(project: Project) -> tuple[Written, ...]:
    """Write the edited files of a project, each with a backup beside it: all of them, or none where one cannot be.

    A link stays one: what it leads to is written.

    Args:
        project: The edited source.

    Raises:
        UsageError: A file is no longer what was edited.
        OSError: A file cannot be written; those that were are as they were.
    """
    originals = {Path(path): document.original for path, document in project.documents.items() if document.original}
    for path, original in originals.items():
        if not path.is_file() or path.read_bytes() != original:
            raise UsageError(
                "The file has changed since it was examined, so nothing was written.",
                received=str(path),
                expected="the file as it was",
                hint="Run the same command again: the changed script is examined anew.",
            )
    done: list[Written] = []
    try:
        for path, content in project.changed.items():
            done.append(_written(path.resolve(), content))
    except OSError:
        for item in done:
            item.backup.replace(item.path)
        raise
    return tuple(done)


def uncommitted(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The files in a git repository that hold something which is not committed."""
    return tuple(path for path in paths if _is_modified(path))


def _written(path: Path, content: bytes) -> Written:
    backup, mode = _free(path), path.stat().st_mode
    try:
        shutil.copy2(path, backup)
        write_bytes(path, content)
    except OSError:
        backup.unlink(missing_ok=True)
        raise
    path.chmod(mode)
    return Written(path, backup)


def _free(path: Path) -> Path:
    names = (path.with_name(f"{path.name}{BACKUP}{number or ''}") for number in range(1000))
    return next(name for name in names if not name.exists())


def _is_modified(path: Path) -> bool:
    try:
        told = subprocess.run(
            ("git", "status", "--porcelain", "--", path.name),
            cwd=path.parent, capture_output=True, timeout=10, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return False
    return told.returncode == 0 and told.stdout.strip()[:1] in (b"M", b"A", b"R", b"U", b"?")
