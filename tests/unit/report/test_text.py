"""The verdict for the terminal."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from vandap.core.store import Run
from vandap.report.text import WIDTH, text


@pytest.mark.parametrize("name", ["images", "many", "binary", "table", "regression", "failed", "interrupted", "bare"])
def test_fits_a_terminal(name: str, runs: Mapping[str, Run]) -> None:
    """At most 25 lines of 100 characters, without colours."""
    lines = text(runs[name]).splitlines()
    assert len(lines) <= 25
    assert all(len(line) <= WIDTH or line.startswith(("Run: ", "Report: ")) for line in lines)
    assert "\x1b" not in text(runs[name])


def test_names_the_recommended_model_and_what_to_do(runs: Mapping[str, Run]) -> None:
    """The models are listed best first, and each finding comes with a remedy."""
    lines = text(runs["images"]).splitlines()
    models = [line for line in lines if line.startswith("  ") and "[" in line]
    assert "Image CNN" in models[0]
    assert models[0].endswith("recommended")
    assert "! A8 Class imbalance" in lines
    assert any(line.startswith("  Try: give rare classes more weight: class_weight in fit") for line in lines)


def test_lower_is_better_is_said(runs: Mapping[str, Run]) -> None:
    """Of two errors the smaller one stands first."""
    shown = text(runs["regression"])
    assert "lower is better" in shown
    assert shown.index("Image CNN") < shown.index("Random forest  ")
