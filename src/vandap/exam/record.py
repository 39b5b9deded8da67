"""Completes the run folder of a script: how it ended, the crash, old idioms, the back end it never told."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from vandap.core.ending import CRASHED, ENDED, EXITED, INTERRUPTED, Ending
from vandap.core.program import Crash, Program, read_program
from vandap.core.records import from_json
from vandap.core.store import RunInfo, read_json, write_json
from vandap.exam.crash import crash_of
from vandap.exam.idioms import scan
from vandap.exam.request import Request


def complete(request: Request, watch: Any, error: BaseException | None, ending: Ending) -> None:
    """Write what only the process of the script knows, after the watch has written the rest.

    Args:
        request: What was asked.
        watch: The `ScriptWatch`, ended.
        error: The exception that ended the script.
        ending: How it ended.
    """
    crash = None
    if error is not None and ending.how == CRASHED:
        from vandap.exam.crash import Tracebacks

        crash = crash_of(error, watch.tracebacks or Tracebacks(), watch.session)
    write_program(request, crash)
    write_info(request, ending, _reason(crash))


def write_program(request: Request, crash: Crash | None) -> None:
    """Add the crash and the script's old idioms to `program.json`, or begin one where nothing was watched."""
    path = Path(request.folder) / "program.json"
    data: dict[str, Any] = dict(read_json(path)) if path.is_file() else {}
    program = (read_program(data) if data else None) or Program()
    script = Path(request.script).absolute()
    idioms = scan(script.read_bytes(), str(script)) if script.is_file() else ()
    write_json(path, {**data, "structure": replace(program, crash=crash or program.crash, idioms=idioms)})


def write_info(request: Request, ending: Ending, reason: str = "") -> None:
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
        error=reason or known.error,
    )
    write_json(path, info)


def _status(ending: Ending) -> str:
    if ending.how == INTERRUPTED:
        return "interrupted"
    return "done" if ending.how in (ENDED, EXITED) and ending.exit_code == 0 else "failed"


def _reason(crash: Crash | None) -> str:
    return f"{crash.kind}: {crash.message}"[:1000] if crash else ""
