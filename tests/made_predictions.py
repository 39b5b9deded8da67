"""Small predictions for tests of the evaluation, with ties, absent classes and extreme probabilities on demand."""

from __future__ import annotations

import numpy as np


def classification(
    count: int, classes: int, seed: int = 0, *, separation: float = 1.0, decimals: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return codes in which every class occurs, and probabilities (rounded to make ties, if asked)."""
    generator = np.random.default_rng(seed)
    target = np.concatenate([np.arange(classes), generator.integers(classes, size=count - classes)])
    logits = generator.standard_normal((count, classes))
    logits[np.arange(count), target] += separation
    odds = np.exp(logits if decimals is None else np.round(logits, decimals))
    return target, odds / odds.sum(axis=1, keepdims=True)


def regression(count: int, seed: int = 0, *, error: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    """Return numbers and predictions of them."""
    generator = np.random.default_rng(seed)
    target = generator.standard_normal(count)
    return target, target + error * generator.standard_normal(count)


def jackknife(value: object, target: np.ndarray, prediction: np.ndarray) -> np.ndarray:
    """Return the exact jackknife pseudo-values, by leaving out one example at a time."""
    count = len(target)
    whole = value(target, prediction)  # type: ignore[operator]
    rest = [value(np.delete(target, row), np.delete(prediction, row, axis=0)) for row in range(count)]  # type: ignore[operator]
    return count * whole - (count - 1) * np.array(rest)
