"""Spend a budget of seconds well: choose settings on hold-outs while time lasts, fit on as many rows as it allows."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias, TypeVar

Settings: TypeAlias = Mapping[str, Any]
Losses: TypeAlias = list[tuple[Settings, float]]
T = TypeVar("T")

LARGEST_STEP = 8
SMALLEST_STEP = 1.5
"""Growing by less than half again is not worth another fit."""

SAFETY = 1.3
"""Larger fits take longer than extrapolated: caches overflow, optimisers need more steps."""


def race(
    candidates: Iterable[Settings], folds: Iterable[T], trial: Callable[[Settings, T], Losses], seconds: float
) -> Settings:
    """Choose the settings with the least mean loss over the folds that the time allows.

    Args:
        candidates: Settings, the best guess first.
        folds: Hold-outs, tried one after the other with every candidate.
        trial: Fits one candidate on one fold; returns the settings it stands for with their held-out losses (several
            where one fit judges many, as the iterations of boosting).
        seconds: Time to spend. The first candidate is tried on the first fold whatever it takes.

    Returns:
        The chosen settings.
    """
    clock = time.perf_counter
    started, slowest = clock(), 0.0
    best: Settings = {}
    totals: dict[str, list[float]] = {}
    candidates = list(candidates)
    for complete, fold in enumerate(folds, start=1):
        for candidate in candidates:
            if totals and clock() - started + slowest > seconds:
                return best or _least(totals, 1)
            begun = clock()
            for settings, loss in trial(candidate, fold):
                totals.setdefault(json.dumps(settings, sort_keys=True), []).append(loss)
            slowest = max(slowest, clock() - begun)
        best = _least(totals, complete)
    return best


def _least(totals: Mapping[str, list[float]], rounds: int) -> Settings:
    means = {key: sum(losses) / len(losses) for key, losses in totals.items() if len(losses) >= rounds}
    return json.loads(min(means, key=lambda key: means[key] if math.isfinite(means[key]) else math.inf))


def grow(total: int, first: int, seconds: float, attempt: Callable[[int], tuple[T, float]]) -> tuple[T, int]:
    """Fit on more and more rows until all are used or the next step would not fit into the time left.

    Args:
        total: Rows there are.
        first: Rows of the first step, which is taken whatever it costs.
        seconds: Time there is.
        attempt: Fits on so many rows; returns the result and its cost in seconds, prediction included.

    Returns:
        The last result and its rows.
    """
    started = time.perf_counter()
    size, exponent = min(first, total), 1.0
    result, cost = attempt(size)
    while size < total:
        left = seconds - (time.perf_counter() - started)
        affordable = size * (max(left, 0.0) / (SAFETY * cost)) ** (1.0 / exponent)
        following = int(min(total, LARGEST_STEP * size, affordable))
        if following < min(total, SMALLEST_STEP * size):
            break
        result, next_cost = attempt(following)
        exponent = min(3.0, max(1.0, math.log(next_cost / cost) / math.log(following / size)))
        size, cost = following, next_cost
    return result, size
