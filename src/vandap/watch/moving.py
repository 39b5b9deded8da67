"""Whether the targets of a loop by hand leave those of its first batches, as in reinforcement learning they do."""

from __future__ import annotations

from typing import Any

import numpy as np

from vandap.watch.sample import leaves

LEAST_BATCHES = 16
"""Batches below which nothing is said."""
FAR = 0.5
"""Deviations of the first targets by which the mean of the last may differ."""
SURE = 4.0
"""Standard errors of the same difference, by the batches' own means."""
WIDER = 2.0
"""Times by which the deviations may differ."""


class Moving:
    """Follows the moments of the targets, batch by batch."""

    def __init__(self) -> None:
        self._means, self._squares = list[float](), list[float]()

    def note(self, y: Any) -> None:
        """Note the targets of a batch, as NumPy arrays."""
        values = np.concatenate([np.ravel(np.asarray(part, np.float64)) for part in leaves(y)])
        if values.size and np.isfinite(values).all():
            self._means.append(float(values.mean()))
            self._squares.append(float((values**2).mean()))

    @property
    def have_moved(self) -> bool:
        """Whether the last quarter of the batches has another mean, or another deviation, than the first."""
        part = len(self._means) // 4
        if 4 * part < LEAST_BATCHES:
            return False
        means = [np.array(self._means[:part]), np.array(self._means[-part:])]
        squares = [np.mean(self._squares[:part]), np.mean(self._squares[-part:])]
        deviations = [max(square - own.mean() ** 2, 0.0) ** 0.5 for own, square in zip(means, squares, strict=True)]
        error = sum(own.var(ddof=1) / part for own in means) ** 0.5
        if abs(means[1].mean() - means[0].mean()) > max(FAR * deviations[0], SURE * error):
            return True
        return max(deviations) > WIDER * min(deviations)
