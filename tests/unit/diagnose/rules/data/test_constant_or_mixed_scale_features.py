"""A3: inputs that hardly differ."""

from __future__ import annotations

import pytest
from program_zoo import classifier
from watched_zoo import comparison, healthy, stuck, table

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(program, **signals):  # noqa: D103
    return diagnose({"program": program, **signals}, [rule("A3")])[0]


FACTS = ("minimum", "maximum", "mean", "deviation", "nonfinite", "integer", "whole", "rank", "examples")
COLUMNS = ("minimum", "maximum", "mean", "deviation")


def inputs(*values):  # noqa: D103
    return table("input_statistics", {"input": (*values, 0, 0, 0, 2, 960)}, FACTS)


def columns(*deviations):  # noqa: D103
    rows = {str(place): (-3 * size, 3 * size, 0, size) for place, size in enumerate(deviations)}
    return table("feature_statistics", rows, COLUMNS)


def test_examples_that_do_not_differ_are_an_issue() -> None:
    """All numbers are one."""
    assert judge(classifier(), input_statistics=inputs(0, 0, 0, 0)).finding.severity is Severity.ISSUE


@pytest.mark.parametrize(
    "odd",
    [
        {"input_statistics": inputs(0, 0.0039, 0.001, 0.001)},
        {"input_statistics": inputs(-3, 3, 0, 0.9), "feature_statistics": columns(1, 1, 1e-5, 1)},
    ],
)
def test_small_and_mixed_scales_are_judged_by_the_test(odd) -> None:
    """Scaled twice, or one column far smaller than the others."""
    signals = {**stuck(), **odd}
    assert judge(**signals).tests == ("standardised_input",)
    helps = comparison("standardised_input", real=(1.1, 1.1), standardised=(0.2, 0.25))
    assert judge(**signals, test_standardised_input=helps).finding.severity is Severity.ISSUE
    same = comparison("standardised_input", real=(1.1, 1.1), standardised=(1.09, 1.1))
    assert judge(**signals, test_standardised_input=same).status is Status.CLEAR


def test_constant_columns_are_named_and_no_fault() -> None:
    """Of images, some pixels never vary."""
    known = {"input_statistics": inputs(-3, 3, 0, 1)}
    verdict = judge(classifier(), **known, feature_statistics=columns(1, 0, 1))
    assert verdict.status is Status.CLEAR
    assert judge(**healthy()).status is Status.CLEAR
