"""Epochs, batches and iterations as a run made them, and what the gradient check showed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import report_fixed
from program_zoo import classifier

from vandap.ask.questions.i5 import _check
from vandap.ask.questions.i11 import EpochBatchIteration
from vandap.core.program import FitCall
from vandap.core.signals import Series
from vandap.core.store import Run, RunWriter


@pytest.mark.parametrize(("steps", "seen", "epochs"), [(160, 10_000, 10.0), (17, 1_064, 17 / 16)])
def test_the_last_batch_of_an_epoch_is_smaller(steps: int, seen: int, epochs: float, tmp_path: Path) -> None:
    """1,000 examples in batches of 64 are 16 iterations; ten epochs read 10,000 examples."""
    made = report_fixed.nothing(tmp_path / "run")
    fit = FitCall("arrays", 1000, 64, 10, steps=steps, shuffle=True)
    writer = RunWriter(made.path)
    writer.json("program", {"backend": "jax", "structure": replace(classifier(), fits=(fit,), main_fit=0)})
    writer.close()
    found = EpochBatchIteration().answer(Run(made.path))
    assert (found.document["iterations_per_epoch"], found.document["epochs"]) == (16, pytest.approx(epochs))
    assert f"read {seen:,} examples" in found.text and "16 iterations an epoch" in found.short


def _checked(*rows: tuple[float, float]) -> str:
    arms = tuple(f"v{place}" for place in range(len(rows)))
    return _check(Series(np.array(rows), {"arm": arms, "fact": ("relative_error", "floor")}))


def test_a_gradient_that_differs_is_not_said_to_agree() -> None:
    """By the thresholds of the rule; errors that are no number are left out."""
    assert "agree with the gradient of 2 variables, by 0.001" in _checked((1e-4, 1e-4), (1e-3, 1e-4))
    assert "differ from the gradient of 1 variables, by 0.5" in _checked((np.nan, 1e-4), (0.5, 1e-4))
    assert "agree" in _checked((0.5, 0.2))  # rounding explains it
    assert "no number" in _checked((np.nan, np.nan))
    assert "No numerical gradient check was made" in _check(None)
