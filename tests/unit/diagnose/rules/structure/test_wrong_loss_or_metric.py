"""B3: a loss or a metric for another task."""

from __future__ import annotations

from dataclasses import replace

import pytest
from program_zoo import classifier, dense, regressor
from watched_zoo import comparison, stuck, targets, with_loss

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(program, **signals):  # noqa: D103
    return diagnose({"program": program, **signals}, [rule("B3")])[0]


CONTINUOUS = (-3, 3, 0, 1, 0, 0, 500, 1, 1, 0, 0)
CODES = (0, 9, 4.5, 2.9, 0, 1, 10, 1, 1, 0, 0)
ONE_HOT = (0, 1, 0.33, 0.47, 0, 1, 2, 2, 3, 1, 1)
THREE = (0, 2, 1, 0.8, 0, 1, 3, 1, 1, 0, 0)


@pytest.mark.parametrize(
    ("sick", "observed", "says"),
    [
        (regressor(metrics=("binary_accuracy",)), CONTINUOUS, "exact hits"),
        (regressor(metrics=("binary_accuracy",)), CODES, "class numbers"),
        (
            classifier(head=dense(1, "sigmoid"), loss="BinaryCrossentropy", metrics=("categorical_accuracy",)),
            (0, 1, 0.5, 0.5, 0, 1, 2, 1, 1, 0, 0),
            "one output",
        ),
        (classifier(metrics=("categorical_accuracy",)), THREE, "one column a class"),
        (classifier(loss="MeanSquaredError", metrics=()), THREE, "takes them for amounts"),
        (classifier(loss="MeanAbsoluteError", metrics=("accuracy",)), THREE, "takes them for amounts"),
        (classifier(loss="CategoricalCrossentropy", metrics=("binary_accuracy",)), ONE_HOT, "0.67"),
    ],
)
def test_measured_by_the_wrong_yardstick(sick, observed, says) -> None:
    """Each is an issue at the call of compile."""
    verdict = judge(sick, label_statistics=targets(*observed))
    assert verdict.finding.severity is Severity.ISSUE
    assert says in verdict.reason
    assert verdict.finding.where.component == "compile"


@pytest.mark.parametrize(
    ("sound", "observed"),
    [
        (regressor(metrics=("mean_absolute_error",)), CONTINUOUS),
        (regressor(), CODES),
        (classifier(), THREE),
        (classifier(loss="CategoricalCrossentropy", metrics=("categorical_accuracy",)), ONE_HOT),
        (
            classifier(head=dense(1, "sigmoid"), loss="BinaryCrossentropy", metrics=("binary_accuracy",)),
            (0, 1, 0.5, 0.5, 0, 1, 2, 1, 1, 0, 0),
        ),
        (regressor(metrics=("binary_accuracy",)), (0, 1, 0.5, 0.5, 0, 1, 2, 1, 1, 0, 0)),
        (
            classifier(head=dense(3, "sigmoid"), loss="BinaryCrossentropy", metrics=("binary_accuracy",)),
            (0, 1, 0.4, 0.5, 0, 1, 2, 2, 3, 0.3, 0.3),
        ),
    ],
)
def test_measured_by_the_right_one(sound, observed) -> None:
    """Counts without accuracy, least squares on a yes or no, several labels at once."""
    assert judge(sound, label_statistics=targets(*observed)).status is Status.CLEAR


def test_a_squared_error_on_classes_is_an_issue_only_when_nothing_is_learnt() -> None:
    """It learns more slowly, and that is no fault by itself."""
    made = classifier(loss="MeanSquaredError", metrics=())
    observed = targets(*ONE_HOT)
    assert judge(made, label_statistics=observed).finding.severity is Severity.TIP
    signals = {**stuck(made), "label_statistics": observed}
    assert judge(**signals).finding.severity is Severity.ISSUE


def test_without_targets_accuracy_of_a_regression_is_a_tip() -> None:
    """They may be yes and no after all."""
    assert judge(regressor(metrics=("binary_accuracy",))).finding.severity is Severity.TIP


def _own_loss(end: float) -> dict[str, object]:
    program = regressor()
    own = replace(program.compile.losses[0], kind="error", module="__main__")
    return with_loss(-1.0, end, program=replace(program, compile=replace(program.compile, losses=(own,))))


def test_a_loss_without_a_lowest_value_measures_no_distance() -> None:
    """A likelihood may fall below zero, too, and longer steps take it no further."""
    deep = comparison("learning_rate", x1=(-7.0, -8.0), x10=(-450.0, -630.0), x100=(-5e4, -8e4))
    level = comparison("learning_rate", x1=(-7.0, -8.0), x10=(-7.5, -8.5), x100=(30.0, 40.0))
    assert judge(**_own_loss(-13.0)).tests == ("learning_rate",)
    assert judge(**_own_loss(-13.0), test_learning_rate=deep).finding.severity is Severity.ISSUE
    assert judge(**_own_loss(-13.0), test_learning_rate=level).status is Status.CLEAR
    assert judge(**_own_loss(-0.5)).status is Status.CLEAR


def test_the_direction_of_one_number_is_no_loss() -> None:
    """A cosine of one number is 1 or -1; of several it compares directions."""
    assert judge(regressor(loss="CosineSimilarity")).finding.severity is Severity.ISSUE
    assert judge(regressor(head=dense(3), loss="CosineSimilarity")).finding is None


def test_the_loss_alone_is_blamed_for_class_numbers_behind_a_softmax() -> None:
    """Neither the activation nor the shape is wrong then."""
    signals = {"program": classifier(loss="MeanSquaredError", metrics=()), "label_statistics": targets(*THREE)}
    others = diagnose(signals, [rule("B1"), rule("B12")])
    assert [verdict.status for verdict in others] == [Status.CLEAR, Status.CLEAR]
    amounts = {**signals, "label_statistics": targets(-3, 30, 4, 9, 0, 0, 500, 1, 1, 0, 0)}
    assert [verdict.status for verdict in diagnose(amounts, [rule("B1"), rule("B12")])] == [Status.FOUND, Status.FOUND]


@pytest.mark.parametrize(
    ("loss", "observed", "status"),
    [
        ("MeanAbsolutePercentageError", CONTINUOUS, Status.FOUND),
        ("MeanAbsolutePercentageError", (0, 30, 9, 4, 0, 1, 25, 1, 1, 0, 0), Status.FOUND),
        ("MeanAbsolutePercentageError", (20, 300, 90, 40, 0, 0, 500, 1, 1, 0, 0), Status.CLEAR),
        ("MeanSquaredLogarithmicError", CONTINUOUS, Status.FOUND),
        ("MeanSquaredLogarithmicError", (0, 30, 9, 4, 0, 1, 25, 1, 1, 0, 0), Status.CLEAR),
        ("MeanAbsoluteError", CONTINUOUS, Status.CLEAR),
    ],
)
def test_errors_by_the_size_of_the_targets_need_sizes(loss, observed, status) -> None:
    """A percentage of nothing, and the logarithm of a loss."""
    verdict = judge(regressor(loss=loss), label_statistics=targets(*observed))
    assert verdict.status is status
    if verdict.finding is not None:
        assert verdict.finding.severity is Severity.ISSUE and f"from {observed[0]:.3g}" in verdict.reason
