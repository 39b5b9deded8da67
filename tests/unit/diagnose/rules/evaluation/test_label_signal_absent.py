"""D7: labels that the inputs do not tell."""

from __future__ import annotations

import math

import numpy as np
from program_zoo import classifier
from watched_zoo import comparison, curve, healthy, plain, stuck

from vandap.core.finding import Severity, Status, ranked
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(signals, **changes):  # noqa: D103
    return diagnose({**signals, **changes}, [rule("D7")])[0]


CONSTANT = math.log(3)
"""Loss of the best constant answer to three classes."""
MEMORISED = {"val_loss": plain("val_loss", curve(1.1, 1.6, 10))}


def test_shuffled_labels_that_do_as_well_are_an_issue() -> None:
    """The training loss falls, the validation loss never does."""
    test = comparison("shuffled_labels", real=(0.8, 1.3), shuffled=(0.8, 1.3), share=0.8)
    assert judge(healthy(), **MEMORISED, test_shuffled_labels=test).finding.severity is Severity.ISSUE


def test_labels_that_help_are_clear() -> None:
    """Held-out examples are predicted better."""
    test = comparison("shuffled_labels", real=(0.8, 0.9), shuffled=(0.8, 1.3), share=0.8)
    assert judge(healthy(), **MEMORISED, test_shuffled_labels=test).status is Status.CLEAR


def test_it_is_asked_for_where_validation_finds_nothing() -> None:
    """Nor by an overfitting model, whose validation loss was low once."""
    assert judge(healthy(), **MEMORISED).tests == ("shuffled_labels",)
    assert judge(healthy()).status is Status.CLEAR


def test_without_validation_held_out_examples_must_find_nothing() -> None:
    """Nothing that was watched says what the training is worth, so the test alone does."""
    signals = {name: series for name, series in healthy().items() if name != "val_loss"}
    assert judge(signals).tests == ("shuffled_labels",)
    nothing = comparison("shuffled_labels", real=(0.3, 1.3), shuffled=(0.3, 1.3), share=0.8)
    little = comparison("shuffled_labels", real=(0.3, 0.9), shuffled=(0.3, 0.9), share=0.8)
    assert judge(signals, test_shuffled_labels=nothing).finding.severity is Severity.ISSUE
    assert judge(signals, test_shuffled_labels=little).status is Status.CLEAR


def test_trainings_that_fail_on_their_own_examples_tell_nothing_of_labels() -> None:
    """Steps far too large: neither labels nor a permutation of them are even answered by a constant."""
    test = comparison("shuffled_labels", real=(5.5, 5.5), shuffled=(5.5, 5.5), share=0.8)
    assert judge(healthy(), **MEMORISED, test_shuffled_labels=test).status is Status.CANNOT_TELL


def test_a_training_without_validation_is_tested_as_a_precaution() -> None:
    """The test is asked for; what no test confirms is not told."""
    signals = {name: series for name, series in healthy().items() if name != "val_loss"}
    verdict = judge(signals)
    assert verdict.tests and verdict.told is None and ranked([verdict]) == ()
    assert judge(healthy(), **MEMORISED).told is not None


def test_a_validation_loss_that_chance_explains_is_put_to_the_test() -> None:
    """A hundred validation examples know the loss to a twentieth: a twentieth below the constant answer is nothing."""
    near = plain("val_loss", [1.1, 0.95 * CONSTANT])
    few, many = ({**healthy(classifier(fit={"validation_examples": rows})), "val_loss": near} for rows in (100, 10_000))
    verdict = judge(few)
    assert verdict.tests == ("shuffled_labels",) and verdict.told is None
    assert judge(many).status is Status.CLEAR
    alike = comparison("shuffled_labels", real=(0.8, 1.3), shuffled=(0.8, 1.3), share=0.8)
    better = comparison("shuffled_labels", real=(0.8, 1.0), shuffled=(0.8, 1.3), share=0.8)
    assert judge(few, test_shuffled_labels=alike).finding.severity is Severity.ISSUE
    assert judge(few, test_shuffled_labels=better).status is Status.CLEAR


def test_two_trainings_that_know_less_than_nothing_need_not_end_alike() -> None:
    """Both learn by heart: how far beyond the constant answer each ends is chance, unless the real one is better."""
    test = comparison("shuffled_labels", real=(0.4, 1.5), shuffled=(0.4, 1.8), share=0.8)
    test.values[1, test.labels["fact"].index("low")] = -0.1
    assert judge(healthy(), **MEMORISED, test_shuffled_labels=test).finding.severity is Severity.ISSUE


def test_a_few_steps_that_learn_nothing_from_any_labels_tell_nothing_of_them() -> None:
    """Thirty steps: neither arm comes below the constant answer on its own examples. After hundreds it is found."""
    test = comparison("shuffled_labels", real=(CONSTANT, 1.12), shuffled=(CONSTANT, 1.12), share=0.8)
    short = stuck(classifier(fit={"epochs": 1, "epochs_run": 1, "steps": 30}))
    short = {name: series for name, series in short.items() if name not in ("step_number", "probe_step")}
    short["step_loss"] = plain("step_loss", np.full(30, CONSTANT))
    assert judge(short, test_shuffled_labels=test).status is Status.CANNOT_TELL
    assert judge(stuck(), test_shuffled_labels=test).finding.severity is Severity.ISSUE
