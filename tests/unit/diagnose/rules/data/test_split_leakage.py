"""A11: rows in two parts."""

from __future__ import annotations

import numpy as np
import pytest
from signal_zoo import signals

from vandap.core.finding import Severity, Status
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
