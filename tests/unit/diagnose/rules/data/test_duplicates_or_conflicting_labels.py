"""A10: repeated inputs, with the same or another answer."""

from __future__ import annotations

import numpy as np
from signal_zoo import signals

from vandap.core.finding import Severity, Status
from vandap.core.signals import Series
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(exact, near, conflicting, rows, *, classes=True):  # noqa: D103
    values = {"duplicates": [exact, near, conflicting, rows]} | ({"class_counts": np.ones((3, 2))} if classes else {})
    return diagnose(signals(**values), [rule("A10")])[0]


def test_conflicting_classes_are_an_issue() -> None:
    """From more than one row in a hundred on."""
    assert judge(60, 0, 30, 1000).finding.severity is Severity.ISSUE
    assert judge(10, 0, 10, 1000).status is Status.CLEAR


def test_a_number_may_differ_for_the_same_input() -> None:
    """A noisy target is no conflict, but worth a look."""
    assert judge(60, 0, 30, 1000, classes=False).finding.severity is Severity.TIP


def test_many_repeats_are_a_tip() -> None:
    """Equal or nearly equal."""
    assert judge(60, 0, 0, 1000).finding.severity is Severity.TIP
    assert judge(0, 60, 0, 1000).finding.severity is Severity.TIP


def test_in_a_watched_training_only_sure_copies_count() -> None:
    """What chance made alike may differ, and repeats may be meant; copies with another class are an issue."""

    def watched(copied):
        counts = Series(np.array([400.0, 300.0, copied, 1000.0]), {"kind": ("exact", "conflicting", "copied", "rows")})
        return diagnose({"duplicates": counts}, [rule("A10")])[0]

    assert watched(0.0).status is watched(9.0).status is Status.CLEAR
    assert watched(30.0).finding.severity is Severity.ISSUE
