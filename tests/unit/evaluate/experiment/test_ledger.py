"""Looks at the test part."""

from __future__ import annotations

import pytest

from vandap.errors import UsageError
from vandap.evaluate.experiment.ledger import TestLook


def test_the_first_look_is_plain() -> None:
    """Five percent, and nothing to say."""
    assert (TestLook(1).alpha, TestLook(1).label) == (0.05, "")


def test_from_the_second_look_alpha_halves_and_the_result_is_labelled() -> None:
    """However often one looks, all errors together stay below a tenth."""
    assert [TestLook(number).alpha for number in (2, 3)] == [0.025, 0.0125]
    assert sum(TestLook(number).alpha for number in range(1, 60)) <= 0.1
    assert TestLook(3).label.startswith("Look 3 at the test part")
    assert "98.75 %" in TestLook(3).label


def test_looks_are_counted_from_one() -> None:
    """The ledger is written before the look, so there is no look zero."""
    with pytest.raises(UsageError, match="counted from 1"):
        TestLook(0)
