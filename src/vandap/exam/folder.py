"""Run folders of exams: new ones, and those that came to nothing."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

from vandap.errors import RunError

PARENT = Path("runs")


def new_folder(name: str, out: Path | None = None) -> Path:
    """Make a run folder.

    Args:
        name: What it is of; the folder is `runs/exam-NAME`, with a number where that is taken.
        out: Another folder, new or empty but for hidden files.

    Raises:
        RunError: `out` holds something.
    """
    if out is not None:
        if out.exists() and (not out.is_dir() or any(not path.name.startswith(".") for path in out.iterdir())):
            raise RunError(
                "The output folder is in use.",
                received=str(out),
                expected="a new or empty folder",
                hint="Give another folder with --out, or remove this one.",
            )
        out.mkdir(parents=True, exist_ok=True)
        return out
    number = 1
    while True:
        path = PARENT / (f"exam-{name}" if number == 1 else f"exam-{name}-{number}")
        try:
            path.mkdir(parents=True)
            return path
        except FileExistsError:
            number += 1


def remove_folder(folder: Path) -> None:
    """Remove a run folder that came to nothing, and `runs/` where nothing else is in it."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder.parent == PARENT:
        with contextlib.suppress(OSError):
            PARENT.rmdir()
