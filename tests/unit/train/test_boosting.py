"""Which rows an early stop watches."""

from __future__ import annotations

import numpy as np

from vandap.train._boosting import _hold_rows
from vandap.train._problem import Problem


def problem(groups: np.ndarray | None) -> Problem:
    """Hundred rows of noise."""
    return Problem(
        x=np.zeros((100, 2), np.float32),
        y=np.arange(100) % 2,
        groups=groups,
        classes=2,
        categorical=(),
        seed=0,
        threads=1,
        held_out=0,
        budget=1.0,
        available=100,
    )


def test_groups_are_watched_whole() -> None:
    """No group is fitted and watched, and no row of the first ones is lost."""
    groups = np.arange(100) // 7
    fit, watched = _hold_rows(problem(groups), 80)
    assert len(watched)
    assert not set(groups[fit]) & set(groups[watched])
    assert sorted([*fit, *watched]) == list(range(80))


def test_one_group_and_no_group_give_the_last_rows() -> None:
    """Where groups cannot be kept apart, or there are none, the order is random anyway."""
    for groups in (None, np.zeros(100, int)):
        fit, watched = _hold_rows(problem(groups), 80)
        assert np.arange(100)[fit].tolist() == list(range(68))
        assert np.arange(100)[watched].tolist() == list(range(68, 80))
