"""Critical values of sequential looks: the committed table against theory and against an independent simulation."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from vandap.evaluate.experiment.boundaries import BOUNDARIES
from vandap.evaluate.experiment.plan import LOOKS

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from bench.protocol.boundaries import ALPHAS, PLANS, simulated
from bench.protocol.spending import boundaries, spent, statistics

TABLE = [(looks, alpha) for looks, alpha in BOUNDARIES]


@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.1])
def test_spending_starts_near_zero_and_ends_at_alpha(alpha: float) -> None:
    """All of alpha may be spent at the end, next to nothing at a quarter, and more with each look."""
    shares = [spent(alpha, share) for share in (0.25, 0.4, 0.6, 1.0)]
    assert shares == sorted(shares)
    assert shares[0] < alpha / 20
    assert shares[-1] == pytest.approx(alpha)


def test_spending_is_that_of_lan_and_demets() -> None:
    """The formula of the paper, `2 - 2 Phi(z / sqrt(t))`, with another library's normal distribution."""
    assert spent(0.05, 0.4) == pytest.approx(2 - 2 * stats.norm.cdf(1.959964 / np.sqrt(0.4)), rel=1e-5)


def test_drawn_statistics_are_those_of_raw_observations() -> None:
    """Drawing only what each look adds gives the same distribution as computing t from every observation."""
    generator = np.random.default_rng(5)
    fast, raw = statistics(LOOKS, 100_000, generator), _raw(LOOKS, 100_000, generator)
    for one, other in zip(fast, raw, strict=True):
        assert stats.ks_2samp(one, other).pvalue > 1e-3
    assert np.corrcoef(fast) == pytest.approx(np.corrcoef(raw), abs=0.02)


@pytest.mark.parametrize(("looks", "alpha"), TABLE)
def test_the_table_keeps_its_error(looks: tuple[int, ...], alpha: float) -> None:
    """On raw observations, computed apart from the table's script, each look spends what it may (within 4 errors)."""
    count = 400_000
    sizes = np.abs(_raw(looks, count, np.random.default_rng(17)))
    crossed = np.cumsum(np.maximum.accumulate(sizes > np.array(BOUNDARIES[looks, alpha])[:, None]), axis=0) > 0
    for seeds, reached in zip(looks, crossed.mean(axis=1), strict=True):
        expected = spent(alpha, seeds / looks[-1])
        assert abs(reached - expected) < 4 * np.sqrt(expected * (1 - expected) / count)


@pytest.mark.parametrize(("looks", "alpha"), TABLE)
def test_the_first_look_is_exact(looks: tuple[int, ...], alpha: float) -> None:
    """Nothing was spent before it: Student's quantile. Later values fall towards the plain one."""
    values = BOUNDARIES[looks, alpha]
    assert values[0] == pytest.approx(stats.t.isf(spent(alpha, looks[0] / looks[-1]) / 2, looks[0] - 1), abs=1e-4)
    assert list(values) == sorted(values, reverse=True)
    assert values[-1] > stats.t.isf(alpha / 2, looks[-1] - 1)


def test_the_script_makes_the_table() -> None:
    """A short run of the generating script agrees with what is committed: nobody edited the table by hand."""
    table, error = simulated(1_000_000, seed=3)
    assert set(table) == set(BOUNDARIES) == {(plan, alpha) for plan in PLANS for alpha in ALPHAS}
    assert error < 0.01
    for key, values in table.items():
        assert values == pytest.approx(BOUNDARIES[key], rel=0.02)


def test_boundaries_of_one_look_are_students() -> None:
    """With a single look there is nothing to spend in steps."""
    (values,) = boundaries((12,), (0.05,), statistics((12,), 10, np.random.default_rng(0)))
    assert values == pytest.approx((stats.t.isf(0.025, 11),))


def _raw(looks: tuple[int, ...], count: int, generator: np.random.Generator) -> np.ndarray:
    """T statistics at each look from every observation, shape `(looks, count)`."""
    sample = generator.standard_normal((looks[-1], count), dtype=np.float32)
    return np.array(
        [sample[:n].mean(axis=0) / (sample[:n].std(axis=0, ddof=1) / np.sqrt(np.float32(n))) for n in looks]
    )
