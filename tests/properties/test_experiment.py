"""Controlled experiments on any numbers at all."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from vandap.core.estimate import Decision
from vandap.core.experiment import Outcome, Pairing
from vandap.core.records import from_json, to_json
from vandap.evaluate.experiment.arms import compare_arms
from vandap.evaluate.experiment.plan import Plan

ROWS = 220
LOSSES = {Decision.BETTER: {Decision.WORSE, Decision.HARM}, Decision.WORSE: {Decision.BETTER}}
LOSSES |= {Decision.HARM: {Decision.BETTER}}

sizes = st.sampled_from([0.0, 1e-9, 0.01, 1.0, 1e6])
pairings = st.sampled_from(list(Pairing))
broken = st.lists(st.sampled_from(["fine", "crash", "nan", "huge"]), min_size=8, max_size=8)


def regression_arms(
    seed: int, gain: float, scale: float, endings: list[str]
) -> tuple[np.ndarray, list[np.ndarray], list[np.ndarray | None]]:
    """Targets, and predictions of eight runs of both arms; some of the changed arm end badly."""
    generator = np.random.default_rng(seed)
    target = generator.standard_normal(ROWS)
    reference = [target + generator.standard_normal(ROWS) for _ in range(8)]
    changed: list[np.ndarray | None] = []
    for ending in endings:
        run = target + gain + scale * generator.standard_normal(ROWS)
        if ending == "nan":
            run[0] = np.nan
        changed.append({"crash": None, "huge": run * 1e300}.get(ending, run))
    return target, reference, changed


@given(seed=st.integers(0, 99), gain=sizes, scale=sizes, endings=broken, pairing=pairings)
@settings(max_examples=60, deadline=None)
def test_any_runs_get_a_verdict_with_nested_intervals(
    seed: int, gain: float, scale: float, endings: list[str], pairing: Pairing
) -> None:
    """Crashes, NaN, overflow, tiny and huge scatter: a verdict, the inner interval in the outer one, plain JSON."""
    target, reference, changed = regression_arms(seed, gain, scale, endings)
    found = compare_arms("rmse", target, reference, changed, dummy=target * 0, plan=Plan((5, 8)), pairing=pairing)
    effect = found.effect
    assert effect.low <= effect.inner_low <= effect.difference <= effect.inner_high <= effect.high
    assert effect.error >= 0
    assert effect.components.variance(effect.seeds, effect.count) <= effect.error**2 * (1 + 1e-9) + 1e-300
    assert found.broken["changed"] == sum(ending != "fine" for ending in endings[: effect.seeds])
    assert from_json(Outcome, to_json(found)) == found
    is_told = found.decision is not Decision.CANNOT_TELL
    assert (found.needed is None) == (is_told or effect.low > 0)
    assert not (found.decision is Decision.BETTER and found.broken["changed"])


@given(seed=st.integers(0, 99), gain=st.sampled_from([0.0, 0.3, 1.0, 2.0]), pairing=pairings)
@settings(max_examples=40, deadline=None)
def test_the_arms_can_change_places(seed: int, gain: float, pairing: Pairing) -> None:
    """The difference turns its sign, the interval is mirrored; better becomes worse or harm, or none if negligible."""
    target, reference, changed = regression_arms(seed, gain, 1.0, ["fine"] * 8)
    one, other = (
        compare_arms("mae", target, *arms, dummy=target * 0, plan=Plan((8,)), pairing=pairing, margin=0.05)
        for arms in ((reference, changed), (changed, reference))
    )
    assert math.isclose(one.effect.difference, -other.effect.difference, abs_tol=1e-12)
    assert math.isclose(one.effect.low, -other.effect.high, abs_tol=1e-9)
    for first, second in ((one, other), (other, one)):
        allowed = {Decision.NO_DIFFERENCE} if first.negligible else LOSSES.get(first.decision, {first.decision})
        assert second.decision in allowed or second.negligible


@given(seed=st.integers(0, 99), shuffle=st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_the_order_of_pairs_and_examples_does_not_enter(seed: int, shuffle: int) -> None:
    """A single look sees sets, not sequences."""
    target, reference, changed = regression_arms(seed, 0.3, 1.0, ["fine"] * 8)
    generator = np.random.default_rng(shuffle)
    runs, rows = generator.permutation(8), generator.permutation(ROWS)
    plain = compare_arms("r2", target, reference, changed, dummy=target * 0, plan=Plan((8,)))
    mixed = compare_arms(
        "r2",
        target[rows],
        [reference[run][rows] for run in runs],
        [changed[run][rows] for run in runs],  # type: ignore[index]
        dummy=target * 0,
        plan=Plan((8,)),
    )
    assert math.isclose(plain.effect.difference, mixed.effect.difference, abs_tol=1e-9)
    assert math.isclose(plain.effect.error, mixed.effect.error, rel_tol=1e-6)
    assert plain.decision is mixed.decision
