"""Run folders of exams: new ones, and those that came to nothing."""

from __future__ import annotations

import contextlib
from pathlib import Path

from vandap.core.ending import TROUBLE
from vandap.errors import RunError
from vandap.exam.request import STACKS

PARENT = Path("runs")
_OWN = (
    *(f"{name}.json" for name in ("run", "watch", "program", "findings", "sources", "script", "request", "tests")),
    *("error.json", "data.json", "events.jsonl", "report.html", ".lock", TROUBLE, STACKS),
)
"""Files that an exam writes."""


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
    """Remove what an exam that came to nothing wrote, and its folder and `runs/` where nothing else is in them.

    The folder may hold what was there before, or what the script has put there.
    """
    own = [folder / name for name in _OWN] + list((folder / "signals").glob("*.npz"))
    for path in own:
        with contextlib.suppress(OSError):
            path.unlink()
    for path in (folder / "signals", folder, *([PARENT] if folder.parent == PARENT else [])):
        with contextlib.suppress(OSError):
            path.rmdir()
