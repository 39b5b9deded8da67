"""B19: too early or too late an end."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from program_zoo import classifier
from watched_zoo import comparison, curve, healthy, plain, stuck, with_loss

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(program, **signals):  # noqa: D103
    return diagnose({"program": program, **signals}, [rule("B19")])[0]


def stopping(**settings):  # noqa: D103
    return {"callbacks": ("EarlyStopping",), "callback_settings": {"EarlyStopping": settings}}


def falling(start, end, steps=120):  # noqa: D103
    line = np.linspace(start, end, steps)
    return {
        "step_loss": plain("step_loss", line),
        "loss": plain("loss", line[::12]),
        "val_loss": plain("val_loss", line[::12]),
    }


@pytest.mark.parametrize(
    "settings",
    [
        {"monitor": "val_accuracy", "mode": "min"},
        {"monitor": "val_loss", "mode": "max"},
        {"monitor": "val_head_auc_1", "mode": "min"},
    ],
)
def test_early_stopping_that_waits_for_the_wrong_thing(settings) -> None:
    """An issue at the call of fit, without any curve."""
    verdict = judge(classifier(fit=stopping(**settings)))
    assert verdict.finding.severity is Severity.ISSUE
    assert verdict.finding.where.line == 31


@pytest.mark.parametrize(
    "settings",
    [
        {"monitor": "val_accuracy", "mode": "max"},
        {"monitor": "val_loss", "mode": "auto"},
        {"monitor": "loss", "mode": "min"},
        {"monitor": "val_acceleration_loss", "mode": "min"},
        {"monitor": "val_top_mae", "mode": "min"},
        {"monitor": "val_stopping", "mode": "min"},
        {},
    ],
)
def test_early_stopping_that_waits_for_the_right_thing(settings) -> None:
    """Keras finds out the direction by itself with `auto`."""
    assert judge(classifier(fit=stopping(**settings))).status is Status.CLEAR


def test_a_training_that_was_still_on_its_way() -> None:
    """A straight line down, with little learnt, is an issue; the same with much learnt, or flat, is none."""
    signals = healthy()
    del signals["epoch_metrics"]
    assert judge(**{**signals, **falling(1.2, 0.95)}).finding.severity is Severity.ISSUE
    assert judge(**{**signals, **falling(1.2, 0.4)}).status is Status.CLEAR
    assert judge(**healthy()).status is Status.CLEAR
    assert judge(**stuck()).finding is None


def test_a_curve_alone_is_no_proof_where_validation_has_settled_or_steps_are_few() -> None:
    """What is left to learn by heart falls as well; and of a few dozen steps a test tells, not the end of a curve."""
    signals = healthy()
    del signals["epoch_metrics"]
    settled = {**falling(1.2, 0.95), "val_loss": plain("val_loss", [0.95, 0.936, 0.936, 0.941, 0.947])}
    assert judge(**{**signals, **settled}).finding is None
    few = {**healthy(classifier(fit={"steps": 60, "epochs": 5, "epochs_run": 5})), **falling(1.2, 0.95, steps=60)}
    few |= {name: plain(name, np.arange(60)[::20]) for name in ("step_number", "probe_step")}
    del few["epoch_metrics"]
    verdict = judge(**few)
    assert verdict.status is Status.SUSPECTED and verdict.tests == ("more_steps",)


def test_many_epochs_after_the_best_are_a_tip() -> None:
    """An issue where the loss rose far; neither where the best weights are kept."""
    rising = plain("val_loss", [1.0, 0.5, 0.4, *np.linspace(0.5, 1.2, 17)])
    slowly = plain("val_loss", [1.0, 0.5, 0.4, *np.linspace(0.41, 0.55, 17)])
    assert judge(**{**healthy(), "val_loss": rising}).finding.severity is Severity.ISSUE
    assert judge(**{**healthy(), "val_loss": slowly}).finding.severity is Severity.TIP
    kept = classifier(fit=stopping(monitor="val_loss", restore_best_weights=True))
    assert judge(**{**healthy(kept), "val_loss": rising}).status is Status.CLEAR


def test_a_program_may_keep_the_best_weights_itself() -> None:
    """Between calls of fit of one epoch each it sees the validation loss, and may save what it likes."""
    rising = plain("val_loss", [1.0, 0.5, 0.4, *np.linspace(0.5, 1.2, 17)])
    assert judge(**{**healthy(classifier(fit={"calls": 20})), "val_loss": rising}).status is Status.CLEAR


def test_a_model_that_was_trained_before_may_have_had_enough() -> None:
    """The steps of this training alone, here on its way down, say nothing of their number."""
    signals = healthy(classifier(fit={"steps_before": 500}))
    del signals["epoch_metrics"]
    assert judge(**{**signals, **falling(1.2, 0.95)}).status is Status.CANNOT_TELL


def test_of_a_few_steps_the_test_tells() -> None:
    """Forty steps are too few where five times as many are far better, and enough where most is learnt."""
    program = classifier(fit={"steps": 40, "epochs": 1, "epochs_run": 1})

    def short(end: float, accuracy: float) -> dict[str, Any]:
        signals = {**with_loss(1.1, end, accuracy, program), "step_loss": plain("step_loss", curve(1.1, end, 40))}
        return {name: series for name, series in signals.items() if name not in ("step_number", "probe_step")}

    far = comparison("more_steps", share=0.8, x1=(0.75, 0.75), x5=(0.2, 0.25))
    near = comparison("more_steps", share=0.8, x1=(0.75, 0.75), x5=(0.6, 0.65))
    assert judge(**short(0.7, 0.5)).tests == ("more_steps",)
    assert judge(**short(0.7, 0.5), test_more_steps=far).finding.severity is Severity.ISSUE
    assert judge(**short(0.7, 0.5), test_more_steps=near).status is Status.CLEAR
    assert judge(**short(0.1, 0.97)).status is Status.CLEAR


def test_batches_as_large_as_the_data_need_a_smaller_gain() -> None:
    """One step an epoch of a thousand examples: a tenth more is enough, as smaller batches would make more steps."""
    near = comparison("more_steps", share=0.8, x1=(0.6, 0.6), x5=(0.45, 0.5))
    for examples, status in ((1000, Status.FOUND), (40, Status.CLEAR)):
        fit = {"steps": 20, "epochs": 20, "epochs_run": 20, "examples": examples}
        signals = with_loss(1.1, 0.55, 0.7, classifier(fit=fit))
        signals = {name: series for name, series in signals.items() if name not in ("step_number", "probe_step")}
        signals["step_loss"] = plain("step_loss", curve(1.1, 0.55, 20))
        assert judge(**signals, test_more_steps=near).status is status


def test_two_passes_over_the_examples_are_few_however_many_steps() -> None:
    """Three hundred steps; a test that had time for a tenth of them is no stand-in for the training."""
    passed_once = with_loss(1.1, 0.7, 0.5, classifier(fit={"epochs": 2, "epochs_run": 2}))
    assert judge(**passed_once).tests == ("more_steps",)
    far = {"x1": (0.75, 0.75), "x5": (0.2, 0.25)}
    whole, tenth = (comparison("more_steps", share=share, **far) for share in (0.8, 0.1))
    assert judge(**passed_once, test_more_steps=whole).finding.severity is Severity.ISSUE
    assert judge(**passed_once, test_more_steps=tenth).status is Status.CANNOT_TELL
    fifth = comparison("more_steps", share=0.8, x1=(0.7, 0.7), x5=(0.45, 0.5))
    few_steps = with_loss(1.1, 0.7, 0.5, classifier(fit={"epochs": 5, "epochs_run": 5, "steps": 60}))
    few_steps = {name: series for name, series in few_steps.items() if name not in ("step_number", "probe_step")}
    few_steps["step_loss"] = plain("step_loss", curve(1.1, 0.7, 60))
    assert judge(**passed_once, test_more_steps=fifth).finding.severity is Severity.ISSUE
    assert judge(**few_steps, test_more_steps=fifth).status is Status.CLEAR


def test_of_a_dozen_steps_five_times_as_many_say_nothing() -> None:
    """Where nothing was learnt, far more are tried: they may show that the training had hardly begun."""
    program = classifier(fit={"steps": 12, "epochs": 3, "epochs_run": 3})
    signals = {**with_loss(1.2, 1.12, 0.34, program), "step_loss": plain("step_loss", curve(1.2, 1.12, 12))}
    signals = {name: series for name, series in signals.items() if name not in ("step_number", "probe_step")}
    signals["test_more_steps"] = comparison("more_steps", share=1.0, x1=(1.12, 1.12), x5=(1.09, 1.09))
    assert judge(**signals).tests == ("many_steps",)
    for end, status in ((0.3, Status.FOUND), (1.1, Status.CLEAR)):
        far = comparison("many_steps", share=1.0, x1=(1.12, 1.12), x25=(end, end))
        assert judge(**signals, test_many_steps=far).status is status


def test_the_length_does_not_take_the_blame_of_another_fault() -> None:
    """Five times the steps are better, and still worse than the best constant answer."""
    program = classifier(fit={"steps": 60, "epochs": 1, "epochs_run": 1})
    signals = {
        **with_loss(90.0, 40.0, 0.34, program),
        "step_loss": plain("step_loss", [*np.full(30, 90.0), *np.full(30, 40)]),
    }
    signals = {
        name: series for name, series in signals.items() if name not in ("step_number", "probe_step", "val_loss")
    }
    still = comparison("more_steps", share=0.8, x1=(42.0, 42.0), x5=(12.0, 12.0))
    assert judge(**signals, test_more_steps=still).status is Status.CANNOT_TELL


def test_a_training_that_learns_by_heart_is_not_too_short() -> None:
    """The training loss still falls, validation stays at the best constant answer's; where it falls, too, it is."""
    signals = {**healthy(), **falling(1.15, 1.0)}
    flat = {**signals, "val_loss": plain("val_loss", np.full(10, 1.1))}
    assert judge(**signals).finding.severity is Severity.ISSUE
    assert judge(**flat).status is Status.CLEAR


def test_where_validation_never_was_better_than_nothing_there_was_no_best_to_stop_at() -> None:
    """Labels that say nothing are learnt by heart: a tip about epochs, which explains nothing."""
    learnt = healthy()
    rising = {**learnt, "val_loss": plain("val_loss", np.linspace(1.1, 2.0, 10))}
    found = {**learnt, "val_loss": plain("val_loss", np.linspace(0.6, 2.0, 10))}
    assert judge(**rising).finding.severity is Severity.TIP
    assert judge(**found).finding.severity is Severity.ISSUE
