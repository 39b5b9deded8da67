"""C1: the layer and the phase of the first value that is not finite."""

from __future__ import annotations

import numpy as np
from watched_zoo import broken, healthy

from vandap.core.finding import Status
from vandap.core.signals import Series
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(signals, **changes):  # noqa: D103
    return diagnose({**signals, **changes}, [rule("C1")])[0]


def spoilt(signal: str, probe: int, *places: int):  # noqa: D103
    signals = broken()
    series = signals[signal]
    statistic = series.labels["statistic"].index("nonfinite")
    series.values[probe:, list(places), statistic] = 7
    return signals


def test_going_forwards_the_first_layer_is_named() -> None:
    """All later ones are broken by it."""
    verdict = judge(spoilt("activations", 3, 1, 2))
    assert verdict.finding.where.layer == "dense_1"
    assert "After 4 steps the output of dense_1" in verdict.reason


def test_going_backwards_the_last_variable_is_named() -> None:
    """All earlier ones are broken by it; if all are, the loss itself is."""
    assert judge(spoilt("gradients", 2, 0, 1)).finding.where.layer == "dense_1"
    assert judge(spoilt("gradients", 2, 0, 1, 2)).finding.where.component == "compile"


def test_broken_weights_name_one_variable_or_the_largest_activation_before() -> None:
    """Between two probes everything may break."""
    assert judge(spoilt("weights", 2, 2)).finding.where.layer == "dense_2"
    assert "largest activation was 3" in judge(spoilt("weights", 2, 0, 1, 2)).reason


def test_without_a_broken_loss_nothing_is_found() -> None:
    """A value that is masked later does no harm; epochs without validation have no loss."""
    assert judge(healthy()).status is Status.CLEAR
    gaps = Series(np.array([np.nan, 1.0, np.nan, 0.9, np.nan]), {})
    assert judge(healthy(), val_loss=gaps).status is Status.CLEAR
