"""A17: single values far outside."""

from __future__ import annotations

import numpy as np
from program_zoo import classifier
from watched_zoo import comparison, healthy, numbers, plain, poor, table, targets, with_loss

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(program, **signals):  # noqa: D103
    return diagnose({"program": program, **signals}, [rule("A17")])[0]


FACTS = ("minimum", "maximum", "mean", "deviation", "nonfinite", "integer", "whole", "rank", "examples")
COLUMNS = ("minimum", "maximum", "mean", "deviation")


def inputs(*values, examples=10_000):  # noqa: D103
    return table("input_statistics", {"input": (*values, 0, 0, 0, 2, examples)}, FACTS)


def columns(*rows):  # noqa: D103
    return table("feature_statistics", {str(place): row for place, row in enumerate(rows)}, COLUMNS)


def test_a_value_far_from_all_others_is_a_tip() -> None:
    """Among many examples, or as the one that makes the deviation among few."""
    assert judge(classifier(), input_statistics=inputs(-3, 900, 0, 10)).finding.severity is Severity.TIP
    alone = columns((-3, 40_000, 80, 1825))
    few = inputs(-3, 40_000, 10, 640, examples=480)
    assert judge(classifier(), feature_statistics=alone, input_statistics=few).finding.severity is Severity.TIP


def test_flags_counts_and_usual_ranges_are_clear() -> None:
    """A rare flag is many deviations from its mean by right."""
    rare = columns((0, 1, 1e-4, 0.01), (0, 12, 0.01, 0.12), (-4, 4, 0, 1))
    assert judge(classifier(), feature_statistics=rare).status is Status.CLEAR
    assert judge(**healthy()).status is Status.CLEAR


def test_where_little_was_learnt_cutting_them_must_help() -> None:
    """Far values alone accuse nobody: the same network without them must learn surely and clearly better."""
    signals = {**poor(), "input_statistics": inputs(-3, 900, 0, 10)}
    del signals["feature_statistics"]
    assert judge(**signals).tests == ("clipped_input",)
    helped = comparison("clipped_input", real=(0.95, 0.95), clipped=(0.3, 0.35))
    assert judge(**signals, test_clipped_input=helped).finding.severity is Severity.ISSUE
    alike = comparison("clipped_input", real=(0.95, 0.95), clipped=(0.93, 0.94))
    assert judge(**signals, test_clipped_input=alike).finding.severity is Severity.TIP


def test_a_few_slipped_decimal_points_hide_in_the_deviation() -> None:
    """Two in a hundred raise the deviation to which they are compared; the quartiles stay."""
    facts = (*COLUMNS, "quartile_low", "quartile_high")
    slipped = table("feature_statistics", {"0": (-2500, 3000, 5, 140, -0.7, 0.7)}, facts)
    assert judge(**{**poor(), "feature_statistics": slipped}).tests == ("clipped_input",)
    heavy = table("feature_statistics", {"0": (0, 300, 2, 12, 0.3, 2.5)}, facts)
    assert judge(**{**poor(), "feature_statistics": heavy}).status is Status.CLEAR
    counts = table("feature_statistics", {"0": (0, 9000, 2, 400, 0, 0)}, facts)
    assert judge(**{**poor(), "feature_statistics": counts}).status is Status.CLEAR


def test_extreme_values_in_a_network_that_learns_must_cost_much() -> None:
    """Slips are asked about where much was learnt, too; what costs little then is a tip, as heavy tails are."""
    facts = (*COLUMNS, "quartile_low", "quartile_high")
    slipped = table("feature_statistics", {"0": (-2500, 3000, 5, 140, -0.7, 0.7)}, facts)
    signals = {**with_loss(1.1, 0.4, 0.8), "feature_statistics": slipped}
    assert judge(**signals).tests == ("clipped_input",)
    helped = comparison("clipped_input", real=(0.6, 0.7), clipped=(0.05, 0.1))
    assert judge(**signals, test_clipped_input=helped).finding.severity is Severity.ISSUE
    little = comparison("clipped_input", real=(0.6, 0.7), clipped=(0.3, 0.35))
    assert judge(**signals, test_clipped_input=little).finding.severity is Severity.TIP
    assert judge(**{**healthy(), "feature_statistics": slipped}).tests == ()


def test_far_values_that_throw_validation_out_are_an_issue() -> None:
    """The training goes well; on validation data the loss is thousands of times that of knowing nothing."""
    signals = {**healthy(), "input_statistics": inputs(-3, 900, 0, 10)}
    del signals["feature_statistics"]
    assert judge(**signals).finding.severity is Severity.TIP
    thrown = plain("val_loss", np.linspace(9000.0, 5000.0, 10))
    assert judge(**{**signals, "val_loss": thrown}).finding.severity is Severity.ISSUE


def test_a_few_targets_that_make_the_training_loss_are_an_issue() -> None:
    """Validation, which has none of them, stands far below; where it has some, too, or they are learnt, all is well."""
    learnt = {**numbers(), "label_statistics": targets(-3, 60_000, 60, 950, 0, 0, 500, 1, 1, 0, 0)}
    signals = {**learnt, "loss": plain("loss", np.linspace(9e5, 8e5, 10))}
    assert judge(**signals).finding.severity is Severity.ISSUE
    assert judge(**learnt).finding is None
    alike = plain("val_loss", np.linspace(9e5, 8e5, 10))
    assert judge(**{**signals, "val_loss": alike}).finding is None
    assert judge(**numbers()).finding is None
