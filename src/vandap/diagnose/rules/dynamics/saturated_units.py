"""Sigmoid and tanh units at the ends of their range."""

from __future__ import annotations

import numpy as np

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.progress import Progress
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected
from vandap.diagnose.symptoms import NOT_LEARNING
from vandap.diagnose.watched import BOUNDED, at_layer, items, statistic


class SaturatedUnits(Rule):
    """Most values of a hidden sigmoid or tanh layer stand at the end of their range, and the training suffers.

    ## What it finds
    Hidden layers with a bounded activation of which more than half of the values lie within 1 % of a bound, in most
    of the probes of the first half of the training. It is an issue where the training learnt nothing, suspected where
    it learnt little, and clear where it learns: binary codes and confident gates are no fault.

    ## Why it matters
    There the slope of the activation is next to zero, so no gradient passes and the layers before learn nothing.

    ## What to do
    Standardise the inputs, use Glorot initialisation, lower the learning rate; or use ReLU or GELU in hidden layers.

    ## References
    - DeepDiagnosis: Wardat et al. (2022): over half of the values outside +-5
    - Glorot and Bengio, Understanding the Difficulty of Training Deep Feedforward Neural Networks (2010)
    """

    code = "C5"
    status = "stable"
    remedies = ("standardise-inputs", "use-relu", "glorot-initialisation", "lower-learning-rate")
    explains = ("vanishing-gradient", "weights-do-not-change", "learning-rate-too-low", *NOT_LEARNING)
    saturated = Threshold(0.5, "DeepDiagnosis: over half of the values of a layer")

    def check(
        self,
        progress: Progress,
        activations: Series,
        program: Program | None = None,
        test_standardised_input: Series | None = None,
        test_learning_rate: Series | None = None,
    ) -> Outcome:
        """Take the first layer that saturates early, then ask whether the training suffers."""
        shares = self._shares(activations, program)
        if not shares:
            return CannotTell("No hidden layer with sigmoid, tanh or another bounded activation was watched.")
        over = [path for path, share in shares.items() if share > self.saturated.value]
        worst = over[0] if over else max(shares, key=lambda path: shares[path])
        measured = (
            f"In {worst}, {shares[worst]:.0%} of the values are within 1 % of a bound "
            f"(threshold {self.saturated.value:.0%})"
        )
        if not over:
            return Clear(f"{measured}.")
        if not progress.broke and not progress.is_poor:
            return Clear(f"{measured}, and yet it learns: {progress.phrase}.")
        sure = progress.broke or progress.is_stuck
        finding = self.found(
            f"{measured}; {progress.phrase}.",
            {**progress.evidence, "saturated_share": shares[worst], "layers": float(len(over))},
            severity=Severity.ISSUE if sure else Severity.TIP,
            confidence=0.9 if sure else 0.5,
            where=at_layer(program, worst),
            figure="activations",
        )
        tested = test_standardised_input is not None or test_learning_rate is not None
        return finding if sure or tested else Suspected(finding, ("standardised_input", "learning_rate"))

    @staticmethod
    def _shares(activations: Series, program: Program | None) -> dict[str, float]:
        """Median share over the first half of the probes, of each hidden bounded layer in the order of the network."""
        values = statistic(activations, "saturated_share")
        early = values[: max((len(values) + 1) // 2, 1)]
        shares: dict[str, float] = {}
        for place, path in enumerate(items(activations)[: early.shape[1]]):
            known = early[np.isfinite(early[:, place]), place]
            if known.size and _is_hidden_and_bounded(program, path):
                shares[path] = float(np.median(known))
        return shares


def _is_hidden_and_bounded(program: Program | None, path: str) -> bool:
    layer = program.layer(path) if program is not None else None
    if program is None or layer is None or layer.activation not in BOUNDED:
        return False
    return layer.name not in program.outputs and path not in program.outputs and layer is not program.layers[-1]
