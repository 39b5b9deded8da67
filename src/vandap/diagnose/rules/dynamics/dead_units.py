"""Rectified units that never answer."""

from __future__ import annotations

import numpy as np

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.progress import Progress
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected
from vandap.diagnose.symptoms import NOT_LEARNING
from vandap.diagnose.watched import RELU, at_layer, fact, items


class DeadUnits(Rule):
    """Most rectified units of a layer are zero for every example, and the training suffers.

    ## What it finds
    Layers with ReLU of which more than half of the units were never above zero, for any of the watched examples, in the
    second half of the training. It is an issue where the training learnt nothing, suspected where it learnt little, and
    a tip where it learns well: then the units are only wasted. That many *outputs* are zero is no fault: sparse
    activity is what rectified units are for.

    ## Why it matters
    A unit that is zero everywhere has a gradient of zero, so it never comes back. A layer of which all units are dead
    cuts the network in two, and what remains answers the same to every input.

    ## What to do
    Lower the learning rate, by which units usually die. Use He initialisation and a bias that starts at zero, scale the
    inputs, normalise before the activation; or use leaky ReLU, GELU or SELU.

    ## References
    - Amazon SageMaker Debugger, rule DeadRelu; TheDeepChecker: Ben Braiek and Khomh (2022): over half of the units
    - Lu et al., Dying ReLU and Initialization: Theory and Numerical Examples (2020)
    """

    code = "C4"
    status = "stable"
    remedies = ("lower-learning-rate", "he-initialisation", "use-leaky-relu", "add-batch-normalisation")
    explains = ("vanishing-gradient", "weights-do-not-change", "learning-rate-too-low", *NOT_LEARNING)
    dead = Threshold(0.5, "TheDeepChecker, SageMaker DeadRelu: over half of the units of a layer")
    cut = Threshold(0.98, "a layer with next to no unit left lets nothing through")
    examples = Threshold(128, "examples below which a rare unit may be taken for a dead one")

    def check(
        self,
        progress: Progress,
        dead_units: Series,
        program: Program | None = None,
        test_learning_rate: Series | None = None,
    ) -> Outcome:
        """Find the layer with the largest share of dead units, then ask whether the training suffers."""
        shares = self._shares(dead_units, program)
        if not shares:
            return CannotTell("No layer with ReLU was watched over enough examples.")
        limit = self.cut.value if max(shares.values()) >= self.cut.value else self.dead.value
        worst = next((path for path in shares if shares[path] >= limit), max(shares, key=lambda path: shares[path]))
        measured = f"In {worst}, {shares[worst]:.0%} of the units are zero for every example"
        if not shares[worst] > self.dead.value:
            return Clear(f"{measured} (threshold {self.dead.value:.0%}).")
        finding = self.found(
            f"{measured} (threshold {self.dead.value:.0%}); {progress.phrase}.",
            {**progress.evidence, "dead_share": shares[worst], "layers": float(len(shares))},
            severity=Severity.ISSUE if self._suffers(progress) else Severity.TIP,
            confidence=0.9 if self._suffers(progress) else 0.6,
            where=at_layer(program, worst),
            figure="activations",
        )
        suspicious = progress.is_poor and not self._suffers(progress) and test_learning_rate is None
        return Suspected(finding, ("learning_rate",)) if suspicious else finding

    @staticmethod
    def _suffers(progress: Progress) -> bool:
        return progress.broke or progress.is_stuck

    def _shares(self, dead_units: Series, program: Program | None) -> dict[str, float]:
        """Share of dead units of each layer with ReLU, in the order of the network."""
        dead, seen = fact(dead_units, "dead"), fact(dead_units, "examples")
        if dead.size != seen.size:
            return {}
        rows = zip(items(dead_units), dead, seen, strict=False)
        return {
            path: float(share)
            for path, share, count in rows
            if np.isfinite(share) and count >= self.examples.value and _is_relu(program, path)
        }


def _is_relu(program: Program | None, path: str) -> bool:
    layer = program.layer(path) if program is not None else None
    leak = layer.settings.get("negative_slope") if layer is not None else None
    return layer is not None and layer.activation in RELU and not leak and path not in _outputs(program)


def _outputs(program: Program | None) -> tuple[str, ...]:
    return program.outputs if program is not None else ()
