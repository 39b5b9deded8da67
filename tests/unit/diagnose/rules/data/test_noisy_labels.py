"""A9: labels that are wrong by chance."""

from __future__ import annotations

import pytest
from program_zoo import regressor
from watched_zoo import healthy, poor, table, targets

from vandap.core.finding import Severity, Status, Verdict
from vandap.core.signals import Series
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose

FACTS = (
    *("examples", "classes", "agreement", "agreement_low", "second", "floor", "noise", "noise_low"),
    *("contradicted_low", "majority", "told"),
)
THREE = table("label_counts", {"output": (330, 320, 310)}, tuple("012"))
FIVE = table("label_counts", {"output": (200, 190, 210, 200, 195)}, tuple("01234"))


def judge(**signals: object) -> Verdict:
    """What the rule says of a training with five classes that learnt little."""
    return diagnose({**poor(), "label_counts": FIVE, **signals}, [rule("A9")])[0]


def ranks(agreement: float, second: float, noise: float, surest: float | None = None) -> Series:
    """The test on 400 examples of five classes; bounds lie a little below."""
    surest = noise if surest is None else surest
    rows = {
        "all": (400, 5, agreement, agreement - 0.05, second, noise / 5, noise, noise - 0.07, 0.1, 0.22, 0),
        "half": (200, 5, agreement, agreement - 0.07, second, noise / 5, noise, noise - 0.1, 0.1, 0.22, 0),
        "surest": (50, 5, agreement, agreement - 0.14, second, surest / 5, surest, max(surest - 0.2, 0), 0.1, 0.22, 0),
    }
    return table("test_label_ranks", rows, FACTS)


def sureness(half: float, rest: float, surest: float, told: float = 0.0, classes: int = 2) -> Series:
    """The test on 800 examples of so many classes: agreement with the labels; bounds lie a little below."""
    agreements = {"all": (800, (half + rest) / 2), "half": (400, half), "surest": (100, surest), "rest": (400, rest)}
    facts = {
        arm: (rows, classes, own, own - 0.8 / rows**0.5, (1 - own) / (classes - 1), (1 - own) / (classes - 1), 0.5, 0.4,
              max(1 - own - 1.2 / rows**0.5, 0), 1 / classes + 0.01, told)
        for arm, (rows, own) in agreements.items()
    }  # fmt: skip
    return table("test_label_ranks", facts, FACTS)


def test_a_training_that_learnt_little_is_put_to_the_test() -> None:
    """Nothing is said before the test."""
    verdict = judge()
    assert verdict.status is Status.SUSPECTED
    assert verdict.tests == ("label_ranks",)


def test_flat_ranks_beside_a_model_that_knows_the_rest_are_found() -> None:
    """Half of the labels by chance: 60 % agree, a tenth at each other rank."""
    finding = judge(test_label_ranks=ranks(0.6, 0.1, 0.5)).finding
    assert finding is not None
    assert finding.severity is Severity.ISSUE
    assert finding.evidence["noise"] == pytest.approx(0.5)
    assert finding.evidence["right"] == pytest.approx(1.0)
    assert finding.where.component == "data"


@pytest.mark.parametrize(
    ("test", "why"),
    [
        (ranks(0.6, 0.3, 0.1), "ranks fall off"),
        (ranks(0.5, 0.35, 0.4), "the second answer holds most of the others"),
        (ranks(0.45, 0.15, 0.3), "the model is wrong beside wrong labels"),
        (ranks(0.6, 0.1, 0.5, surest=0.05), "it is right where it is sure"),
    ],
)
def test_hard_tasks_are_clear(test: Series, why: str) -> None:
    """Whatever else explains the labels that the model does not answer."""
    assert judge(test_label_ranks=test).status is Status.CLEAR, why


@pytest.mark.parametrize("classes", [2, 3])
def test_labels_that_contradict_a_model_wherever_it_is_sure_are_found(classes: int) -> None:
    """Three of ten labels of few classes are wrong, among the surest, too; the message names what looks the same."""
    finding = judge(label_counts=THREE, test_label_ranks=sureness(0.7, 0.68, 0.69, classes=classes)).finding
    assert finding is not None
    assert finding.evidence["contradicted_surest"] == pytest.approx(0.3)
    assert "not among the inputs" in finding.message


@pytest.mark.parametrize(
    ("test", "status", "why"),
    [
        (sureness(0.69, 0.56, 0.74), Status.CLEAR, "weakly told: sure answers are right more often"),
        (sureness(0.78, 0.72, 0.92), Status.CLEAR, "the surest answers are right"),
        (sureness(0.88, 0.84, 0.85), Status.CLEAR, "a tenth of wrong labels may be a hard task"),
        (sureness(0.56, 0.55, 0.56), Status.CANNOT_TELL, "hardly more than the most frequent class"),
        (sureness(0.75, 0.74, 0.76, told=1.0), Status.CANNOT_TELL, "one flag tells the answer"),
    ],
)
def test_few_classes_of_a_hard_task(test: Series, status: Status, why: str) -> None:
    """Nothing is said where the sureness tells something, or cannot."""
    assert judge(label_counts=THREE, test_label_ranks=test).status is status, why


def test_a_model_too_weak_to_judge_labels_cannot_tell() -> None:
    """It hardly agrees more than with the most frequent class."""
    assert judge(test_label_ranks=ranks(0.3, 0.18, 0.8)).status is Status.CANNOT_TELL


def test_other_trainings_are_no_matter_of_this_rule() -> None:
    """One class, numbers, and a training that learns well."""
    assert judge(label_counts=table("label_counts", {"output": (900,)}, ("0",))).status is Status.CANNOT_TELL
    numbers = {"program": regressor(), "label_statistics": targets(-3, 3, 0, 1, 0, 0, 500, 1, 1, 0, 0)}
    assert judge(**numbers).status is Status.CLEAR
    assert diagnose({**healthy(), "label_counts": FIVE}, [rule("A9")])[0].status is Status.CLEAR
