"""`vandap ask SCRIPT.py "lr*10"`: consent, refusals, a kill at any moment, and one document on standard output."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from vandap.cli.main import main

SCRIPT = """\
import numpy as np
import keras

random = np.random.default_rng(0)
x = random.normal(size=(1500, 6)).astype("float32")
y = (x[:, 0] * x[:, 1] > 0).astype(int)
rate = 0.5 * 0.01
model = keras.Sequential([
    keras.Input((6,)),
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(keras.optimizers.Adam(rate), "binary_crossentropy", metrics=["accuracy"])
model.fit(x[:900], y[:900], validation_data=(x[900:], y[900:]), epochs=4, batch_size=32, verbose=0)
print("the script's own words")
"""


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small script that prints, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "train.py"
    path.write_text(SCRIPT)
    return path


def asked(folder: Path, *words: str) -> subprocess.Popen[str]:
    """The command, begun."""
    line = (sys.executable, "-m", "vandap.cli.main", "ask", "train.py", *words, "--yes", "--json")
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        line, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, dict[str, Any]]:
    """Exit code and document."""
    out, _ = process.communicate(timeout=1800)
    return process.returncode, json.loads(out)


def test_a_script_is_run_with_consent_only(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --yes and without a terminal nothing is run, and nothing is written."""
    assert main(["ask", "train.py", "lr*10", "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert "--yes" in error["expected"] and "lr*10" in error["hint"]
    assert sorted(path.name for path in script.parent.iterdir()) == ["train.py"]


@pytest.mark.parametrize("question", ["lr**10", "no batchnrom", "activation=rellu,", ""])
def test_words_that_are_no_what_if(question: str, script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is run: what was received, and words that are like it."""
    assert main(["ask", "train.py", question, "--yes", "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert "such as" in error["expected"] and not (script.parent / "runs").exists()


@pytest.mark.slow
@pytest.mark.backend
def test_what_cannot_be_changed_is_refused_with_its_line(script: Path) -> None:
    """A rate that is computed is not edited: the line is named; what the model has not got is said."""
    code, found = ended(asked(script.parent, "lr*10", "--out", "run"))
    assert code == 2 and found["error"]["received"].endswith("train.py:13"), found
    code, found = ended(asked(script.parent, "no batchnorm", "--out", "run"))
    assert code == 2 and "no batchnorm" in found["error"]["hint"]
    assert not list((script.parent / "run" / "experiments").glob("E*"))
    assert script.read_text() == SCRIPT


@pytest.mark.slow
@pytest.mark.backend
def test_a_killed_question_goes_on_where_it_was(script: Path) -> None:
    """Killed in the middle of the trials: the same command trains none of them again, and answers."""
    process = asked(script.parent, "seed only", "--budget", "10m", "--out", "run")
    trials = script.parent / "run" / "experiments" / "trials"
    until = time.monotonic() + 900
    while len(list(trials.glob("*/result.json"))) < 5 and time.monotonic() < until and process.poll() is None:
        time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    kept = {path: path.stat().st_mtime_ns for path in trials.glob("*/result.json")}
    assert len(kept) >= 5
    code, found = ended(asked(script.parent, "seed only", "--budget", "10m", "--out", "run"))
    assert code == 0, found
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert found["effect"]["verdict"] in ("no difference", "cannot tell"), found
    assert found["effect"]["pairs"] >= 5 and found["mechanism"] and found["prediction"] and found["sources"]
    assert Path(script.parent, found["report"]).is_file()
