"""When to probe: densely at first, later as often as a small share of the training's time allows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Schedule:
    """Probe at steps 0, 1, 2, 4, 8, ..., and every N steps once the doubling gap has grown to N.

    Args:
        share: Part of the training's time that probes may take. N is the measured cost of a probe over this share of a
            step's time.
        closest: Smallest N, for trainings whose probes cost next to nothing.
        fixed: Take this N whatever a probe costs. Needed where several processes must probe at the same steps.
        per_doubling: Probes at most between step s and step 2s, so that a run of any length stays small on disk.
    """

    share: float = 0.012
    closest: int = 8
    fixed: int | None = None
    per_doubling: int = 128

    def following(self, step: int, cost: float, step_seconds: float, *, dense: bool = True) -> int:
        """Return the step to probe after `step`.

        Args:
            step: The step just probed.
            cost: Seconds that one probe adds; NaN or 0 where that is not known yet.
            step_seconds: Seconds of a plain step.
            dense: Whether to begin with doubling gaps; a training that goes on where another `fit` ended need not.

        Returns:
            The step of the next probe, above `step`.
        """
        gap = max(self._every(cost, step_seconds), step // self.per_doubling)
        return step + (max(1, min(step, gap)) if dense else gap)

    def _every(self, cost: float, step_seconds: float) -> int:
        if self.fixed is not None:
            return self.fixed
        if not (cost > 0 and step_seconds > 0):
            return self.closest
        return max(self.closest, round(cost / (self.share * step_seconds)))


def record_stride(step: int, dense: int = 1000) -> int:
    """Steps between two recorded step facts: 1 for the first `dense` steps, then doubling with the step's number.

    A training of n steps records at most dense + dense / 2 * log2(n / dense) steps.
    """
    return 1 if step < dense else 2 << ((step // dense).bit_length() - 1)
