"""A16: too few rows to conclude anything."""

from __future__ import annotations

import numpy as np
from program_zoo import classifier
from signal_zoo import ladder, signals
from watched_zoo import healthy, plain, table

from vandap.core.finding import Severity, Status
from vandap.core.signals import Series
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(**values):  # noqa: D103
    return diagnose(signals(**values), [rule("A16")])[0]


def test_a_score_that_is_hardly_known_is_an_issue() -> None:
    """An interval from 0.45 to 0.85."""
    scores = ladder(dummy=(0.5, 0.3, 0.7), linear=(0.65, 0.45, 0.85))
    assert judge(split_sizes=[24, 0, 6], ladder_scores=scores).finding.severity is Severity.ISSUE


def test_errors_are_measured_in_the_dummys_error() -> None:
    """Half a width of 30 is much where the dummy errs by 80, and little where it errs by 800."""
    wide = ladder(dummy=(-80.0, -110.0, -50.0), linear=(-60.0, -90.0, -30.0))
    assert judge(split_sizes=[24, 0, 6], ladder_scores=wide).finding.severity is Severity.ISSUE
    narrow = ladder(dummy=(-800.0, -830.0, -770.0), linear=(-60.0, -90.0, -30.0))
    assert judge(split_sizes=[24, 0, 6], ladder_scores=narrow).finding.severity is Severity.TIP


def test_few_test_rows_are_a_tip() -> None:
    """Iris: thirty test rows, but a large effect shows."""
    scores = ladder(dummy=(0.33, 0.25, 0.42), linear=(0.97, 0.92, 0.99))
    assert judge(split_sizes=[120, 0, 30], ladder_scores=scores).finding.severity is Severity.TIP


def test_few_test_rows_of_a_class_are_a_tip_that_names_it() -> None:
    """The rarest class is named."""
    verdict = judge(split_sizes=[800, 0, 200], class_counts=[[780, 20], [0, 0], [195, 5]])
    assert verdict.finding.severity is Severity.TIP
    assert "class1: 5" in verdict.reason


def test_no_held_out_rows_are_an_issue() -> None:
    """Neither a validation nor a test part nor folds."""
    assert judge(split_sizes=[1000, 0, 0]).finding.severity is Severity.ISSUE
    assert judge(split_sizes=[1000, 200, 0]).finding.severity is Severity.TIP


def test_enough_rows_are_clear() -> None:
    """A hundred test rows, ten of each class."""
    assert judge(split_sizes=[400, 0, 100], class_counts=[[200, 200], [0, 0], [90, 10]]).status is Status.CLEAR


def test_few_training_rows_are_a_tip() -> None:
    """Below fifty; with a good score they may yet suffice."""
    verdict = judge(split_sizes=[24, 91, 114])
    assert verdict.finding.severity is Severity.TIP
    assert verdict.finding.evidence == {"train_rows": 24}


def test_a_watched_fit_on_a_few_dozen_examples() -> None:
    """An issue where they are all that is known; none where held-out examples are known as well, or there are more."""
    few = healthy(classifier(fit={"examples": 20}))
    ahead = {**few, "val_loss": plain("val_loss", [1.1, 0.9, 0.8])}
    assert diagnose(ahead, [rule("A16")])[0].finding.severity is Severity.ISSUE
    assert diagnose(few, [rule("A16")])[0].status is Status.CLEAR
    del ahead["val_loss"]
    assert diagnose(ahead, [rule("A16")])[0].status is Status.CANNOT_TELL
    assert diagnose(healthy(), [rule("A16")])[0].status is Status.CLEAR


def test_a_class_of_a_handful_explains_a_far_better_training_loss() -> None:
    """Four examples of a class are learnt by heart; the same gap with hundreds of each has another name."""
    apart = {**healthy(), "val_loss": plain("val_loss", [1.1, 0.9, 0.8])}
    counted = table("label_counts", {"output": (600, 356, 4)}, ("0", "1", "2"))
    verdict = diagnose({**apart, "label_counts": counted}, [rule("A16")])[0]
    assert verdict.finding.severity is Severity.ISSUE and verdict.finding.evidence["rarest"] == 4
    assert diagnose(apart, [rule("A16")])[0].status is Status.CLEAR
    assert diagnose({**healthy(), "label_counts": counted}, [rule("A16")])[0].status is Status.CLEAR
    sizes = {"split": ("train", "validation"), "class": ("0", "1", "2")}
    for held_out, status in ((2, Status.FOUND), (45, Status.CLEAR)):  # the tail of a sorted file has its rows
        split = {
            **apart,
            "label_counts": counted,
            "class_counts": Series(np.array([[600, 356, 4], [0, 0, held_out]]), sizes),
        }
        assert diagnose(split, [rule("A16")])[0].status is status
