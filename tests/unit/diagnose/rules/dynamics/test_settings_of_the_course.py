"""C14 and C15: clipping and schedule."""

from __future__ import annotations

import numpy as np
from program_zoo import classifier
from watched_zoo import comparison, healthy, plain, poor, stuck, with_loss

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(signals, **changes):  # noqa: D103
    return diagnose({**signals, **changes}, [rule("C14")])[0]


def test_a_gradient_cut_in_every_step_is_an_issue_where_nothing_is_learnt() -> None:
    """Adam does not mind; a limit that outliers meet is what clipping is for."""
    cut = {"settings": {"learning_rate": 0.1, "global_clipnorm": 1e-4}}
    assert judge(stuck(classifier(optimizer="SGD", **cut))).finding.severity is Severity.ISSUE
    assert judge(stuck(classifier(optimizer="Adam", **cut))).status is Status.CLEAR
    entries = {"settings": {"learning_rate": 0.1, "clipvalue": 1e-6}}
    assert judge(poor(classifier(optimizer="SGD", **entries))).finding.severity is Severity.ISSUE
    usual = {"settings": {"learning_rate": 0.1, "global_clipnorm": 1.0}}
    assert judge(stuck(classifier(optimizer="SGD", **usual))).status is Status.CLEAR


def test_where_something_is_learnt_longer_steps_must_be_far_better() -> None:
    """A twenty-fifth of the gradient is left: an issue only if a higher rate, which makes up for it, wins much."""
    tight = poor(classifier(optimizer="SGD", settings={"learning_rate": 0.1, "global_clipnorm": 0.02}))
    assert judge(tight).tests == ("learning_rate",)
    far = comparison("learning_rate", x1=(1.0, 1.0), x10=(0.3, 0.35))
    near = comparison("learning_rate", x1=(1.0, 1.0), x10=(0.85, 0.9))
    assert judge(tight, test_learning_rate=far).finding.severity is Severity.ISSUE
    assert judge(tight, test_learning_rate=near).finding.severity is Severity.TIP


def test_a_rate_that_fades_at_once_is_an_issue_where_nothing_is_learnt() -> None:
    """And clear where the training got there all the same."""
    faded = plain("learning_rate", 0.1 * 10.0 ** -np.arange(10))
    schedule = rule("C15")
    assert diagnose({**stuck(), "learning_rate": faded}, [schedule])[0].finding.severity is Severity.ISSUE
    assert diagnose({**healthy(), "learning_rate": faded}, [schedule])[0].status is Status.CLEAR
    half_way = with_loss(1.1, 0.5, 0.8)
    at_once = plain("learning_rate", [1e-4, *np.full(9, 1e-9)])
    assert diagnose({**half_way, "learning_rate": at_once}, [schedule])[0].finding.severity is Severity.ISSUE
