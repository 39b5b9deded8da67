"""Targets of a regression whose scale the network never reaches."""

from __future__ import annotations

import math

from vandap.core.finding import Finding, Severity, Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.decisive import arm, helpful
from vandap.diagnose.network import Graph, Head
from vandap.diagnose.observed import REGRESSION, Target, target
from vandap.diagnose.progress import Progress
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected
from vandap.diagnose.symptoms import SHOWN
from vandap.diagnose.watched import at_data


class UnscaledTarget(Rule):
    """The targets are so large that the network does not reach their scale.

    ## What it finds
    Targets of a regression far from zero mean and unit deviation, if the training shows that they harm: the loss broke,
    the trained network is worse than always answering the mean of the targets, or a decisive test shows that the same
    network learns surely and clearly better from standardised targets, alone or together with standardised inputs.
    Large targets alone are a tip.

    ## Why it matters
    The squared error of a target of 100,000 is ten billion: the first gradient throws the weights far away. An
    optimiser that takes steps of fixed size, as Adam does, needs thousands of them to get there at all.

    ## What to do
    Learn `(y - mean) / deviation` (or `log(y)` for amounts) and turn the answers back; or start the last bias at the
    mean and scale the output.

    ## References
    - LeCun, Bottou, Orr, Mueller, Efficient BackProp (1998), section 4.5
    - TheDeepChecker: Ben Braiek and Khomh (2022), unscaled target
    """

    code = "A6"
    status = "stable"
    remedies = ("scale-target", "set-output-bias")
    explains = SHOWN
    size = Threshold(10, "root mean square; standardised targets have 1")
    better = Threshold(0.1, "share of what there is to learn that standardising must add on held-out examples")

    def check(
        self,
        program: Program,
        label_statistics: Series,
        progress: Progress | None = None,
        test_standardised_target: Series | None = None,
    ) -> Outcome:
        """Look at the scale, then at whether the network came as far as the mean, then at the test."""
        heads = [head for head in Graph(program).heads if head.loss.kind in REGRESSION]
        losses = [loss for loss in program.compile.losses if loss.kind in REGRESSION]
        if not program.compile.losses:
            return CannotTell("The loss is not known.")
        if not losses:
            return Clear("No loss measures the distance to a number.")
        known = max((target(label_statistics, loss.output) for loss in losses), key=_size)
        if not known.is_known:
            return CannotTell("The targets were not observed.")
        if _size(known) <= self.size.value or any(_is_bounded(head) for head in heads):
            return Clear(f"The targets have a root mean square of {_size(known):.3g} (threshold {self.size.value:g}).")
        return self._by_course(program, known, progress, test_standardised_target)

    def _by_course(self, program: Program, known: Target, progress: Progress | None, test: Series | None) -> Outcome:
        says = (
            f"The targets run from {known.minimum:.4g} to {known.maximum:.4g} (mean {known.mean:.4g}, deviation "
            f"{known.deviation:.3g}; threshold {self.size.value:g})"
        )
        if progress is None:
            return self._finding(program, known, f"{says}.", Severity.TIP, 0.4)
        if progress.broke or _is_worse_than_mean(progress, known, program):
            return self._finding(program, known, f"{says}, and {progress.phrase}.", Severity.ISSUE, 0.85)
        standardised = arm(test, "standardised")
        if not standardised.is_known:
            doubt = self._finding(program, known, f"{says}, and {progress.phrase}.", Severity.TIP, 0.4)
            return Suspected(doubt, ("standardised_target",))
        real, winner = arm(test, "real"), helpful(test, "standardised", progress, self.better.value)
        both = helpful(test, "both", progress, self.better.value)
        if winner is None and both is not None:
            shown = f"{says}. Standardised together with the inputs, the same network reaches {both.instead_of(real)}."
            return self._finding(program, known, shown, Severity.ISSUE, 0.85)
        if winner is None:
            return Clear(
                f"{says}, but standardising them does not help: held-out loss {real.held_out:.3g} as they are, "
                f"{standardised.held_out:.3g} standardised."
            )
        shown = f"{says}. Standardised, the same network reaches {winner.instead_of(real)}."
        return self._finding(program, known, shown, Severity.ISSUE, 0.9)

    def _finding(self, program: Program, known: Target, says: str, severity: Severity, confidence: float) -> Finding:
        return self.found(
            says,
            {"size": _size(known), "mean": known.mean, "deviation": known.deviation},
            severity=severity,
            confidence=confidence,
            where=at_data(program),
        )


def _size(known: Target) -> float:
    size = math.hypot(known.mean, known.deviation)
    return size if math.isfinite(size) else -1.0


def _is_bounded(head: Head) -> bool:
    """Whether the activation of the output cannot give the targets: another rule's matter."""
    return head.activation in ("sigmoid", "tanh", "softmax", "hard_sigmoid", "softsign")


def _is_worse_than_mean(progress: Progress, known: Target, program: Program) -> bool:
    """Whether always answering the mean would have a lower loss than the trained network."""
    if math.isfinite(progress.learnt):
        return progress.learnt < 0
    absolute = len(program.compile.losses) == 1 and program.compile.losses[0].kind in ("MeanAbsoluteError", "Huber")
    return absolute and progress.end > known.deviation
