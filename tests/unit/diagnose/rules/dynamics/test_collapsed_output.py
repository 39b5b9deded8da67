"""C17: a model that answers the same to everything."""

from __future__ import annotations

import numpy as np
from program_zoo import classifier
from watched_zoo import healthy, plain, table

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(signals, **changes):  # noqa: D103
    return diagnose({**signals, **changes}, [rule("C17")])[0]


FACTS = ("minimum", "maximum", "mean", "deviation", "nonfinite", "across", "top_share", "sums_to_one", "examples")


def predictions(across: float, top: float, examples: float = 512):  # noqa: D103
    return table("predictions", {"output": (0, 1, 0.33, 0.4, 0, across, top, 1, examples)}, FACTS)


def test_an_output_that_never_changes_is_an_issue() -> None:
    """Whatever the classes are."""
    assert judge(healthy(), predictions=predictions(1e-7, 1.0)).finding.severity is Severity.ISSUE


def test_one_class_for_all_is_an_issue_where_classes_are_balanced() -> None:
    """With nine of ten examples of one class, it may be the best answer."""
    assert judge(healthy(), predictions=predictions(0.05, 0.995)).finding.severity is Severity.ISSUE
    rare = table("label_counts", {"output": (900, 50, 50)}, ("0", "1", "2"))
    assert judge(healthy(), predictions=predictions(0.05, 0.995), label_counts=rare).status is Status.CLEAR


def test_a_few_steps_are_no_evidence() -> None:
    """A fresh network, such as a backbone after its first batches, names one class for nearly everything."""
    alike = predictions(1e-7, 1.0)
    few = {"step_number": plain("step_number", range(8)), "step_loss": plain("step_loss", np.full(8, 1.1))}
    fresh = classifier(fit={"steps": 8})
    signals = {name: item for name, item in healthy(fresh).items() if name != "probe_step"}
    assert judge(signals, predictions=alike, **few).status is Status.CANNOT_TELL
    assert judge(healthy(), predictions=alike).status is Status.FOUND


def test_varied_answers_are_clear_and_few_cannot_tell() -> None:
    """Ten examples may all be of one class."""
    assert judge(healthy()).status is Status.CLEAR
    assert judge(healthy(), predictions=predictions(0.0, 1.0, 10)).status is Status.CANNOT_TELL


def test_numbers_are_compared_with_the_spread_of_their_targets() -> None:
    """A prediction of 1000 that moves by 0.4 follows targets that move by 0.5."""
    signals = healthy()
    del signals["label_counts"]
    moving = table("predictions", {"output": (999, 1001, 1000, 0.4, 0, 0.4, 0.01, 0, 512)}, FACTS)
    assert judge(signals, predictions=moving).status is Status.CLEAR
