"""C4: rectified units that never answer."""

from __future__ import annotations

from watched_zoo import healthy, poor, stuck, table

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(signals, **changes):  # noqa: D103
    return diagnose({**signals, **changes}, [rule("C4")])[0]


FACTS = ("dead", "constant", "examples", "units")


def units(first: float, second: float, examples: float = 512):  # noqa: D103
    rows = {"dense_0": (first, first, examples, 32), "dense_1": (second, second, examples, 16)}
    return table("dead_units", {**rows, "dense_2": (1.0, 0.0, examples, 3)}, FACTS)


def test_a_dead_layer_that_stops_the_training_is_an_issue() -> None:
    """The first layer that lets nothing through is the place."""
    verdict = judge(stuck(), dead_units=units(0.6, 1.0))
    assert verdict.finding.severity is Severity.ISSUE
    assert (verdict.finding.where.layer, verdict.finding.where.line) == ("dense_1", 11)


def test_dead_units_that_do_not_hurt_are_a_tip_and_doubtful_ones_suspected() -> None:
    """It depends on what was learnt."""
    assert judge(healthy(), dead_units=units(0.6, 0.2)).finding.severity is Severity.TIP
    assert judge(poor(), dead_units=units(0.6, 0.2)).tests == ("learning_rate",)


def test_fewer_than_half_few_examples_and_other_activations_are_no_fault() -> None:
    """The softmax of the last layer has no dead units."""
    assert judge(stuck(), dead_units=units(0.4, 0.2)).status is Status.CLEAR
    assert judge(stuck(), dead_units=units(0.9, 0.9, examples=32)).status is Status.CANNOT_TELL
