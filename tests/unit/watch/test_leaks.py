"""Whether data leak is asked once for the same data, and within one budget."""

from __future__ import annotations

import time

import numpy as np
import pytest

from vandap.core.signals import Series
from vandap.watch.leaks import LeakSearch

ROWS = np.random.default_rng(0).normal(size=(200, 4))
FOUND = {"shared_rows": Series(np.zeros(1), {"fact": ("shared",)})}


def counted(search: LeakSearch, question: str, *data: np.ndarray) -> int:
    """How often the work was done."""
    done: list[int] = []
    search.ask(question, data, lambda: FOUND if done.append(1) is None else {})
    return len(done)


def test_the_same_data_are_asked_once() -> None:
    """A copy is the same; other rows, another pair and another question are not."""
    search = LeakSearch()
    assert counted(search, "overlap", ROWS, ROWS[:50]) == 1
    assert counted(search, "overlap", ROWS.copy(), ROWS[:50]) == 0
    assert search.ask("overlap", (ROWS, ROWS[:50]), dict) is search.ask("overlap", (ROWS, ROWS[:50]), dict)
    assert counted(search, "overlap", ROWS + 1, ROWS[:50]) == 1
    assert counted(search, "overlap", ROWS, ROWS[:60]) == 1
    assert counted(search, "columns", ROWS, ROWS[:50]) == 1


def test_all_fits_share_one_budget() -> None:
    """What is known stays known; new data are not asked any more."""
    search = LeakSearch(seconds=0.01)
    found = search.ask("overlap", (ROWS, ROWS), lambda: time.sleep(0.02) or FOUND)
    assert search.ask("overlap", (ROWS, ROWS), dict) is found is FOUND
    assert counted(search, "overlap", ROWS, ROWS + 1) == 0


@pytest.mark.parametrize("data", [(None, None), (object(), ROWS)])
def test_what_is_no_array_is_not_asked(data: tuple[object, object]) -> None:
    """And breaks nothing."""
    assert LeakSearch().ask("overlap", data, lambda: FOUND) in ({}, FOUND)
