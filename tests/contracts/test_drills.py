"""Each drill is a user's program with a fault, and its twin without: the rule finds the one, no rule blames the other.

What can be known before a training is tested by programs that stop right before the first step. The whole exam, with
the training and the decisive tests, is in the slow suite:

    python -m pytest tests/contracts/test_drills.py -m slow
"""

from __future__ import annotations

import functools
import inspect
import json
import runpy
import subprocess
import sys
import warnings
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from vandap.core.finding import Severity, Status, Verdict
from vandap.core.recipe import DataSpec, Recipe
from vandap.core.store import Run
from vandap.diagnose.catalogue import rules
from vandap.diagnose.engine import diagnose
from vandap.diagnose.rule import Rule

DRILLS = Path(__file__).parents[1] / "drills"
SHOWN = [rule for rule in rules() if rule.fault(Recipe(DataSpec("bundled:digits"))) is None]
BEFORE_TRAINING = [rule for rule in SHOWN if rule.code[0] in "AB" and not {"batch_labels", "progress"} & {*rule.reads}]
every_shown = pytest.mark.parametrize("rule", SHOWN, ids=lambda rule: rule.code)
pytestmark = pytest.mark.backend


class Enough(Exception):  # noqa: N818
    """Ends a program right before its first step."""


@pytest.fixture
def no_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """`fit` prepares everything and stops; the watch sees what it was asked for."""
    import keras

    whole = keras.Model.fit

    class Stop(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
            raise Enough

    @functools.wraps(whole)
    def fit(self: Any, *args: Any, **settings: Any) -> Any:
        asked = inspect.signature(whole).bind(self, *args, **settings)
        asked.arguments["callbacks"] = [*(asked.arguments.get("callbacks") or []), Stop()]
        return whole(*asked.args, **asked.kwargs)

    monkeypatch.setattr(keras.Model, "fit", fit)


def watched(script: Path, folder: Path) -> tuple[Verdict, ...]:
    """The verdicts on a script that was run here, under watch."""
    from vandap.watch import watching

    with suppress(Enough), watching(folder), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they are the script's own
        runpy.run_path(str(script), run_name="__main__")
    return diagnose(Run(folder), rules())  # each with its full voice, on trial or not


def issues(verdicts: tuple[Verdict, ...]) -> list[str]:
    """What the issues say."""
    found = [verdict.finding for verdict in verdicts if verdict.status is Status.FOUND and verdict.finding]
    return [f"{item.code}: {item.message}" for item in found if item.severity is Severity.ISSUE]


@pytest.mark.usefixtures("no_step")
@pytest.mark.parametrize("rule", BEFORE_TRAINING, ids=lambda rule: rule.code)
def test_a_fault_of_data_or_structure_shows_before_the_training(rule: Rule, tmp_path: Path) -> None:
    """Found, or suspected with a test that decides; on the twin no rule of data or structure finds an issue."""
    folder = DRILLS / rule.slug
    sick = {verdict.code: verdict for verdict in watched(folder / "sick.py", tmp_path / "sick")}[rule.code]
    assert sick.status in (Status.FOUND, Status.SUSPECTED), sick.reason
    assert sick.status is Status.FOUND or sick.tests
    healthy = watched(folder / "healthy.py", tmp_path / "healthy")
    assert not [verdict.reason for verdict in healthy if verdict.status is Status.CRASHED]
    assert not [message for message in issues(healthy) if message[0] in "AB"]


@pytest.mark.slow
@every_shown
def test_the_exam_finds_the_fault_and_praises_its_twin(rule: Rule, tmp_path: Path) -> None:
    """The whole exam of both scripts, each in a process of its own."""
    folder = DRILLS / rule.slug
    sick = exam(folder / "sick.py", tmp_path / "sick")
    assert sick["verdicts"][rule.code] in ("found", "suspected"), sick["findings"]
    healthy = exam(folder / "healthy.py", tmp_path / "healthy")
    assert [item["message"] for item in healthy["findings"] if item["severity"] == "issue"] == []


def exam(script: Path, out: Path) -> Mapping[str, Any]:
    """`vandap exam SCRIPT --json`."""
    command = [sys.executable, "-m", "vandap.cli.main", "exam", "--json", "--budget", "60s", "--out", str(out)]
    done = subprocess.run([*command, str(script)], capture_output=True, text=True, cwd=script.parent, check=False)
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)
