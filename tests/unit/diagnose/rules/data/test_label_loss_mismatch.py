"""A7: labels without an output."""

from __future__ import annotations

import pytest
from program_zoo import classifier, dense, program, regressor, row
from signal_zoo import signals
from watched_zoo import targets

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


def watched(model, *values):  # noqa: D103
    return diagnose({"program": model, "label_statistics": targets(*values)}, [rule("A7")])[0]


SIGMOID = {"head": dense(1, "sigmoid"), "loss": "BinaryCrossentropy"}
LOSS = "SparseCategoricalCrossentropy"
ONE_LAYER = program(row((None, 8), dense(3, "softmax")), LOSS)
"""Logistic regression: no layer feeds another."""
ONE_HOT = (0, 1, 0.33, 0.47, 0, 1, 2, 2, 3, 1, 1)


@pytest.mark.parametrize(
    ("model", "observed", "says"),
    [
        (classifier(), (1, 3, 2, 0.8, 0, 1, 3, 1, 1, 0, 0), "counted from 1"),
        (classifier(), (0, 7, 2, 0.8, 0, 1, 8, 1, 1, 0, 0), "no output"),
        (classifier(), ONE_HOT, "one-hot"),
        (classifier(loss="CategoricalCrossentropy"), (0, 2, 1, 0.8, 0, 1, 3, 1, 1, 0, 0), "class numbers"),
        (ONE_LAYER, (1, 3, 2, 0.8, 0, 1, 3, 1, 1, 0, 0), "counted from 1"),
        (ONE_LAYER, (0, 7, 2, 0.8, 0, 1, 8, 1, 1, 0, 0), "no output"),
        (ONE_LAYER, ONE_HOT, "one-hot"),
        (classifier(**SIGMOID), (-1, 1, 0, 1, 0, 1, 2, 1, 1, 0, 0), "-1 and 1"),
        (classifier(**SIGMOID), (1, 2, 1.5, 0.5, 0, 1, 2, 1, 1, 0, 0), "0 and 1"),
        (classifier(**SIGMOID), (0, 2, 1, 0.8, 0, 1, 3, 1, 1, 0, 0), "3 classes"),
        (classifier(**SIGMOID), (-2, 3, 0, 1, 0, 0, 500, 1, 1, 0, 0), "from 0 to 1"),
    ],
)
def test_labels_that_a_watched_loss_does_not_understand(model, observed, says) -> None:
    """Each mistake is an issue at the call of compile."""
    verdict = watched(model, *observed)
    assert verdict.finding.severity is Severity.ISSUE
    assert says in verdict.reason
    assert verdict.finding.where.line == 30


@pytest.mark.parametrize(
    ("model", "observed"),
    [
        (classifier(), (0, 2, 1, 0.8, 0, 1, 3, 1, 1, 0, 0)),
        (classifier(), (0, 1, 0.4, 0.5, 0, 1, 2, 1, 1, 0, 0)),
        (ONE_LAYER, (0, 2, 1, 0.8, 0, 1, 3, 1, 1, 0, 0)),
        (classifier(loss_settings={"ignore_class": -1}), (-1, 2, 1, 0.8, 0, 1, 4, 1, 1, 0, 0)),
        (classifier(loss="CategoricalCrossentropy"), ONE_HOT),
        (classifier(**SIGMOID), (0, 1, 0.5, 0.5, 0, 1, 2, 1, 1, 0, 0)),
        (classifier(**SIGMOID), (0.05, 0.95, 0.5, 0.4, 0, 0, 2, 1, 1, 0, 0)),
        (regressor(), (-300, 900, 0, 1, 0, 0, 500, 1, 1, 0, 0)),
    ],
)
def test_labels_that_a_watched_loss_understands(model, observed) -> None:
    """Also smoothed ones, an ignored class, and numbers where numbers are asked for."""
    assert watched(model, *observed).status is Status.CLEAR
