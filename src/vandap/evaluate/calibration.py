"""Whether stated probabilities are the frequencies they claim to be."""

from __future__ import annotations

import numpy as np

from vandap.core.evaluation import Curve
from vandap.core.signals import Series
from vandap.evaluate.bins import bins, calibration_error, confidence
from vandap.evaluate.check import checked_probabilities

SIMULATIONS = 400
"""Simulated label sets behind the 95 % quantile: its standard error is about 1 % of probability."""

FEWEST_SIMULATIONS = 100
"""Where rows in groups are many."""

EXACT_ROWS = 50_000
"""With more rows, every bin holds thousands, and its simulated count is drawn from the normal limit."""


def calibration_signal(
    target: np.ndarray, prediction: np.ndarray, seed: int, groups: np.ndarray | None = None
) -> Series:
    """Return the signal `calibration`: facts `ece`, `null95` and `count`.

    Args:
        target: Class codes, shape `(n,)`.
        prediction: Probabilities, shape `(n, classes)`.
        seed: Seed of the simulation behind `null95`.
        groups: Group of each example, shape `(n,)`; groups then are what errs independently.

    Raises:
        DataError: They do not fit each other.
    """
    target, prediction = checked_probabilities(target, prediction)
    stated, hit = confidence(target, prediction)
    generator = np.random.default_rng(seed)
    null95 = null_quantile(stated, generator) if groups is None else grouped_null(stated, hit, groups, generator)
    values = np.array([calibration_error(stated, hit), null95, len(stated)])
    return Series(values, {"fact": ("ece", "null95", "count")})


def null_quantile(stated: np.ndarray, generator: np.random.Generator) -> float:
    """Return the 95 % quantile of the calibration error if every stated probability were true.

    Labels are simulated from the probabilities (consistency resampling, Broecker and Smith 2007) and binned alike.
    """
    codes = bins(stated)
    expected = np.bincount(codes, weights=stated)
    if len(stated) > EXACT_ROWS:
        deviation = np.sqrt(np.bincount(codes, weights=stated * (1.0 - stated)))
        gaps = generator.standard_normal((SIMULATIONS, len(expected))) * deviation
    else:
        gaps = np.empty((SIMULATIONS, len(expected)))
        for row in gaps:
            row[:] = np.bincount(codes, weights=generator.random(len(stated)) < stated) - expected
    return float(np.quantile(np.abs(gaps).sum(axis=1) / len(stated), 0.95))


def grouped_null(stated: np.ndarray, hit: np.ndarray, groups: np.ndarray, generator: np.random.Generator) -> float:
    """Return the same quantile where the labels of a group go together.

    Labels are simulated from the probabilities again, but as many rows of a group share one draw as their errors are
    alike: two rows that both take the group's draw have the same luck.

    Args:
        stated: Stated probability of each example's event, shape `(n,)`.
        hit: Whether it happened, shape `(n,)`: tells how far the errors of a group go together.
        groups: Group of each example, shape `(n,)`.
        generator: Where chance comes from.
    """
    codes, group = bins(stated), np.unique(groups, return_inverse=True)[1]
    expected, sizes = np.bincount(codes, weights=stated), np.bincount(group)
    shared = np.sqrt(_likeness(hit - stated, group, sizes))  # both of two rows take the group's draw by its square
    rounds = max(FEWEST_SIMULATIONS, min(SIMULATIONS, SIMULATIONS * EXACT_ROWS // len(stated)))
    errors = np.empty(rounds)
    for place in range(rounds):
        draw, common = generator.random(len(stated)), generator.random(len(sizes))[group]
        luck = np.where(generator.random(len(stated)) < shared, common, draw)
        errors[place] = np.abs(np.bincount(codes, weights=luck < stated) - expected).sum()
    return float(np.quantile(errors, 0.95) / len(stated))


def _likeness(error: np.ndarray, group: np.ndarray, sizes: np.ndarray) -> float:
    """Return the mean product of the errors of two rows of a group, over that of a row with itself, from 0 to 1."""
    squares, pairs = float(error @ error), float(np.sum(sizes * (sizes - 1.0)))
    if not squares or not pairs:
        return 0.0
    products = float(np.sum(np.bincount(group, weights=error) ** 2)) - squares
    return float(np.clip(products / pairs * len(error) / squares, 0.0, 1.0))


def reliability_curve(target: np.ndarray, prediction: np.ndarray) -> Curve:
    """Return observed frequency against mean stated probability per bin; `weight` counts the bin's examples."""
    stated, hit = confidence(target, prediction)
    codes = bins(stated)
    mass = np.bincount(codes).astype(float)
    return Curve(
        name="reliability",
        x=np.bincount(codes, weights=stated) / mass,
        y=np.bincount(codes, weights=hit) / mass,
        x_label="Stated probability",
        y_label="Observed frequency",
        weight=mass,
    )
