"""D1 on a watched script: both losses, and both accuracies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from watched_zoo import curve, healthy, plain, with_loss

from vandap.core.finding import Severity, Status
from vandap.core.signals import Series
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(signals, **changes):  # noqa: D103
    return diagnose({**signals, **changes}, [rule("D1")])[0]


RISING = plain("val_loss", np.r_[curve(1.1, 0.6, 5), np.linspace(0.7, 1.6, 10)])


def accuracies(train: float, validation: float):  # noqa: D103
    labels = {"epoch": tuple(map(str, range(5))), "metric": ("accuracy", "val_accuracy")}
    return Series(np.tile([train, validation], (5, 1)), labels)


def test_a_validation_loss_that_rises_far_is_an_issue() -> None:
    """A tip where the answers stay right and only their sureness suffers."""
    assert judge(healthy(), val_loss=RISING, epoch_metrics=accuracies(0.99, 0.6)).finding.severity is Severity.ISSUE
    assert judge(healthy(), val_loss=RISING, epoch_metrics=accuracies(0.99, 0.95)).finding.severity is Severity.TIP


def test_losses_that_fall_together_are_clear() -> None:
    """With the usual small gap; without a validation loss it cannot tell."""
    assert judge(healthy()).status is Status.CLEAR
    assert judge(healthy(), val_loss=plain("val_loss", [])).status is Status.CANNOT_TELL


def test_restored_best_weights_forget_the_rise() -> None:
    """The model that is used is the one of the best epoch."""
    program = healthy()["program"]
    settings = {"EarlyStopping": {"restore_best_weights": True}}
    kept = replace(program, fits=(replace(program.fit, callback_settings=settings),))
    assert judge(healthy(kept), val_loss=RISING).status is Status.CLEAR


@pytest.mark.parametrize(("rows", "severity"), [(60, Severity.TIP), (2000, Severity.ISSUE), (0, Severity.ISSUE)])
def test_a_gap_that_few_validation_rows_do_not_show_for_sure_is_a_tip(rows, severity) -> None:
    """Of 60 rows 86 % right may be 93 % in truth; where the rows are not known the measured gap stands."""
    program = healthy()["program"]
    known = replace(program, fits=(replace(program.fit, validation_examples=rows),))
    verdict = judge(healthy(known), val_loss=RISING, epoch_metrics=accuracies(0.98, 0.86))
    assert verdict.finding.severity is severity


def test_who_learnt_nothing_knows_nothing_by_heart() -> None:
    """A training loss above the constant answer's, and a validation loss far above that: something else is wrong."""
    assert judge(with_loss(4.0, 3.0, 0.3), val_loss=plain("val_loss", np.full(12, 9.0))).status is Status.CLEAR
