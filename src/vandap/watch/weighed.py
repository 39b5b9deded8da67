"""Targets without what the loss leaves out: those of weight 0, such as labels that are missing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np


def weighed(targets: Mapping[str, np.ndarray], weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Leave out the targets of weight 0.

    Args:
        targets: Targets by output, of the same examples.
        weights: Weights by output, of each example or of each of its steps; a single one is that of all outputs.

    Returns:
        The targets by output: fewer examples where these have weights; where steps have, as many as before, with the
        first target that counts in the place of those that do not.
    """
    only = next(iter(weights.values())) if len(weights) == 1 else None
    return {name: _weighed(target, weights.get(name, only)) for name, target in targets.items()}


def _weighed(target: np.ndarray, weight: np.ndarray | None) -> np.ndarray:
    if weight is None:
        return target
    while weight.ndim > 1 and weight.shape[-1] == 1:
        weight = weight[..., 0]
    counts = weight != 0
    if counts.shape != target.shape[: counts.ndim] or counts.all() or not counts.any():
        return target
    if counts.ndim == 1:
        return target[counts]
    return np.where(counts.reshape(counts.shape + (1,) * (target.ndim - counts.ndim)), target, target[counts][0])
