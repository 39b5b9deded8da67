"""Activations whose scale runs away with depth."""

from __future__ import annotations

import numpy as np

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.progress import Progress
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.symptoms import NOT_LEARNING
from vandap.diagnose.watched import at_layer, items, statistic


class ActivationDrift(Rule):
    """From layer to layer the activations grow or shrink by orders of magnitude, and little is learnt.

    ## What it finds
    Layers with weights whose outputs spread a hundred times more, or less, than those of the first such layer, in the
    first half of a training that learnt nothing (an issue) or little (a tip). Layers that a package laid out, such as a
    backbone of `keras.applications`, are left out: their scales are part of a published plan.

    ## Why it matters
    A signal that shrinks carries nothing to the loss; one that grows saturates or overflows, and its gradient with it.

    ## What to do
    Use the initialiser that fits the activation, batch or layer normalisation, or skip connections.

    ## References
    - He et al., Delving Deep into Rectifiers (2015); Mishkin and Matas, All You Need Is a Good Init (2016)
    """

    code = "C16"
    remedies = ("usual-initialisers", "add-batch-normalisation", "he-initialisation")
    explains = ("learning-rate-too-low", "vanishing-gradient", "weights-do-not-change", *NOT_LEARNING)
    drift = Threshold(100, "times the first layer's spread: the gradient shrinks or grows by as much once more")

    def check(self, progress: Progress, activations: Series, program: Program) -> Outcome:
        """Compare the spread of each layer with the first one's."""
        values = statistic(activations, "deviation")
        early = values[: max((len(values) + 1) // 2, 1)]
        spread = {
            path: float(np.median(early[np.isfinite(early[:, place]), place]))
            for place, path in enumerate(items(activations)[: early.shape[1]])
            if np.isfinite(early[:, place]).any() and _is_judged(program, path)
        }
        known = {path: value for path, value in spread.items() if value > 0}
        if len(known) < 3:
            return CannotTell("Fewer than three layers with weights of the program's own were watched.")
        first = next(iter(known.values()))
        worst = max(known, key=lambda path: abs(np.log(known[path] / first)))
        ratio = known[worst] / first
        measured = (
            f"The outputs of {worst} spread {ratio:.2g} times as far as the first layer's (threshold "
            f"{self.drift.value:g} times or its inverse)"
        )
        if 1 / self.drift.value < ratio < self.drift.value or not progress.is_poor:
            return Clear(f"{measured}; {progress.phrase}.")
        return self.found(
            f"{measured}; {progress.phrase}.",
            {**progress.evidence, "ratio": ratio, "first": first},
            severity=Severity.ISSUE if progress.is_stuck else Severity.TIP,
            confidence=0.8 if progress.is_stuck else 0.6,
            where=at_layer(program, worst),
            figure="activations",
        )


def _is_judged(program: Program, path: str) -> bool:
    layer = program.layer(path)
    if layer is None or layer.is_published:
        return False
    return layer.parameters > 0 and path not in program.outputs
