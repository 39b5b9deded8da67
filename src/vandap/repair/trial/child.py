"""The process of a trial: runs the edited program, steers its random numbers, and stores what its model predicts."""

from __future__ import annotations

import os
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from vandap.core.store import write_json
from vandap.errors import is_full_disk
from vandap.repair.trial.held_out import HeldOut, NotReplayableError, TrialOverError
from vandap.repair.trial.request import NO_ROOM, OUTPUT, PREDICTIONS, RAN, RESULT, Request, Result, read_request

_LONGEST = 400
"""Characters of what an error says."""


def main(path: str) -> None:
    """Carry out a stored request; the result is a file beside it.

    Args:
        path: The request.
    """
    request = read_request(path)
    began = time.monotonic()
    quieten(Path(request.folder))
    try:
        result = _to_its_end(request) if request.as_written else _trained(request)
    except Exception as trouble:  # a trial that fails is a result
        result = of_error(trouble)
    seconds = time.monotonic() - began
    write_json(Path(request.folder) / RESULT, _with(result, seconds=seconds))


def _trained(request: Request) -> Result:
    held = HeldOut(request)
    return _result(request, held, _run(request, held))


def _to_its_end(request: Request) -> Result:
    error = _run(request)
    if error is None or isinstance(error, SystemExit):
        return Result(RAN)
    traceback.print_exception(error)
    return of_error(error)


def _run(request: Request, held: HeldOut | None = None) -> BaseException | None:
    from vandap.exam.main_module import run_as_main
    from vandap.repair.trial.seeds import fix_data
    from vandap.watch.patch import Patches, WhenImported

    os.chdir(request.directory)
    fix_data()
    patches = Patches()
    waiting = WhenImported("keras", lambda: _attach(patches, request.seed, held))
    waiting.install()
    return run_as_main(request.script, request.arguments)


def _attach(patches: Any, seed: int, held: HeldOut | None) -> None:
    from vandap.repair.trial.seeds import steer_keras

    steer_keras(seed)
    if held is not None:
        patches.method(sys.modules["keras"].Model, "fit", held.wrap)


def quieten(folder: Path) -> None:
    """Send what the program prints into the trial's folder, and give it no input to wait for."""
    out = os.open(folder / OUTPUT, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    nowhere = os.open(os.devnull, os.O_RDONLY)
    sys.stdout.flush()
    sys.stderr.flush()
    os.dup2(nowhere, 0)
    os.dup2(out, 1)
    os.dup2(out, 2)


def _result(request: Request, held: HeldOut, error: BaseException | None) -> Result:
    if held.error is not None:
        return Result("not replayable", str(held.error))
    if isinstance(error, TrialOverError):
        return _done(request, held)
    if error is None or isinstance(error, SystemExit):
        if held.conclude():
            return _done(request, held)
        return Result("failed", "The program ended before the training that counts.")
    if isinstance(error, NotReplayableError):
        return Result("failed", str(error))
    traceback.print_exception(error)
    return of_error(error)


def _done(request: Request, held: HeldOut) -> Result:
    import numpy as np

    with np.load(Path(request.folder) / PREDICTIONS, allow_pickle=False) as file:
        finite = bool(np.isfinite(file["prediction"]).all())
    if not finite:
        return Result("not finite", "Its predictions are not finite.", **held.facts)
    return Result("done", **held.facts)


def of_error(error: BaseException) -> Result:
    """How a trial ended that an error ended."""
    return Result(NO_ROOM if is_full_disk(error) else "failed", _sentence(error))


def _sentence(error: BaseException) -> str:
    from vandap.exam.crash import heart_of
    from vandap.watch.sites import of_traceback

    sites = [site for site in of_traceback(error.__traceback__) if site.line]
    where = f" (line {sites[-1].line})" if sites else ""
    return f"{heart_of(error)[:_LONGEST]}{where}"


def _with(result: Result, **fields: Any) -> Result:
    from dataclasses import replace

    return replace(result, **fields)
