"""Completes the run folder of a script: how it ended, the crash, what its source shows, the back end it never told."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from vandap.core.ending import BEFORE_TRAINING, ENDED, EXITED, INTERRUPTED, Ending
from vandap.core.program import Crash, Program, read_program
from vandap.core.records import from_json
from vandap.core.store import RunInfo, read_json, write_json
from vandap.exam.early import scan_early
from vandap.exam.idioms import scan
from vandap.exam.request import Request


def write_program(request: Request, crash: Crash | None = None, sources: Sequence[Path] = ()) -> None:
    """Add the crash and what the source shows to `program.json`, or begin one where nothing was watched.

    Args:
        request: What was asked.
        crash: The error that ended the script.
        sources: The files that are looked through; none for the script alone.
    """
    path = Path(request.folder) / "program.json"
    data: dict[str, Any] = dict(read_json(path)) if path.is_file() else {}
    program = (read_program(data) if data else None) or Program()
    files = [path for path in sources or [Path(request.script).absolute()] if path.is_file()]
    texts = [(path.read_bytes(), str(path)) for path in files]
    shown = replace(
        program,
        crash=crash or program.crash,
        idioms=tuple(idiom for text in texts for idiom in scan(*text)),
        early=tuple(early for text in texts for early in scan_early(*text)),
    )
    write_json(path, {**data, "structure": shown})


def write_info(request: Request, ending: Ending, crash: Crash | None = None) -> None:
    """Write how the script ended into `run.json`."""
    folder = Path(request.folder)
    path = folder / "run.json"
    now = time.time()
    known = (
        from_json(RunInfo, read_json(path))
        if path.is_file()
        else RunInfo(folder.name, "running", "", (), now - ending.seconds, versions=dict(ending.libraries))
    )
    info = replace(
        known,
        status=_status(ending),
        command=request.command,
        ended=now,
        seconds={**known.seconds, "script": ending.seconds},
        error=_reason(crash) or known.error,
    )
    write_json(path, info)


def _status(ending: Ending) -> str:
    if ending.how == INTERRUPTED:
        return "interrupted"
    return "done" if ending.how in (ENDED, EXITED, BEFORE_TRAINING) and ending.exit_code == 0 else "failed"


def _reason(crash: Crash | None) -> str:
    return f"{crash.kind}: {crash.message}"[:1000] if crash else ""
