"""A loss that grows."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from vandap.core.finding import Finding, Threshold, Where
from vandap.core.program import Program
from vandap.core.recipe import Recipe
from vandap.core.signals import Series
from vandap.diagnose.curves import finite, means
from vandap.diagnose.faults import with_network
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.watched import at_fit


class DivergingLoss(Rule):
    """The training loss ends far above its best value.

    ## What it finds
    A training loss that ends at twice its lowest value or more, has lost a good part of what the training had gained,
    is beyond the noise between epochs, and is not on its way back. Or one that rose far above the untrained network's
    and never came back below it.

    ## Why it matters
    Each step overshoots the minimum, so more epochs make the model worse. The model that comes out is worse than one
    from an earlier epoch, and often worse than no training.

    ## What to do
    Lower the learning rate by 3 to 10 times, or warm it up. Clip the gradients if single batches are to blame.

    ## References
    - TheDeepChecker: Ben Braiek and Khomh, Testing Feedforward Neural Networks Training Programs (2022): twice the best
    - Goodfellow, Bengio, Courville, Deep Learning (2016), section 8.2.4
    """

    code = "C8"
    status = "stable"
    remedies = ("lower-learning-rate", "warm-up", "clip-gradients")
    explains = ("underfitting", "network-beaten-by-simple-model", "network-not-surely-better")
    pieces = Threshold(12, "pieces of the recorded steps that stand for epochs where there were fewer than four")
    growth = Threshold(2, "TheDeepChecker: at least twice the best loss")
    lost_gain = Threshold(
        0.25, "a loss that hovers near zero may double and mean nothing: a quarter of the gain must be lost"
    )
    unlearnt = Threshold(0.9, "a tenth below the untrained loss is little to have learnt after a divergence")
    noise = Threshold(
        4, "standard deviations of one epoch's loss, asked of a median of epochs: none of 300 noisy flat losses"
    )
    recovering = Threshold(0.8, "a loss below 0.8 of its worst value since its best is on its way back")

    def check(
        self,
        loss: Series,
        initial_loss: Series | None = None,
        step_loss: Series | None = None,
        program: Program | None = None,
    ) -> Outcome:
        """Compare the end of the loss with its best, its start and its noise."""
        values = np.asarray(loss.values, dtype=np.float64).ravel()
        if values.size < 4 and np.isfinite(values).all():
            values = self._in_pieces(step_loss, values)
        values = values[: int(np.argmin(np.isfinite(values)))] if not np.isfinite(values).all() else values
        start = (
            float(initial_loss.values.ravel()[0]) if initial_loss is not None and initial_loss.values.size else math.nan
        )
        if values.size == 0 or (values.size < 2 and not math.isfinite(start)):
            return CannotTell("A loss must be finite for at least two epochs to be judged.")
        smooth = _smooth(values)
        end, best, first = float(smooth[-1]), float(smooth.min()), float(values[0])
        peak = float(smooth.max())
        if start > 0 and peak >= self.growth.value * start and min(end, best) >= self.unlearnt.value * start:
            found = self._found(values, peak, start, f"the untrained network's {start:.3g}", "rises to")
            return replace(found, where=at_fit(program))
        gain, rise = max(first, start if math.isfinite(start) else first) - best, end - best
        conditions = (
            rise > 0 and (best <= 0 or end >= self.growth.value * best),
            rise > self.lost_gain.value * gain,
            rise > self.noise.value * _noise(values),
            self._goes_on(values, best),
        )
        if all(conditions):
            return replace(self._found(values, end, best, f"its best, {best:.3g}", "ends at"), where=at_fit(program))
        return Clear(
            f"The loss ends at {end:.3g}; its best is {best:.3g} (threshold {self.growth.value:g} times that)."
        )

    def _in_pieces(self, step_loss: Series | None, values: np.ndarray) -> np.ndarray:
        """The course of the steps where there are too few epochs to show one."""
        steps = finite(step_loss)
        count = int(self.pieces.value)
        return means(steps, count) if steps.size >= 5 * count else values

    def _goes_on(self, values: np.ndarray, best: float) -> bool:
        """Whether the loss is not on its way back to its best."""
        worst = float(values[int(values.argmin()) :].max())
        return float(values[-1]) - best >= self.recovering.value * (worst - best)

    def _found(self, values: np.ndarray, level: float, reference: float, name: str, verb: str) -> Finding:
        ratio = f"{level / reference:.3g} times " if reference > 0 else "above "
        return self.found(
            f"The training loss {verb} {level:.3g}, {ratio}{name} (threshold {self.growth.value:g} times), "
            f"and is {values[-1]:.3g} at the end.",
            {
                "level": level,
                "reference": reference,
                "best_epoch": float(values.argmin() + 1),
                "epochs": float(values.size),
            },
            confidence=0.9,
            where=Where("fit"),
            figure="loss",
        )

    def fault(self, recipe: Recipe) -> Recipe:
        """Take steps a million times too large; without weight decay, which would shrink the weights again."""
        return with_network(recipe, learning_rate=1e4, weight_decay=0.0)


def _smooth(values: np.ndarray) -> np.ndarray:
    """Running median over a sixth of the epochs, at least three: one outlier among three does not count."""
    if values.size < 5:
        return values
    width = max(3, values.size // 6 | 1)
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(values, width), axis=1))


def _noise(values: np.ndarray) -> float:
    """Standard deviation of one epoch's loss around its neighbours, from second differences, which no trend changes."""
    if values.size < 5:
        return 0.0
    return float(np.sqrt(np.mean(np.diff(values, 2) ** 2) / 6))
