"""The comparison of libraries keeps within its budget, and says what it left out."""

from __future__ import annotations

import sys
import time

from vandap.train.bare import compare

READY = 'print(\'{"ready": {"seconds": 0.001}}\', flush=True)'
TURNS = f"import sys; {READY}; [print('{{\"seconds\": 0.5}}', flush=True) for line in sys.stdin]"
SLEEP = "import time; time.sleep(600)"


def worker(tmp_path, program: str) -> compare.Worker:
    """An arm whose process runs a few lines."""
    made = compare.Worker("torch", tmp_path)
    made._command = (sys.executable, "-c", program)
    return made


def test_an_arm_after_the_budget_is_not_started(tmp_path) -> None:
    """Its row says why it has no time."""
    late = worker(tmp_path, SLEEP)
    late.get_ready(0.0)
    late.close()
    assert late.row()["seconds_per_step"] is None and "budget" in late.row()["reason"]


def test_an_arm_that_is_not_ready_in_time_is_left_out(tmp_path) -> None:
    """It would take ten minutes."""
    slow = worker(tmp_path, SLEEP)
    slow.get_ready(0.2)
    slow.close()
    assert "budget" in slow.row()["reason"]


def test_turns_that_were_taken_in_time_count(tmp_path, monkeypatch) -> None:
    """One turn in any case, and no further one where the time is up."""
    arm = worker(tmp_path, TURNS)
    arm.get_ready(60.0)
    compare._take_turns([arm], 5, time.monotonic() - 1.0)
    arm.close()
    assert arm.row()["turns"] == [0.5] and not arm.row()["reason"]


def test_a_turn_without_end_leaves_what_was_measured(tmp_path) -> None:
    """The first turn stands; the process that hangs in the second is ended."""
    program = (
        f"import sys, time; {READY}; sys.stdin.readline(); print('{{\"seconds\": 0.5}}', flush=True); time.sleep(600)"
    )
    arm = worker(tmp_path, program)
    arm.get_ready(60.0)
    arm.turn(60.0)
    arm.turn(0.2)
    arm.close()
    assert arm.row()["turns"] == [0.5] and arm.is_late


def test_the_loop_of_a_library_follows_keras_on_it(monkeypatch) -> None:
    """Where the budget ends early, at least one pair was timed."""
    monkeypatch.setattr(compare, "installed", lambda: ("jax", "tensorflow", "torch"))
    assert compare.arms() == ("keras-torch", "torch", "keras-jax", "jax", "keras-tensorflow")
