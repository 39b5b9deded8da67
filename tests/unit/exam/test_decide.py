"""Which decisive tests are run, in which order, and what happens to those that cannot be."""

import numpy as np
import pytest

from vandap.core.finding import Status, Verdict
from vandap.core.signals import Series
from vandap.exam import decide as module
from vandap.exam.decisive._test import NotPossibleError, TooShortError
from vandap.watch.kept import Batch, Kept

KEPT = Kept(None, None, Batch(np.zeros((4, 1))))


class _Pretended:
    """A test that notes its seconds."""

    needs = ()

    def __init__(self, slug, cost, outcome=None, obstacle=""):
        self.slug, self.signal, self.cost, self._outcome, self._obstacle = slug, f"test_{slug}", cost, outcome, obstacle
        self.seconds = None

    def obstacle(self, kept):
        return self._obstacle

    def run(self, kept, seconds, seed):
        self.seconds = seconds
        if self._outcome is not None:
            raise self._outcome
        return Series(np.zeros((1, 1)))


def _suspicion(*tests, status=Status.SUSPECTED):
    return Verdict("C9", "learning-rate-too-high", status, tests=tests)


@pytest.fixture
def family(monkeypatch):
    """Make these the family of tests."""

    def make(*tests):
        monkeypatch.setattr(module, "tests", lambda: tests)
        return tests

    return make


def test_only_what_suspected_rules_ask_for_is_run(family):
    """Names of tests are read with hyphens and underscores; other verdicts ask for nothing."""
    family(_Pretended("one_batch", 1), _Pretended("gradient", 1), _Pretended("learning_rate", 5))
    verdicts = [_suspicion("one-batch", "learning_rate"), _suspicion("gradient", status=Status.CLEAR)]
    assert list(module.decide(KEPT, verdicts, 60)) == ["test_one_batch", "test_learning_rate"]


def test_the_budget_is_divided_by_cost(family):
    """What a cheap test leaves goes to those after it."""
    dear, cheap = family(_Pretended("learning_rate", 3), _Pretended("one_batch", 1))
    module.decide(KEPT, [_suspicion("one_batch", "learning_rate")], 80)
    assert 15 < cheap.seconds <= 20
    assert 70 < dear.seconds <= 80


def test_tests_that_cannot_be_run_are_told_and_hide_no_other(family):
    """An obstacle, a test that gives up and one that breaks each have their reason."""
    family(
        _Pretended("one_batch", 1, obstacle="No state."),
        _Pretended("gradient", 2, NotPossibleError("Too coarse.")),
        _Pretended("zeroed_input", 3, RuntimeError("out of memory")),
        _Pretended("learning_rate", 5),
    )
    reasons = {}
    verdicts = [_suspicion("one_batch", "gradient", "zeroed_input", "learning_rate")]
    signals = module.decide(KEPT, verdicts, 60, on_skip=reasons.__setitem__)
    assert list(signals) == ["test_learning_rate"]
    assert reasons == {
        "one_batch": "No state.",
        "gradient": "Too coarse.",
        "zeroed_input": "RuntimeError: out of memory",
    }


def test_without_budget_nothing_is_run(family):
    """The reason says so."""
    (test,) = family(_Pretended("one_batch", 1))
    reasons = {}
    assert module.decide(KEPT, [_suspicion("one_batch")], 0, on_skip=reasons.__setitem__) == {}
    assert test.seconds is None
    assert "budget" in reasons["one_batch"]


def test_without_suspicion_no_model_is_touched(family):
    """There need not even be one."""
    family(_Pretended("one_batch", 1))
    assert module.decide(KEPT, [], 60) == {}


class _Hungry(_Pretended):
    """A test that needs so many seconds."""

    def run(self, kept, seconds, seed):
        if seconds < self._outcome:
            raise TooShortError(f"{seconds:.0f} s do not suffice.", needs=self._outcome)
        self.seconds = seconds
        return Series(np.zeros((1, 1)))


def test_a_cheap_test_gets_what_it_needs_before_dear_ones_take_their_share(family):
    """Ten seconds are its share of the sixty; thirty are what it needs."""
    cheap, dear = family(_Hungry("one_batch", 1, 30), _Pretended("learning_rate", 5))
    module.decide(KEPT, [_suspicion("one_batch", "learning_rate")], 60)
    assert 30 <= cheap.seconds <= 36.1
    assert dear.seconds


def test_what_others_leave_goes_to_those_whose_share_was_too_short(family):
    """A test that is told nothing new keeps its first reason."""
    fed, starved, other, _ = family(
        _Hungry("one_batch", 1, 20),
        _Hungry("gradient", 2, 90),
        _Hungry("class_recall", 3, 25),
        _Pretended("learning_rate", 5),
    )
    reasons = {}
    verdicts = [_suspicion("one_batch", "gradient", "class_recall", "learning_rate")]
    signals = module.decide(KEPT, verdicts, 60, on_skip=reasons.__setitem__)
    assert set(signals) == {"test_one_batch", "test_class_recall", "test_learning_rate"}
    assert fed.seconds >= 20
    assert other.seconds >= 25
    assert starved.seconds is None
    assert set(reasons) == {"gradient"}


def test_each_signal_is_given_as_soon_as_it_is_measured(family):
    """An interrupt during a later test does not take it away."""
    family(_Pretended("one_batch", 1), _Pretended("learning_rate", 5, KeyboardInterrupt()))
    given, suspicion = [], _suspicion("one_batch", "learning_rate")
    with pytest.raises(KeyboardInterrupt):
        module.decide(KEPT, [suspicion], 60, on_signal=lambda name, _: given.append(name))
    assert given == ["test_one_batch"]
