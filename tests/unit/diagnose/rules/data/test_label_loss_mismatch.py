"""A7: labels without an output."""

from __future__ import annotations

import pytest
from signal_zoo import signals

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ((1, 10, 10, 10), "counted from 1"),
        ((-1, 1, 2, 2), "-1 and 1"),
        ((-1, 4, 6, 6), "negative"),
        ((0, 12, 10, 10), "no output"),
        ((0, 0.5, 3, 3), "whole numbers"),
        ((0, 2, 5, 3), "more labels"),
    ],
)
def test_labels_that_the_loss_does_not_understand(facts: tuple[float, ...], says: str) -> None:
    """Each mistake is named."""
    (verdict,) = diagnose(signals(label_values=facts), [rule("A7")])
    assert verdict.finding.severity is Severity.ISSUE
    assert says in verdict.reason


def test_an_output_without_label_is_a_tip() -> None:
    """Labels 1 to 3 with four outputs train, but one output is wasted."""
    (verdict,) = diagnose(signals(label_values=(1, 3, 3, 4)), [rule("A7")])
    assert verdict.finding.severity is Severity.TIP


@pytest.mark.parametrize("facts", [(0, 9, 10, 10), (0, 1, 2, 2), (0, 2, 2, 3), (1, 2, 2, 4)])
def test_labels_within_range_are_clear(facts: tuple[float, ...]) -> None:
    """Also where a class has no training row; that is another rule's concern."""
    assert diagnose(signals(label_values=facts), [rule("A7")])[0].status is Status.CLEAR
