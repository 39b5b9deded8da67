"""B1: an output that cannot give what is asked for."""

from __future__ import annotations

import pytest
from program_zoo import classifier, conv, dense, layer, program, regressor, row
from watched_zoo import table, targets

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(program, **signals):  # noqa: D103
    return diagnose({"program": program, **signals}, [rule("B1")])[0]


@pytest.mark.parametrize(
    ("sick", "says"),
    [
        (classifier(head=dense(1, "softmax"), loss="BinaryCrossentropy"), "over one unit"),
        (classifier(head=dense(1, "sigmoid"), loss="SparseCategoricalCrossentropy"), "same for every answer"),
        (classifier(head=dense(3, "relu")), "hidden layers"),
        (classifier(head=dense(1, "tanh"), loss="BinaryCrossentropy"), "hidden layers"),
        (classifier(dense(32, "relu"), dense(3, "relu"), head=layer("Softmax", "softmax")), "cuts off"),
        (regressor(loss="Poisson"), "logarithm"),
    ],
)
def test_activation_against_loss(sick, says) -> None:
    """Each is an issue at the output layer, with its line, before any data were seen."""
    verdict = judge(sick)
    assert verdict.finding.severity is Severity.ISSUE
    assert says in verdict.reason
    assert verdict.finding.where.line


@pytest.mark.parametrize(
    ("activation", "observed"),
    [
        ("sigmoid", (-3, 3, 0, 1, 0, 0, 500, 1, 1, 0, 0)),
        ("relu", (-3, 3, 0, 1, 0, 0, 500, 1, 1, 0, 0)),
        ("tanh", (0, 50, 22, 9, 0, 0, 500, 1, 1, 0, 0)),
        ("sigmoid", (0, 255, 80, 60, 0, 1, 256, 1, 1, 0, 0)),
    ],
)
def test_targets_out_of_reach(activation, observed) -> None:
    """A bounded output cannot give targets beyond its bounds; an output without activation can."""
    statistics = targets(*observed)
    sick = judge(regressor(head=dense(1, activation)), label_statistics=statistics)
    assert sick.finding.severity is Severity.ISSUE
    assert judge(regressor(), label_statistics=statistics).status is Status.CLEAR


def test_targets_are_scaled_for_numbers_only() -> None:
    """No class is scaled: what is advised for classes is the right pair of activation and loss."""
    of_classes = judge(classifier(head=dense(1, "softmax"), loss="BinaryCrossentropy"))
    of_numbers = judge(regressor(head=dense(1, "tanh")), label_statistics=targets(0, 50, 22, 9, 0, 0, 500, 1, 1, 0, 0))
    assert of_classes.finding.remedies == ("match-output-to-loss",)
    assert "scale-target" in of_numbers.finding.remedies


def test_several_labels_need_sigmoids() -> None:
    """A softmax cannot say yes to two classes."""
    several = targets(0, 1, 0.4, 0.5, 0, 1, 2, 2, 3, 0.3, 0.3)
    one = targets(0, 1, 0.33, 0.47, 0, 1, 2, 2, 3, 1, 1)
    for loss in ("CategoricalCrossentropy", "BinaryCrossentropy"):
        made = classifier(loss=loss, metrics=())
        assert judge(made, label_statistics=several).finding.severity is Severity.ISSUE
        assert not is_issue(judge(made, label_statistics=one))
    assert (
        judge(classifier(head=dense(3, "sigmoid"), loss="BinaryCrossentropy"), label_statistics=several).status
        is Status.CLEAR
    )


def test_padding_is_no_second_label() -> None:
    """Of one-hot targets of sequences that are filled up with zeros, no row has several ones."""
    padded = targets(0, 1, 0.2, 0.4, 0, 1, 2, 3, 3, 0.6, 0.6)
    for loss in ("CategoricalCrossentropy", "BinaryCrossentropy"):
        assert not is_issue(judge(classifier(loss=loss, metrics=()), label_statistics=padded))


def is_issue(verdict):  # noqa: D103
    return verdict.finding is not None and verdict.finding.severity is Severity.ISSUE


@pytest.mark.parametrize(
    ("activation", "observed"),
    [
        ("sigmoid", (0.1, 0.9, 0.5, 0.2, 0, 0, 500, 1, 1, 0, 0)),
        ("relu", (0, 40, 12, 6, 0, 0, 500, 1, 1, 0, 0)),
        ("tanh", (-1, 1, 0, 0.6, 0, 0, 500, 1, 1, 0, 0)),
        ("relu", (-0.01, 40, 12, 6, 0, 0, 500, 1, 1, 0, 0)),
    ],
)
def test_targets_within_reach(activation, observed) -> None:
    """A bounded output is right for bounded targets, and a single odd one does not matter."""
    assert judge(regressor(head=dense(1, activation)), label_statistics=targets(*observed)).status is Status.CLEAR


def test_what_the_users_own_code_does_is_not_guessed() -> None:
    """In a subclassed model a softmax may follow in `call`."""
    assert judge(classifier(head=dense(3), model="Mine")).status is Status.CANNOT_TELL


def test_the_activation_is_found_behind_layers_that_only_move_values() -> None:
    """Reshaping and averaging keep the range; a softmax over another axis than the last is left alone."""
    pooled = row((None, 8, 8, 3), conv(3, "linear"), layer("GlobalAveragePooling2D"), layer("Softmax", "softmax"))
    assert judge(program(pooled, "SparseCategoricalCrossentropy")).status is Status.CLEAR
    other_axis = classifier(
        dense(1), head=layer("Softmax", "softmax", axis=1), loss="MeanSquaredError", shape=(None, 9, 4)
    )
    assert judge(other_axis).status is Status.CLEAR


def test_answers_confirm_the_last_layer_where_the_users_code_is_not_seen() -> None:
    """Answers within the range of the ReLU: nothing seems to follow it, and negative targets are out of reach."""
    facts = ("minimum", "maximum", "sums_to_one")
    made, observed = regressor(head=dense(1, "relu"), model="Mine"), targets(-3, 3, 0, 1, 0, 0, 500, 1, 1, 0, 0)
    within = table("predictions", {"output": (0, 2.5, 0)}, facts)
    beyond = table("predictions", {"output": (-2, 2.5, 0)}, facts)
    assert judge(made, label_statistics=observed, predictions=within).finding.severity is Severity.ISSUE
    assert judge(made, label_statistics=observed, predictions=beyond).finding is None


def test_a_softmax_between_hidden_layers() -> None:
    """It is an issue at that layer; one that gates a product is none."""
    verdict = judge(classifier(dense(32, "softmax"), dense(16, "relu")))
    assert verdict.finding.severity is Severity.ISSUE
    assert verdict.finding.where.layer == "dense_0"
    assert judge(classifier(dense(8, "softmax"), layer("Multiply"), dense(16, "relu"))).status is Status.CLEAR


def test_a_softmax_between_hidden_layers_is_cured_there() -> None:
    """What is advised for the output would not reach it."""
    verdict = judge(classifier(dense(16, "softmax"), dense(32, "relu")))
    assert verdict.finding.severity is Severity.ISSUE and verdict.finding.remedies == ("use-relu",)
