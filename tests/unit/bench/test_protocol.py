"""The bench of the protocol: its populations are what they say, and its page is made from its results."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from bench.protocol import report
from bench.protocol.populations import ADDITIVE, LABELS, Additive, Ridge
from bench.protocol.run import HERE, RESULTS, cells


def test_the_page_is_made_from_the_results() -> None:
    """Nobody edits a number by hand."""
    assert (HERE / "RESULTS.md").read_text(encoding="utf-8") == report.page(RESULTS) + "\n"


def test_every_cell_stands_in_the_results() -> None:
    """None was left out because of what it said."""
    assert {(row["part"], row["cell"]) for row in report.rows(RESULTS)} == set(cells())


@pytest.mark.parametrize("population", [item for item in ADDITIVE if not item.crashes], ids=lambda item: item.name)
def test_differences_scatter_as_stated(population: Additive) -> None:
    """The mean difference of two arms has mean zero and the variance that the power is computed from."""
    generator = np.random.default_rng(1)
    drawn = [population.arms(5, generator) for _ in range(400)]
    gains = np.array([second.values.mean() - first.values.mean() for first, second in drawn])
    expected = population.variance(5)
    assert abs(gains.mean()) < 4 * np.sqrt(expected / 400)
    assert gains.var(ddof=1) == pytest.approx(expected, rel=0.35)


def test_both_kinds_of_model_are_equally_good() -> None:
    """Arms of labels, and of folds, have one distribution of scores."""
    generator = np.random.default_rng(2)
    target = LABELS[0].target(300)
    arms = [LABELS[0].arms(4, 300, generator) for _ in range(60)]
    hits = np.array([[[(run.argmax(1) == target).mean() for run in arm] for arm in pair] for pair in arms])
    gap = hits[:, 1].mean(axis=1) - hits[:, 0].mean(axis=1)
    assert abs(gap.mean()) < 4 * gap.std(ddof=1) / np.sqrt(len(gap))
    first, second, dummy = Ridge().scores(2, 5, generator)
    assert first.shape == second.shape == dummy.shape == (2, 5)
    assert first.mean() < dummy.mean()
