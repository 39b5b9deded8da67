"""When probes are taken, and which steps are recorded."""

import math

import pytest

from vandap.watch.schedule import Schedule, record_stride


def _steps(schedule, last, cost, step_seconds):
    steps = [0]
    while steps[-1] < last:
        steps.append(schedule.following(steps[-1], cost, step_seconds))
    return steps


def test_first_probes_double():
    """While nothing is known of costs, and wherever the doubling gap is the smaller, steps double."""
    assert _steps(Schedule(), 64, math.nan, math.nan)[:7] == [0, 1, 2, 4, 8, 16, 24]
    assert _steps(Schedule(), 64, 1.0, 0.01) == [0, 1, 2, 4, 8, 16, 32, 64]


@pytest.mark.parametrize(("cost", "step"), [(0.01, 0.01), (0.002, 0.01), (0.5, 0.001)])
def test_probing_takes_its_share(cost, step):
    """Over a long run probes take at most their share of the time, but for the first doublings."""
    schedule = Schedule(share=0.01)
    steps = _steps(schedule, 100_000, cost, step)
    assert (len(steps) - 18) * cost <= 0.0101 * 100_000 * step
    assert len(steps) >= 17


def test_a_run_of_any_length_stays_small():
    """Probes and recorded steps grow with the logarithm of a run's length."""
    assert len(_steps(Schedule(), 10_000_000, 1e-9, 1.0)) < 3_500
    recorded, step = 0, 0
    while step < 10_000_000:
        recorded, step = recorded + 1, step + record_stride(step)
    assert recorded < 9_000
    assert [record_stride(step) for step in (0, 999, 1000, 2000, 4000)] == [1, 1, 2, 4, 8]


def test_a_fixed_distance_asks_no_clock():
    """Several processes that must probe together take the same steps, whatever each one measures."""
    assert _steps(Schedule(fixed=100), 1000, 1.0, 0.1) == _steps(Schedule(fixed=100), 1000, 0.001, 0.2)
