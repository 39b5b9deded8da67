"""A process that takes too long is stopped, whatever it does about it; each would go on for minutes."""

from __future__ import annotations

import sys

import pytest

from vandap.core.ending import ENDED, TIMED_OUT, Ending
from vandap.exam import supervise
from vandap.exam.request import STACKS

SLEEP = "import time; time.sleep(600)"
DEAF = f"import signal; [signal.signal(item, signal.SIG_IGN) for item in (signal.SIGINT, signal.SIGTERM)]; {SLEEP}"


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    """All graces short."""
    for name in ("LOOK", "GRACE", "START_GRACE", "LATE", "EXAM_GRACE", "STOPPED_GRACE"):
        monkeypatch.setattr(supervise, name, 0.05)


def run(folder, program, timeout=0.1, budget=0.0):
    """The exit code, and why it was stopped."""
    command = (sys.executable, "-c", program)
    return supervise.supervise(command, folder, stdout=None, environment=None, timeout=timeout, budget=budget)


@pytest.mark.parametrize("program", [SLEEP, DEAF], ids=["sleeping", "deaf"])
@pytest.mark.parametrize("has_begun", [True, False], ids=["running", "starting"])
def test_a_script_without_end_is_stopped(tmp_path, program, has_begun) -> None:
    """Also one whose process never wrote where it was: its own alarm was taken, or it hangs before its first line."""
    if has_begun:
        (tmp_path / STACKS).touch()
    code, stopped = run(tmp_path, program)
    assert code != 0 and stopped == TIMED_OUT


def test_an_exam_without_end_is_given_up(tmp_path) -> None:
    """The script has ended; what is stored will be judged."""
    Ending(ENDED, 0, 0.0).write(tmp_path)
    (tmp_path / "request.json").touch()
    assert run(tmp_path, SLEEP, timeout=None) == (-9, "")


def test_what_a_script_leaves_running_is_ended_by_its_limit(tmp_path) -> None:
    """A thread that never ends keeps the process alive after script and exam."""
    Ending(ENDED, 0, 0.0).write(tmp_path)
    assert run(tmp_path, SLEEP) == (-9, "")


def test_a_script_within_its_limit_is_left_alone(tmp_path) -> None:
    """Its exit code is handed on."""
    assert run(tmp_path, "raise SystemExit(7)", timeout=600.0) == (7, "")
