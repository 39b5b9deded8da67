"""`vandap fix` where something goes wrong: killed, a worker killed, two at once, scripts that cannot be replayed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HEAD = """\
import numpy as np
import keras

random = np.random.default_rng(0)
"""
BODY = """\
x = random.normal(size=(1600, 6)).astype("float32")
y = (x[:, 0] * x[:, 1] > 0).astype(int)
model = keras.Sequential([
    keras.Input((6,)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(keras.optimizers.Adam(1e-6), "binary_crossentropy", metrics=["accuracy"])
model.fit(x[:900], y[:900], validation_data=(x[900:], y[900:]), epochs=10, batch_size=32, verbose=0)
"""
SICK = HEAD + BODY

pytestmark = [pytest.mark.slow, pytest.mark.backend]


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A script whose learning rate is far too low, in a folder of its own."""
    path = tmp_path / "train.py"
    path.write_text(SICK)
    return path


@pytest.fixture
def fix(script: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Begins the command; what still runs at the end is killed."""
    begun: list[subprocess.Popen[str]] = []

    def begin(*words: str) -> subprocess.Popen[str]:
        line = (sys.executable, "-m", "vandap.cli.main", "fix", "train.py", "--out", "run", "--yes", "--json", *words)
        process = subprocess.Popen(
            line, cwd=script.parent, env={**os.environ, "OMP_NUM_THREADS": "1"}, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        begun.append(process)
        return process

    yield begin
    for process in begun:
        process.kill()
        process.communicate()


def ended(process: subprocess.Popen[str]) -> tuple[int, dict[str, Any]]:
    """Exit code and document."""
    out, _ = process.communicate(timeout=1800)
    return process.returncode, json.loads(out)


def results(folder: Path) -> dict[Path, int]:
    """The trials that have ended, and when."""
    return {path: path.stat().st_mtime_ns for path in (folder / "run").glob("experiments/*/trials/*/result.json")}


def wait_for(trials: int, folder: Path, process: subprocess.Popen[str]) -> None:
    """Until so many trials have ended."""
    until = time.monotonic() + 900
    while len(results(folder)) < trials and time.monotonic() < until and process.poll() is None:
        time.sleep(0.05)
    assert process.poll() is None and len(results(folder)) >= trials


def children(process: subprocess.Popen[str]) -> list[int]:
    """The worker processes of a command."""
    told = Path(f"/proc/{process.pid}/task").glob("*/children")
    return [int(number) for path in told for number in path.read_text().split()]


@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGINT], ids=lambda number: number.name)
def test_a_killed_repair_goes_on_where_it_was(
    kill: signal.Signals, script: Path, fix: Callable[..., subprocess.Popen[str]]
) -> None:
    """The same command trains nothing again, proves what it would have proved, and leaves the script alone."""
    process = fix("--budget", "10m")
    wait_for(4, script.parent, process)
    second = fix("--budget", "10m")
    code, found = ended(second)
    assert code == 2 and "process" in found["error"]["message"], found
    process.send_signal(kill)
    process.communicate()
    kept = results(script.parent)
    code, found = ended(fix("--budget", "10m"))
    assert code == 0 and found["status"] == "proved", found
    assert {path: moment for path, moment in results(script.parent).items() if path in kept} == kept
    assert script.read_text() == SICK


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="child processes are found in /proc")
def test_a_killed_worker_costs_one_trial(script: Path, fix: Callable[..., subprocess.Popen[str]]) -> None:
    """It is begun again, and says nothing against its arm."""
    process = fix("--budget", "10m", "--workers", "1")
    wait_for(2, script.parent, process)
    workers = children(process)
    assert workers
    for number in workers:
        os.kill(number, signal.SIGKILL)
    code, found = ended(process)
    assert code == 0 and found["status"] == "proved", found
    assert not any("crashed" in note for note in found["experiments"][0]["notes"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SICK.replace("default_rng(0)", "default_rng()"), "cannot be replayed"),
        (HEAD + "open('seen.txt', 'x').close()\n" + BODY, "cannot be trained again"),
        (SICK.partition("model.fit(")[0], "trains nothing"),
    ],
    ids=["never the same", "changes its folder", "trains nothing"],
)
def test_a_script_that_cannot_be_replayed_is_told(
    text: str, expected: str, script: Path, fix: Callable[..., subprocess.Popen[str]]
) -> None:
    """One message with what is expected of a script; nothing of the user's is changed."""
    script.write_text(text)
    code, found = ended(fix("--budget", "15m"))
    assert code in (2, 3) and expected in found["error"]["message"], (code, found)
    assert script.read_text() == text


def test_a_script_that_asks_its_user_is_told(script: Path, fix: Callable[..., subprocess.Popen[str]]) -> None:
    """Nobody answers when it is trained again and again: the line that waits is named, and nothing is tried."""
    script.write_text(HEAD + "name = input('Which data? ')\n" + BODY)
    code, found = ended(fix("--budget", "15m"))
    assert code == 0 and found["status"] == "nothing to try", found
    assert "standard input" in found["findings"][0]["message"] and found["findings"][0]["where"]["line"] == 5
