"""C11: a loss that does not move."""

from __future__ import annotations

from dataclasses import replace

from watched_zoo import broken, healthy, poor, stuck, with_loss

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(signals, **changes):  # noqa: D103
    return diagnose({**signals, **changes}, [rule("C11")])[0]


def test_the_loss_of_the_best_constant_answer_is_an_issue() -> None:
    """After steps enough; a broken loss is another rule's."""
    assert judge(stuck()).finding.severity is Severity.ISSUE
    assert judge(poor()).status is Status.CLEAR
    assert judge(healthy()).status is Status.CLEAR
    assert judge(broken()).status is Status.CANNOT_TELL


def test_an_accuracy_above_the_most_frequent_class_says_that_something_was_learnt() -> None:
    """A few wild examples can lift a loss."""
    assert judge(with_loss(1.1, 1.1, 0.7)).status is Status.CLEAR


def test_few_steps_cannot_tell() -> None:
    """A training of ten steps is no training."""
    signals = stuck()
    program = signals["program"]
    short = replace(program, fits=(replace(program.fit, steps=10),))
    few = {name: signals[name] for name in ("loss", "label_counts", "label_statistics")}
    assert judge(few, program=short).status is Status.CANNOT_TELL
