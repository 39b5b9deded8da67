"""Signals from what a fit yielded."""

import math

import numpy as np

from vandap.core.signals import SIGNALS
from vandap.watch.facts import Probe, StepFacts
from vandap.watch.recorder import epoch_signals, probe_signals, step_signals, weight_change


def _check(signals):
    """Every signal has the dimensions of the catalogue."""
    for name, series in signals.items():
        assert series.values.ndim == len(SIGNALS[name].dimensions), name


def test_metrics_that_come_late_are_nan_before():
    """A metric that only some epochs log keeps its column."""
    signals = epoch_signals([{"loss": 2.0}, {"loss": 1.0, "val_accuracy": 0.5}], [0.1, math.nan], [1e6, 2e6])
    _check(signals)
    assert signals["loss"].values.tolist() == [2, 1]
    assert np.isnan(signals["val_score"].values[0])
    assert "val_loss" not in signals


def test_nothing_seen_gives_no_signal():
    """An empty fit has no curves, no steps and no probes."""
    assert epoch_signals([], [], []) == {}
    assert step_signals([]) == {}
    assert probe_signals([]) == {}
    assert weight_change({}, {}, {}) == {}


def test_probes_follow_the_order_of_the_data():
    """Layers stand in the given order, and a probe without one has NaN there."""
    first = Probe(0, activations={"b": np.arange(7.0), "a": np.ones(7)}, update_ratio={"a/kernel": 0.1})
    signals = probe_signals([first, Probe(1, activations={"a": np.zeros(7)})], ["a", "b", "a/kernel"])
    _check(signals)
    assert signals["activations"].labels["layer"] == ("a", "b")
    assert np.isnan(signals["activations"].values[1, 1]).all()
    assert signals["probe_step"].values.tolist() == [0, 1]


def test_units_are_dead_only_if_dead_in_every_late_probe():
    """A unit that rises above zero once in the last half is alive."""
    probes = [
        Probe(step, unit_max={"a": np.array(highest)}, unit_min={"a": np.array([0.0, 0.0])}, examples=8)
        for step, highest in enumerate([[9.0, 9.0], [9.0, 9.0], [0.0, 0.0], [0.0, 1.0]])
    ]
    row = probe_signals(probes)["dead_units"].values[0]
    assert row.tolist() == [0.5, 0.5, 16, 2]


def test_weights_that_stay_have_a_change_of_zero():
    """The change is relative; a start at zero that moved is infinitely far."""
    first = {"a": np.array([3.0, 4.0]), "b": np.zeros(2), "c": np.ones(2)}
    last = {"a": np.array([3.0, 9.0]), "b": np.ones(2)}
    signals = weight_change(first, last, {"a": True})
    _check(signals)
    values = signals["weight_change"].values
    assert values[0].tolist() == [1.0, 0.5, 3.5, 2.0, 1.0]
    assert values[1, 0] == math.inf
    assert math.isnan(values[2, 0])


def test_steps_keep_their_numbers():
    """Thinned steps are told by their number."""
    signals = step_signals([StepFacts(0, 1.0, 0.1, 0.0, 0.01), StepFacts(4, 0.5, 0.1, 0.0, 0.01)])
    _check(signals)
    assert signals["step_number"].values.tolist() == [0, 4]


def test_steps_without_a_loss_have_no_curve():
    """A curve of NaN would say that the training broke."""
    unknown = StepFacts(0, None, 0.1, 0.0, 0.01)
    assert "step_loss" not in step_signals([unknown, unknown])
    assert math.isnan(step_signals([unknown, StepFacts(1, 0.5, 0.1, 0.0, 0.01)])["step_loss"].values[0])
