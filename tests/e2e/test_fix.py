"""`vandap fix SCRIPT.py`: from findings to a diff that held-out rows prove."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vandap.cli.main import main

SICK = """\
import numpy as np
import keras

random = np.random.default_rng(0)
x = random.normal(size=(2000, 6)).astype("float32")
y = (x[:, 0] * x[:, 1] > 0).astype(int)
model = keras.Sequential([
    keras.Input((6,)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(keras.optimizers.Adam(1e-6), "binary_crossentropy", metrics=["accuracy"])
model.fit(x[:1200], y[:1200], validation_data=(x[1200:], y[1200:]), epochs=10, batch_size=32, verbose=0)
"""


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A script whose learning rate is far too low, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "train.py"
    path.write_text(SICK)
    return path


def test_a_script_is_run_with_consent_only(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --yes and without a terminal nothing is run, and the message says what would be."""
    assert main(["fix", "train.py", "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert "--yes" in error["expected"] and "on a copy of" in error["hint"]
    assert sorted(path.name for path in script.parent.iterdir()) == ["train.py"]


def test_a_run_without_a_network_is_refused(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be repaired is said before anything is trained, and with what to do."""
    (script.parent / "run").mkdir()
    (script.parent / "run" / "run.json").write_text(
        '{"name": "x", "status": "done", "key": "", "command": [], "started": 0}'
    )
    assert main(["fix", "run", "--json"]) == 2
    assert "SCRIPT.py" in json.loads(capsys.readouterr().out)["error"]["hint"]
    assert main(["fix", "run", "--apply", "--json"]) == 2
    assert "--apply" in json.loads(capsys.readouterr().out)["error"]["received"]


def test_a_budget_that_is_too_small_is_said(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is not called healthy, and nothing that was there goes, not even what looks like ours."""
    script.write_text("import time\ntime.sleep(60)\n" + SICK)
    assert main(["fix", "train.py", "--yes", "--budget", "2s", "--out", "run", "--json"]) == 3
    assert "too small" in json.loads(capsys.readouterr().out)["error"]["message"]
    (script.parent / "own").mkdir()
    (script.parent / "own" / "request.json").write_text("{}")
    assert main(["fix", "train.py", "--yes", "--out", "own", "--json"]) == 2
    assert (script.parent / "own" / "request.json").exists()


@pytest.mark.slow
@pytest.mark.backend
def test_a_learning_rate_is_repaired_and_proved(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The diff changes the rate alone; the same command reads what it found; --apply writes it, with a backup."""
    line = ["fix", "train.py", "--yes", "--budget", "10m", "--json"]
    assert main(line) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["status"] == "proved", found
    assert found["comparison"]["verdict"] == "better" and found["comparison"]["interval"][0] > 0
    assert any(step["change"]["slug"] in ("learning-rate", "schedule", "optimiser") for step in found["kept"])
    assert "-model.compile(keras.optimizers.Adam(1e-6)" in found["diff"]
    assert script.read_text() == SICK

    assert main([*line, "--apply"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["diff"] == found["diff"] and again["written"] == [str(script)]
    assert script.read_text() != SICK
    assert script.with_name("train.py.before-fix").read_text() == SICK


@pytest.mark.slow
@pytest.mark.backend
def test_a_what_if_is_answered_by_experiment(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Theory, effect with interval, and what happened inside."""
    assert main(["ask", "train.py", "lr*1000", "--yes", "--budget", "10m", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["effect"]["verdict"] == "better" and found["effect"]["pairs"] >= 5
    assert "update over weight" in found["mechanism"]
    assert len(found["plot"]["arms"]["lr*1000"]) == found["effect"]["pairs"]


@pytest.mark.slow
@pytest.mark.backend
def test_a_built_network_is_repaired(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run whose rate was set far too low: the proved recipe has another one, and can be trained."""
    import numpy as np

    from vandap.api import TrainedRun

    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(0)
    x = random.normal(size=(3000, 6)).astype("float32")
    np.savez("data.npz", x=x, y=(x[:, 0] * x[:, 1] > 0).astype(int))
    line = ["train", "data.npz", "--learners", "dummy,table-mlp", "--budget", "60s", "--out", "run"]
    assert main([*line, "--set", "learning_rate=1e-6", "--fail-on", "never"]) == 0
    fixed = TrainedRun("run").fix("10m")
    assert fixed.status == "proved", fixed
    assert any(step.change.slug == "learning-rate" for step in fixed.kept)
    recipe = json.loads((tmp_path / "run" / "experiments" / "E01-fix" / "recipe.json").read_text())
    assert recipe["network"]["learning_rate"] > 1e-5
