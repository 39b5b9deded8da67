"""Healthy trainings: every data set with every architecture of its half, in varied settings, and tempting cases."""

from __future__ import annotations

from zoo.healthy import grid, tempting
from zoo.records import Half, Plan


def plans(half: Half) -> list[Plan]:
    """All healthy plans of one half."""
    return [*grid.plans(half), *tempting.plans(half)]
