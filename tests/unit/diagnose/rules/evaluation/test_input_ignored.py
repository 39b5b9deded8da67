"""D6: an input that does not matter."""

from __future__ import annotations

from watched_zoo import comparison, healthy, poor, stuck, table

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(signals, **changes):  # noqa: D103
    constant = {"predictions": table("predictions", {"output": (0.33, 0.0, 0.0)}, ("mean", "deviation", "across"))}
    return diagnose({**signals, **constant, **changes}, [rule("D6")])[0]


def test_zeros_that_do_as_well_are_an_issue() -> None:
    """The model takes nothing from its inputs."""
    test = comparison("zeroed_input", real=(1.1, 1.1), zeroed=(1.099, 1.099))
    assert judge(stuck(), test_zeroed_input=test).finding.severity is Severity.ISSUE


def test_zeros_that_are_worse_or_much_better_are_clear() -> None:
    """Much better means that the steps on the real input do harm."""
    worse = comparison("zeroed_input", real=(1.02, 1.03), zeroed=(1.1, 1.1))
    better = comparison("zeroed_input", real=(1.6, 1.7), zeroed=(1.1, 1.1))
    for test in (worse, better):
        assert judge(stuck(), test_zeroed_input=test).status is Status.CLEAR


def test_a_short_test_of_a_training_that_learnt_a_little_cannot_tell() -> None:
    """It may need more steps than the test has."""
    test = comparison("zeroed_input", real=(1.1, 1.1), zeroed=(1.1, 1.1))
    assert judge(poor(), test_zeroed_input=test).status is Status.CANNOT_TELL


def test_it_is_asked_for_only_where_nothing_is_learnt() -> None:
    """The input of a model that learns matters."""
    assert judge(stuck()).tests == ("zeroed_input",)
    assert judge(healthy()).status is Status.CLEAR


def test_answers_that_differ_with_the_input_do_not_ignore_it() -> None:
    """Wrong as they are: the labels may have nothing to do with the inputs."""
    varied = table("predictions", {"output": (0.33, 0.1, 0.08)}, ("mean", "deviation", "across"))
    assert judge(stuck(), predictions=varied).status is Status.CLEAR
