"""Killed at any moment, the same command goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.backend, pytest.mark.slow]

LISTENING = [
    sys.executable,
    "-c",
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])",
]
"""Before a command: it hears Ctrl-C even where the tests run in the background, where it is ignored."""

COMMAND = [sys.executable, "-m", "vandap.cli.main", "train", "bundled:digits", "--budget", "40s", "--out", "run"]
LEARNERS = ["--learners", "dummy,linear,image-cnn", "--folds", "0"]


@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_an_interrupted_training_goes_on(kill: signal.Signals, tmp_path: Path) -> None:
    """After a kill in the middle the same command continues the run, keeps its finished rungs, and ends well."""
    environment = dict(os.environ, OMP_NUM_THREADS="2")
    first = subprocess.Popen(
        [*LISTENING, *COMMAND, *LEARNERS],
        cwd=tmp_path,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    rung = tmp_path / "run" / "work" / "linear" / "rung.json"
    while not rung.is_file() and first.poll() is None:
        time.sleep(0.1)
    time.sleep(8)
    first.send_signal(kill)
    _, said = first.communicate(timeout=60)
    assert first.returncode == (-signal.SIGKILL if kill is signal.SIGKILL else 130)
    assert kill is signal.SIGKILL or "the same command to go on" in said
    kept = rung.read_bytes()
    status = json.loads((tmp_path / "run" / "run.json").read_text())["status"]
    assert status == ("running" if kill is signal.SIGKILL else "interrupted")
    second = subprocess.run(
        [*COMMAND, *LEARNERS, "--json"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    told = json.loads(second.stdout)
    assert told["status"] == "done"
    events = [json.loads(line)["event"] for line in (tmp_path / "run" / "events.jsonl").read_text().splitlines()]
    assert "resume" in events and events.count("start") == 1
    assert json.loads(kept)["status"] == "done"
