"""B2: the softmax twice, or never."""

from __future__ import annotations

import pytest
from program_zoo import classifier, dense, layer, regressor
from watched_zoo import table

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(program, **signals):  # noqa: D103
    return diagnose({"program": program, **signals}, [rule("B2")])[0]


ANSWERS = ("minimum", "maximum", "mean", "deviation", "nonfinite", "across", "top_share", "sums_to_one", "examples")
LOGITS = {"from_logits": True}


def answers(low, high, sums):  # noqa: D103
    return table("predictions", {"output": (low, high, 0.3, 0.2, 0, 0.2, 0.4, sums, 512)}, ANSWERS)


@pytest.mark.parametrize(
    "sick",
    [
        classifier(loss_settings=LOGITS),
        classifier(head=dense(3)),
        classifier(head=dense(1), loss="BinaryCrossentropy"),
        classifier(head=dense(1, "sigmoid"), loss="BinaryCrossentropy", loss_settings=LOGITS),
        classifier(dense(32, "relu"), dense(3, "softmax"), head=layer("Softmax", "softmax")),
    ],
)
def test_applied_twice_or_never(sick) -> None:
    """An issue before the training, at the output layer."""
    verdict = judge(sick)
    assert verdict.finding.severity is Severity.ISSUE
    assert verdict.finding.where.layer


@pytest.mark.parametrize(
    "sound",
    [
        classifier(),
        classifier(head=dense(3), loss_settings=LOGITS),
        classifier(dense(32, "relu"), dense(3), head=layer("Softmax", "softmax")),
        classifier(head=dense(1), loss="BinaryCrossentropy", loss_settings=LOGITS),
        classifier(head=dense(1, "sigmoid"), loss="BinaryCrossentropy"),
        regressor(),
    ],
)
def test_applied_once(sound) -> None:
    """By the output or by the loss."""
    assert judge(sound).status is Status.CLEAR


def test_answers_decide_where_the_users_code_is_not_seen() -> None:
    """Numbers outside of [0, 1] are no probabilities; such as sum to one are no logits."""
    open_model = classifier(head=dense(3), model="Mine")
    assert judge(open_model).status is Status.CANNOT_TELL
    assert judge(open_model, predictions=answers(-4, 9, 0)).finding.severity is Severity.ISSUE
    assert judge(open_model, predictions=answers(0, 1, 1)).status is Status.CLEAR
    given_logits = classifier(head=dense(3), model="Mine", loss_settings=LOGITS)
    assert judge(given_logits, predictions=answers(0, 1, 1)).finding.severity is Severity.ISSUE
    assert judge(given_logits, predictions=answers(-4, 9, 0)).status is Status.CLEAR
