"""C10: steps that are too small."""

from __future__ import annotations

import numpy as np
from program_zoo import classifier
from watched_zoo import broken, comparison, healthy, poor, stuck

from vandap.core.finding import Severity, Status
from vandap.core.signals import Series
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(signals, **changes):  # noqa: D103
    return diagnose({**signals, **changes}, [rule("C10")])[0]


def test_the_test_decides() -> None:
    """Ten times the rate gets far beyond the end of the training: a tip, as something was learnt all the same."""
    test = comparison("learning_rate", x1=(1.05, 1.05), x0_1=(1.09, 1.09), x10=(0.3, 0.35), x100=(2.0, 2.0))
    verdict = judge(poor(), test_learning_rate=test)
    assert verdict.finding.severity is Severity.TIP
    assert "x10 the rate" in verdict.reason


def test_a_rate_that_is_not_the_best_one_is_no_fault() -> None:
    """A higher rate that is ahead after some steps is no fault of a training that got there, or nearly."""
    test = comparison("learning_rate", x1=(0.5, 0.5), x10=(0.1, 0.15))
    assert judge(healthy(), test_learning_rate=test).status is Status.CLEAR
    assert judge(poor(), test_learning_rate=comparison("learning_rate", x1=(0.9, 0.9), x10=(0.8, 0.8))).status is (
        Status.CLEAR
    )


def test_what_the_validation_examples_deny_is_no_fault() -> None:
    """A rate that only learns held-out examples by heart, as their copies were trained on."""
    test = comparison("learning_rate", x1=(1.05, 1.05), x10=(0.3, 0.35))
    for high, found in ((-0.1, True), (0.2, False)):
        values = np.column_stack([test.values, [0.0, high]])
        asked = Series(values, {**test.labels, "fact": (*test.labels["fact"], "validation_high")})
        verdict = judge(poor(), test_learning_rate=asked)
        assert (verdict.finding is not None) is found
        assert ("validation" in verdict.reason) is found


def test_where_nothing_was_learnt_a_small_sure_gain_counts() -> None:
    """Even a hundred times the rate may be too little to get far in the test."""
    test = comparison("learning_rate", x1=(1.1, 1.1), x100=(1.02, 1.03))
    assert judge(stuck(), test_learning_rate=test).finding.severity is Severity.ISSUE


def test_of_a_few_steps_no_rate_is_too_low() -> None:
    """There are too few of them: a tip."""
    few = {name: signal for name, signal in stuck().items() if name not in ("step_number", "probe_step", "step_loss")}
    few["program"] = classifier(fit={"steps": 24})
    few["update_ratio"].values[:] = 1e-4
    test = comparison("learning_rate", x1=(1.1, 1.1), x100=(0.5, 0.5))
    assert judge(few, test_learning_rate=test).finding.severity is Severity.TIP


def test_weights_that_cannot_have_moved_need_no_test() -> None:
    """All steps together are below a hundredth of the weights."""
    signals = stuck()
    signals["update_ratio"].values[:] = 1e-6
    assert judge(signals).finding.severity is Severity.ISSUE
    tiny = classifier(optimizer="SGD", settings={"learning_rate": 1e-6})
    assert judge({**signals, "program": tiny}).finding.severity is Severity.ISSUE
    usual = classifier(optimizer="SGD", settings={"learning_rate": 0.01})
    assert judge({**signals, "program": usual}).status is Status.SUSPECTED  # the gradient may be what is small


def test_a_poor_training_is_suspected_a_good_or_broken_one_is_not() -> None:
    """A loss that went up is no sign of small steps."""
    assert judge(poor()).tests == ("learning_rate",)
    assert judge(healthy()).status is Status.CLEAR
    assert judge(broken()).status is Status.CLEAR


def test_probes_between_updates_are_no_small_steps() -> None:
    """With gradients of four steps added up, three probes of four see no change; a quarter of the steps are updates."""
    added = stuck(classifier(settings={"learning_rate": 1e-7, "gradient_accumulation_steps": 4}))
    for size, severity in ((1e-4, Severity.ISSUE), (2e-4, Severity.TIP)):
        added["update_ratio"].values[:] = 0.0
        added["update_ratio"].values[3::4] = size
        assert judge(added).finding.severity is severity
