"""D10: a class that is missed far more often than the others."""

from __future__ import annotations

import numpy as np
import pytest
from signal_zoo import series, signals

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(matrix):  # noqa: D103
    classes = ["cat", "dog", "cow", "pig"][: len(matrix)]
    return diagnose(signals(confusion=series("confusion", matrix, class_=classes, predicted=classes)), [rule("D10")])[0]


def test_a_failing_class_is_an_issue_that_names_it() -> None:
    """A recall of 0.1 beside 0.9."""
    verdict = judge([[45, 5, 0], [40, 5, 5], [2, 3, 45]])
    assert verdict.finding.severity is Severity.ISSUE
    assert "recall of dog is 0.10" in verdict.reason


def test_a_poor_class_is_a_tip() -> None:
    """A recall of 0.45 beside 0.8: below, but not far below."""
    assert judge([[800, 100, 100], [350, 450, 200], [100, 100, 800]]).finding.severity is Severity.TIP


@pytest.mark.parametrize(
    "matrix",
    [
        [[45, 5, 0], [6, 3, 0], [0, 0, 50]],
        [[30, 40, 30], [40, 30, 30], [35, 35, 30]],
        [[50, 0, 0], [0, 50, 0], [0, 0, 0]],
        [[90, 10], [30, 70]],
    ],
)
def test_few_rows_equal_weakness_absence_and_fair_recall_are_clear(matrix: list[list[int]]) -> None:
    """Nine rows, a hard task, a class without rows, a recall above one half."""
    assert judge(matrix).status is Status.CLEAR


def test_equal_classes_give_no_false_alarm() -> None:
    """Of 300 matrices with a recall of 0.55 in every class, at 15 rows a class, none is an issue."""
    generator = np.random.default_rng(0)
    for _ in range(300):
        hits = generator.binomial(15, 0.55, 10)
        matrix = np.diag(hits) + np.roll(np.diag(15 - hits), 1, axis=1)
        verdict = diagnose(signals(confusion=matrix), [rule("D10")])[0]
        assert verdict.finding is None or verdict.finding.severity is Severity.TIP
