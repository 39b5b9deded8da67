"""A process that has imported the libraries of a program once, and forks for every trial.

Importing Keras and its back end takes longer than most small trainings. The fork happens before any back end has begun
to compute, so that it inherits no threads; each trial is a process of its own that ends with its training.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import select
import signal
import sys
import time
import warnings
from typing import Any

TICK = 0.02
"""Seconds between two looks at a running trial."""


def main(libraries: str) -> None:
    """Serve requests from standard input until it is closed: one JSON line each, answered by one JSON line.

    Args:
        libraries: Names of modules to import first, separated by commas.
    """
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    for name in filter(None, libraries.split(",")):
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    from vandap.repair.trial import child  # noqa: F401  # imported before the forks
    from vandap.watch import structure  # noqa: F401

    answers.write(json.dumps({"ready": True}) + "\n")
    for line in iter(sys.stdin.buffer.readline, b""):
        asked = json.loads(line)
        answers.write(json.dumps({"ended": _forked(asked["request"], float(asked["timeout"]))}) + "\n")


def _forked(request: str, timeout: float) -> str:
    """Run one trial in a fork; how it ended: `exit 0`, `killed 9`, `timed out`, or `lost` where nobody waits for it."""
    sys.stdout.flush()
    sys.stderr.flush()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python warns of forks of threads that sleep
        number = os.fork()
    if number == 0:
        _trial(request)
    until, how = time.monotonic() + timeout, "timed out"
    while time.monotonic() < until:
        ended, status = os.waitpid(number, os.WNOHANG)
        if ended:
            return f"exit {os.WEXITSTATUS(status)}" if os.WIFEXITED(status) else f"killed {os.WTERMSIG(status)}"
        if _is_alone():
            how = "lost"
            break
        time.sleep(TICK)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(number, signal.SIGKILL)
    os.waitpid(number, 0)
    return how


def _trial(request: str) -> None:
    from vandap.repair.built import child as built
    from vandap.repair.built.request import is_built
    from vandap.repair.trial import child

    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        (built if is_built(request) else child).main(request)
        code = 0
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
        os._exit(code)


def _is_alone() -> bool:
    """Whether the process that asks has gone: its end of the pipe is closed."""
    poll: Any = select.poll()
    poll.register(0, select.POLLHUP)
    return any(event & select.POLLHUP for _, event in poll.poll(0))


if __name__ == "__main__":
    main(sys.argv[1])
