"""A11: rows in two parts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from program_zoo import classifier
from signal_zoo import signals

from vandap.core.finding import Severity, Status
from vandap.core.program import Early, Site
from vandap.core.signals import Series
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(kind: int, pair: int, rows: float, sizes=(1000, 200, 200)):  # noqa: D103
    overlap = np.zeros((4, 3))
    overlap[kind, pair] = rows
    return diagnose(signals(split_overlap=overlap, split_sizes=sizes), [rule("A11")])[0]


@pytest.mark.parametrize("kind", [0, 2, 3])
@pytest.mark.parametrize("pair", [0, 1, 2])
def test_one_row_of_two_hundred_is_an_issue(kind: int, pair: int) -> None:
    """Equal inputs, groups and times, for every pair of parts."""
    assert judge(kind, pair, 1).finding.severity is Severity.ISSUE


def test_so_few_rows_that_the_score_cannot_move_are_a_tip() -> None:
    """One row of two thousand."""
    assert judge(0, 1, 1, (8000, 2000, 2000)).finding.severity is Severity.TIP


def test_near_copies_need_more_rows() -> None:
    """A near copy need not have the same label."""
    assert judge(1, 1, 1).finding.severity is Severity.TIP
    assert judge(1, 1, 2).finding.severity is Severity.ISSUE


def test_the_worst_overlap_is_reported() -> None:
    """Equal rows before near ones, issues before tips."""
    overlap = np.zeros((4, 3))
    overlap[1, 1], overlap[0, 0] = 1, 40
    (verdict,) = diagnose(signals(split_overlap=overlap, split_sizes=[1000, 200, 200]), [rule("A11")])
    assert verdict.finding.evidence == {"rows": 40, "share": 0.2}


def test_disjoint_parts_are_clear() -> None:
    """No overlap of any kind."""
    assert judge(0, 0, 0).status is Status.CLEAR


def watched(  # noqa: D103
    shared: float, copies: float, rows=(800, 200), distinct=0.9, repeated=0.1, same=0.0, name="shared_rows"
):
    facts = ("train", "validation", "shared", "copies", "distinct", "repeated", "same_rows")
    values = np.array([*rows, shared, copies, distinct, repeated, same])
    return diagnose({name: Series(values, {"fact": facts})}, [rule("A11")])[0]


def test_copies_in_a_watched_validation_part_are_an_issue() -> None:
    """Surely more than a hundredth; fewer may have been entered twice."""
    assert watched(40, 40).finding.severity is Severity.ISSUE
    assert watched(4, 4).finding.severity is Severity.TIP


def test_a_random_split_of_a_table_with_double_entries_is_a_tip() -> None:
    """Of 26 pairs a third crosses by chance; of rows that were copied from one part into the other, all do."""
    assert watched(8, 8, distinct=0.974, repeated=0.0267).finding.severity is Severity.TIP
    assert watched(8, 8, distinct=0.992, repeated=0.0081).finding.severity is Severity.ISSUE


def test_rows_that_are_alike_by_nature_are_clear() -> None:
    """Chance explains them, or most rows repeat others."""
    assert watched(0, 0).status is Status.CLEAR
    assert watched(40, 0).status is Status.CLEAR
    assert watched(200, 200, distinct=0.05, repeated=0.9).status is Status.CLEAR


def test_validation_on_the_training_data_is_told_plainly() -> None:
    """An issue, but a tip for the few rows of a check whether a network can learn them by heart."""
    verdict = watched(800, 800, (800, 800), 0.5, 1.0, 1.0)
    assert verdict.finding.severity is Severity.ISSUE
    assert "are the training data" in verdict.reason
    assert watched(32, 32, (32, 32), 0.5, 1.0, 1.0).finding.severity is Severity.TIP


def test_copies_among_rows_of_the_programs_own_test_are_an_issue() -> None:
    """Whatever those for validation show, and in their own words; the validation's come first where both leak."""
    verdict = watched(40, 40, name="shared_test_rows")
    assert verdict.finding.severity is Severity.ISSUE and verdict.reason.startswith("Test rows with exactly")
    facts = ("train", "validation", "shared", "copies", "distinct", "repeated", "same_rows")
    clean, leaky = (Series(np.array([800, 200, rows, rows, 0.9, 0.1, 0]), {"fact": facts}) for rows in (0, 40))
    for validation, test, part in ((clean, leaky, "Test"), (leaky, clean, "Validation"), (leaky, leaky, "Validation")):
        (verdict,) = diagnose({"shared_rows": validation, "shared_test_rows": test}, [rule("A11")])
        assert verdict.reason.startswith(part)
    (verdict,) = diagnose({"shared_rows": clean, "shared_test_rows": clean}, [rule("A11")])
    assert verdict.status is Status.CLEAR


@pytest.mark.parametrize(("does", "says"), [("chooses", "by the targets of all rows"), ("repeats", "repeats rows")])
def test_what_the_source_does_before_it_splits_is_an_issue(does: str, says: str) -> None:
    """At its line, whatever else is known."""
    early = Early("SMOTE", does, Site("train.py", 7), Site("train.py", 9))
    (verdict,) = diagnose({"program": replace(classifier(), early=(early,))}, [rule("A11")])
    assert verdict.finding is not None and verdict.finding.severity is Severity.ISSUE and says in verdict.reason
    assert verdict.finding.where.line == 7 and verdict.finding.remedies == ("split-first",)
