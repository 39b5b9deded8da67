"""What a repair gains on the test part."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from vandap.core.estimate import Decision
from vandap.core.experiment import Arm, Effect, Experiment, Outcome, Pairing, Trial
from vandap.core.task import Task
from vandap.evaluate.experiment.arms import compare_arms
from vandap.evaluate.experiment.plan import LOOKS, Plan
from vandap.repair.built import test_part
from vandap.repair.score import Formed, Scale
from vandap.repair.trial.division import Division

ROWS, SEEDS = 400, 5
TARGET = np.arange(ROWS) % 2
DUMMY = np.tile([0.5, 0.5], (ROWS, 1))
NOTHING = np.zeros(0, np.int64)


def answers(share: float, seed: int) -> np.ndarray:
    """A model that answers a share of the rows rightly."""
    right = np.random.default_rng(seed).random(ROWS) < share
    return np.eye(2)[np.where(right, TARGET, 1 - TARGET)]


@pytest.mark.parametrize("ended", [True, False])
def test_the_interval_allows_for_the_looks_of_the_proof(
    ended: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seeds ended the proof by their luck, so each planned look counts; without predictions nothing is told."""
    arms = {"as it is": [answers(0.7, seed) for seed in range(SEEDS)], "changed": [answers(0.9, 9)] * SEEDS}
    trials = tuple(Trial(seed, "done", 0.0, 1.0, folder=str(seed)) for seed in range(SEEDS))
    (tmp_path / "0").mkdir()
    (tmp_path / "0" / test_part.TEST).touch()
    outcome = Outcome("accuracy", Decision.BETTER, Effect(0.2), 0.01, Pairing.PARTIAL, LOOKS)
    experiment = Experiment("E01", "?", "confirm", Arm("as it is", (), trials), Arm("changed", (), trials))
    scale = Scale(Task.BINARY, "accuracy", "", TARGET, 2, Division(1, ROWS, *[NOTHING] * 3), DUMMY[0])

    def read(arm: Arm, *others: Any) -> list[Formed | None]:
        return [Formed(TARGET, given, DUMMY) if ended else None for given in arms[arm.name]]

    monkeypatch.setattr(test_part, "entered", lambda *facts: SimpleNamespace(alpha=0.05, label=""))
    monkeypatch.setattr(test_part, "_read", read)
    monkeypatch.setattr(test_part, "_groups", lambda paths: None)
    found = test_part.stated(None, replace(experiment, outcome=outcome), scale, tmp_path)  # type: ignore[arg-type]
    if not ended:
        assert found is None
        return
    expected = compare_arms(
        "accuracy", TARGET, arms["as it is"], arms["changed"], dummy=DUMMY,
        plan=Plan((SEEDS,), 0.05 / len(LOOKS)), pairing=Pairing.PARTIAL,
    ).effect  # fmt: skip
    assert found is not None and found.effect == replace(expected, alpha=0.05)
    assert any("of the proof" in note for note in found.notes)
