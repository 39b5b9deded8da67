"""Runs a file the way `python FILE` does, inside a process that was started for something else.

The standard library's `runpy` takes the module away when the file has ended; here it stays `__main__`, because the
exam goes on with the models and data that the file made.
"""

from __future__ import annotations

import builtins
import io
import os
import sys
import threading
from collections.abc import Sequence
from importlib.machinery import SourceFileLoader
from types import ModuleType

from vandap.core.frames import leave_us_out


def run_as_main(script: str, arguments: Sequence[str]) -> BaseException | None:
    """Run a file as the program itself: its own arguments, `__main__`, and its folder first on the search path.

    Args:
        script: The file as the user typed it.
        arguments: What follows it on the command line.

    Returns:
        The exception that ended it, with its traceback as Python shows it; None when it came to its last line.
    """
    path = os.path.abspath(script)  # noqa: PTH100  # what Python itself puts into __file__
    sys.argv = [script, *arguments]
    sys.path.insert(0, os.path.dirname(os.path.realpath(script)))  # noqa: PTH120
    sys.modules["__main__"] = module = _main_module(path)
    there = set(threading.enumerate())
    try:
        with io.open_code(path) as file:
            source = file.read()
        exec(compile(source, path, "exec", dont_inherit=True), vars(module))
        _wait_for_threads(there)
    except BaseException as error:
        leave_us_out(error)
        return error
    return None


def show(error: BaseException | None) -> int:
    """Print what Python prints for an exception that ended the program, and return the exit code it gives."""
    if error is None:
        return 0
    if isinstance(error, SystemExit):
        return _leaving_code(error)
    try:
        sys.excepthook(type(error), error, error.__traceback__)
    except BaseException:
        sys.__excepthook__(type(error), error, error.__traceback__)
    return 130 if isinstance(error, KeyboardInterrupt) else 1


def _leaving_code(error: SystemExit) -> int:
    if error.code is None:
        return 0
    if isinstance(error.code, int):
        return error.code & 0xFF
    print(error.code, file=sys.stderr)
    return 1


def _main_module(path: str) -> ModuleType:
    module = ModuleType("__main__")
    facts = {
        "__file__": path,
        "__builtins__": builtins,
        "__cached__": None,
        "__loader__": SourceFileLoader("__main__", path),
    }
    vars(module).update(facts)
    return module


def _wait_for_threads(there: set[threading.Thread]) -> None:
    """Python ends when the last thread that is no daemon has; a training may run in one.

    Workers of an executor that was left open wait for work until Python's own end tells them to leave.

    Args:
        there: Threads that were there before the program.
    """
    executors = sys.modules.get("concurrent.futures.thread")
    workers = set(getattr(executors, "_threads_queues", ()))
    for thread in set(threading.enumerate()) - there - workers:
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
