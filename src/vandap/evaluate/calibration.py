"""Whether stated probabilities are the frequencies they claim to be."""

from __future__ import annotations

import numpy as np

from vandap.core.evaluation import Curve
from vandap.core.signals import Series
from vandap.evaluate.bins import bins, calibration_error, confidence
from vandap.evaluate.check import checked_probabilities

SIMULATIONS = 400
"""Simulated label sets behind the 95 % quantile: its standard error is about 1 % of probability."""

EXACT_ROWS = 50_000
"""With more rows, every bin holds thousands, and its simulated count is drawn from the normal limit."""


def calibration_signal(target: np.ndarray, prediction: np.ndarray, seed: int) -> Series:
    """Return the signal `calibration`: facts `ece`, `null95` and `count`.

    Args:
        target: Class codes, shape `(n,)`.
        prediction: Probabilities, shape `(n, classes)`.
        seed: Seed of the simulation behind `null95`.

    Raises:
        DataError: They do not fit each other.
    """
    target, prediction = checked_probabilities(target, prediction)
    stated, hit = confidence(target, prediction)
    null95 = null_quantile(stated, np.random.default_rng(seed))
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
