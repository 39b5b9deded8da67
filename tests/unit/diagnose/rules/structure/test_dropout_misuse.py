"""B8: dropout at the wrong place, or too much of it."""

from __future__ import annotations

import pytest
from program_zoo import classifier, dense, layer
from watched_zoo import healthy, table

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(program, **signals):  # noqa: D103
    return diagnose({"program": program, **signals}, [rule("B8")])[0]


def dropout(rate):  # noqa: D103
    return layer("Dropout", rate=rate)


def modes(training, inference):  # noqa: D103
    return table("test_inference_mode", {"train": (training,), "inference": (inference,)}, ("loss",))


def test_dropout_after_the_output_is_an_issue() -> None:
    """It erases answers."""
    verdict = judge(classifier(dense(32, "relu"), dense(3, "softmax"), head=dropout(0.1)))
    assert verdict.finding.severity is Severity.ISSUE
    assert "after the output" in verdict.reason


@pytest.mark.parametrize("rates", [(0.97,), (0.8, 0.8)])
def test_nothing_left_is_an_issue(rates) -> None:
    """One dropout, or several in a row."""
    made = classifier(dense(32, "relu"), *map(dropout, rates), dense(16, "relu"))
    assert judge(made).finding.severity is Severity.ISSUE


def test_a_high_rate_is_judged_by_what_it_costs() -> None:
    """Suspected at first; an issue where training mode loses much more, and clear where it does not."""
    made = classifier(dense(512, "relu"), dropout(0.7))
    assert judge(made).tests == ("inference_mode",)
    signals = healthy(made)
    del signals["inference_loss"]
    assert judge(**signals, test_inference_mode=modes(0.9, 0.3)).finding.severity is Severity.ISSUE
    assert judge(**signals, test_inference_mode=modes(0.2, 0.1)).status is Status.CLEAR


def test_usual_rates_are_clear_and_dropout_before_a_norm_is_a_tip() -> None:
    """Half of a layer is usual; no dropout, too."""
    assert judge(classifier(dense(32, "relu"), dropout(0.5))).status is Status.CLEAR
    assert judge(classifier()).status is Status.CLEAR
    before = classifier(dense(32, "relu"), dropout(0.3), layer("BatchNormalization"), dense(16, "relu"))
    assert judge(before).finding.severity is Severity.TIP


@pytest.mark.parametrize(
    "inside",
    [
        layer("LSTM", "tanh", units=8, dropout=0.8, recurrent_dropout=0.0),
        layer("GRU", "tanh", units=8, dropout=0.0, recurrent_dropout=0.8),
        layer("Bidirectional", "tanh", layer={"class_name": "LSTM", "config": {"dropout": 0.8}}),
        layer("MultiHeadAttention", dropout=0.8),
    ],
)
def test_dropout_inside_of_a_layer_is_judged_by_what_it_costs(inside) -> None:
    """Recurrent and attention layers drop by themselves."""
    made = classifier(inside, dense(16, "relu"), shape=(None, 12, 4))
    assert judge(made).tests == ("inference_mode",)
    signals = healthy(made)
    del signals["inference_loss"]
    assert judge(**signals, test_inference_mode=modes(0.9, 0.3)).finding.severity is Severity.ISSUE
    assert judge(**signals, test_inference_mode=modes(0.2, 0.1)).status is Status.CLEAR


def test_next_to_nothing_left_is_enough_for_some() -> None:
    """A network that learns all the same is judged by what dropout costs it, too."""
    made = classifier(dense(4096, "relu"), dropout(0.96))
    signals = healthy(made)
    del signals["inference_loss"]
    assert judge(**signals, test_inference_mode=modes(0.2, 0.1)).status is Status.CLEAR
