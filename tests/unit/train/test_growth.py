"""A budget of seconds is spent on hold-outs first, then on rows."""

from __future__ import annotations

import math

import pytest

from vandap.train import _growth
from vandap.train._growth import grow, race


class Clock:
    """A clock that only moves when a fake fit spends time."""

    def __init__(self):
        self.now = 0.0

    def perf_counter(self):
        """Seconds."""
        return self.now


@pytest.fixture
def clock(monkeypatch):
    """Replace the clock of the module under test."""
    made = Clock()
    monkeypatch.setattr(_growth, "time", made)
    return made


def attempt_of(clock, exponent):
    """A fit whose seconds grow with this power of the rows: 1 s for 1,000 rows."""
    sizes = []

    def attempt(size):
        seconds = (size / 1_000) ** exponent
        clock.now += seconds
        sizes.append(size)
        return size, seconds

    return attempt, sizes


@pytest.mark.parametrize("exponent", [1.0, 2.0])
def test_grow_stays_within_the_budget_and_uses_most_of_it(clock, exponent):
    """Linear and quadratic fits end in time, on as many rows as a quarter of the time would allow at least."""
    attempt, sizes = attempt_of(clock, exponent)
    result, used = grow(10**9, 1_000, 100.0, attempt)
    assert result == used == sizes[-1]
    assert clock.now <= 110.0
    assert used >= 1_000 * 25.0 ** (1 / exponent)


def test_grow_uses_all_rows_when_time_allows(clock):
    """Enough time means every row."""
    attempt, _ = attempt_of(clock, 1.0)
    assert grow(20_000, 1_000, 1_000.0, attempt)[1] == 20_000


def test_grow_takes_the_first_step_whatever_it_costs(clock):
    """A budget that is too small still gives a model."""
    attempt, sizes = attempt_of(clock, 1.0)
    assert grow(50_000, 1_000, 0.001, attempt) == (1_000, 1_000)
    assert sizes == [1_000]


def test_race_chooses_the_least_mean_loss():
    """Losses are averaged over folds; one lucky fold does not decide."""
    losses = {"a": [0.5, 0.5, 0.5], "b": [0.1, 0.9, 0.9], "c": [math.nan] * 3}
    candidates = [{"name": name} for name in losses]
    chosen = race(candidates, range(3), lambda item, fold: [(item, losses[item["name"]][fold])], 60.0)
    assert chosen == {"name": "a"}


def test_race_compares_only_what_saw_the_same_folds(clock):
    """When time ends within a round, that round does not count."""
    losses = {"a": [0.4, 9.0], "b": [0.5, 0.0]}

    def trial(item, fold):
        clock.now += 1.0
        return [(item, losses[item["name"]][fold])]

    assert race([{"name": "a"}, {"name": "b"}], range(2), trial, 3.5) == {"name": "a"}


def test_race_without_time_takes_the_first_candidate(clock):
    """The best guess is tried first, and wins when nothing else can be tried."""

    def trial(item, fold):
        clock.now += 1.0
        return [(item, 1.0)]

    assert race([{"name": "a"}, {"name": "b"}], range(5), trial, 0.0) == {"name": "a"}
