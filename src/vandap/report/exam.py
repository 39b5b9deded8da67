"""The page and the document of an exam, and of what was asked of it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from vandap.core.examined import Examined
from vandap.core.store import Run
from vandap.report.html import write_report


def write_exam(examined: Examined) -> Path | None:
    """Write `report.html` into the run folder of an exam.

    Returns:
        The file's path; None where the folder cannot be written, for an exam must answer all the same.

    Raises:
        RunError: A file of the run is damaged.
    """
    with suppress(OSError):
        return write_report(Run(examined.run), examined=examined)
    return None


def write_page(folder: Path) -> Path | None:
    """Write `report.html` into a run folder as it is stored.

    Returns:
        The file's path; None where the folder cannot be written, for an answer must be given all the same.

    Raises:
        RunError: A file of the run is damaged.
    """
    with suppress(OSError):
        return write_report(Run(folder))
    return None


def document(examined: Examined, report: Path | None) -> dict[str, Any]:
    """Return the exam as `--json` prints it, with the path of its page."""
    return {**examined.document(), "report": None if report is None else str(report)}
