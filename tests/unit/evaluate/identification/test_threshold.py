"""Thresholds from the gallery itself, and the law of the tail."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from vandap.errors import UsageError
from vandap.evaluate.identification.tail import fit_tail
from vandap.evaluate.identification.threshold import Strangers, calibrate, rarer


@pytest.mark.parametrize("shape", [-0.2, 0.0, 0.3])
def test_the_law_is_found_again(shape: float) -> None:
    """Shape and quantiles of a generalised Pareto sample, and score and share undo each other."""
    uniform = np.random.default_rng(0).random(20_000)
    excess = -np.log(uniform) if shape == 0 else (1 - uniform**shape) / shape
    tail = fit_tail(np.sort(excess), 10_000)
    assert tail.shape == pytest.approx(shape, abs=0.06)
    for share in (0.1, 0.01, 1e-4):
        true = -math.log(share) if shape == 0 else (1 - share**shape) / shape
        assert tail.score(share) == pytest.approx(true, rel=0.15)
        assert tail.above(tail.score(share)) == pytest.approx(share, rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(scores=some.lists(some.floats(-1, 1), min_size=40, max_size=80))
def test_any_scores_give_a_law(scores: list[float]) -> None:
    """Ties, one value alone, anything: finite and falling."""
    tail = fit_tail(np.sort(scores), 30)
    found = [tail.score(share * tail.share) for share in (0.5, 0.1, 0.01)]
    assert np.isfinite(found).all() and found == sorted(found)


def _gumbel(count: int, each: int, seed: int) -> Strangers:
    generator = np.random.default_rng(seed)
    return Strangers.of(0.5 + 0.05 * generator.gumbel(size=count * each), np.repeat(np.arange(count), each))


@pytest.mark.parametrize(("count", "each", "fpir"), [(600, 2, 0.05), (300, 2, 0.005), (600, 1, 0.0005)])
def test_the_interval_holds_the_true_threshold(count: int, each: int, fpir: float) -> None:
    """Counted and foretold, of a law whose quantiles are known: in most of 30 trials."""
    true = 0.5 - 0.05 * math.log(-math.log1p(-fpir))
    found = [calibrate(_gumbel(count, each, seed), fpir) for seed in range(30)]
    assert {threshold.method for threshold in found} == {"counted" if count * each * fpir >= 30 else "tail"}
    assert sum(threshold.low <= true <= threshold.high for threshold in found) >= 25


def test_a_gallery_that_grows_needs_a_higher_threshold() -> None:
    """Ten times the gallery gives ten times the chances: for these scores, exactly a shift that is known."""
    strangers = _gumbel(2000, 1, 0)
    now, then = (calibrate(strangers, 0.05, growth) for growth in (1.0, 10.0))
    assert then.value - now.value == pytest.approx(0.05 * math.log(10), abs=0.03)
    assert 1 - (1 - rarer(0.05, 10)) ** 10 == pytest.approx(0.05)


def test_people_are_the_units() -> None:
    """The same scores of fewer people tell less."""
    scores = _gumbel(1000, 1, 0).scores
    alone = calibrate(Strangers.of(scores, np.arange(1000)), 0.1)
    together = calibrate(Strangers.of(scores, np.arange(1000) // 25), 0.1)
    assert together.high - together.low > 1.5 * (alone.high - alone.low) and together.value == alone.value


def test_too_little_is_not_told() -> None:
    """Few people, few scores, or a share far beyond them: no threshold, and the reason."""
    for strangers, fpir in ((_gumbel(10, 20, 0), 0.1), (_gumbel(50, 1, 0), 0.01), (_gumbel(300, 1, 0), 1e-5)):
        found = calibrate(strangers, fpir)
        assert math.isnan(found.value) and "cannot tell" in found.method


def test_searches_that_find_nobody_count() -> None:
    """Minus infinity is below every threshold."""
    scores = np.concatenate([np.full(500, -np.inf), np.linspace(0, 1, 500)])
    assert calibrate(Strangers.of(scores, np.arange(1000)), 0.1).value == pytest.approx(0.8, abs=0.01)


@pytest.mark.parametrize(("fpir", "growth"), [(0.0, 1.0), (1.0, 1.0), (0.1, 0.5)])
def test_no_share_is_told(fpir: float, growth: float) -> None:
    """One message."""
    with pytest.raises(UsageError):
        calibrate(_gumbel(100, 1, 0), fpir, growth)
