"""A gradient that is not the slope of the loss, or that is zero everywhere."""

from __future__ import annotations

import numpy as np

from vandap.core.finding import Finding, Severity, Threshold
from vandap.core.program import Layer, Program
from vandap.core.signals import Series
from vandap.diagnose.progress import Progress
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected
from vandap.diagnose.symptoms import BLOCKED, BREAKING, NOT_LEARNING, RATES
from vandap.diagnose.watched import at_compile, at_variable, fact, is_kernel, items


class WrongGradient(Rule):
    """The automatic gradient of the user's own layer, loss or train step differs from the slope of the loss.

    ## What it finds
    A program with code of its own (a layer, a loss, a train step) that learnt little is put to the test: the loss is
    measured a little to both sides along random directions, and its slope compared with the gradient. A difference of
    more than a tenth, and ten times what rounding explains, is an issue where little was learnt and a tip otherwise:
    straight-through estimators and reversed gradients differ on purpose. And a loss or train step of its own with
    which no weight matrix moves at all.

    ## Why it matters
    The steps do not go downhill. A gradient that is stopped, rounded away or of a wrong sign gives no error message.

    ## What to do
    Look for `stop_gradient`, conversions to integers or NumPy, `argmax`, rounding and in-place changes on the way from
    this variable to the loss. Counts of right answers, as in accuracy and F1, are steps without a slope: train with a
    cross-entropy and watch them as metrics, or count probabilities.

    ## References
    - Karpathy, A Recipe for Training Neural Networks (2019); Goodfellow et al., Deep Learning (2016), section 11.5
    """

    code = "D14"
    remedies = ("repair-custom-code", "match-loss-to-task")
    explains = (*RATES, *BLOCKED, *BREAKING, *NOT_LEARNING)
    error = Threshold(0.1, "relative: an automatic gradient that is right differs by rounding, below 0.01")
    floor = Threshold(10, "times the error that rounding explains")
    change = Threshold(1e-8, "SageMaker WeightUpdateRatio: update over weight below 1e-8")
    steps = Threshold(100, "steps after which a trained weight has moved")

    def check(
        self,
        progress: Progress,
        program: Program,
        test_gradient: Series | None = None,
        weight_change: Series | None = None,
    ) -> Outcome:
        """Ask for the test where own code learns little, and let it decide."""
        own = _own_code(program)
        if still := self._stands_still(program, weight_change, progress):
            return still
        if test_gradient is None:
            return self._suspect(progress, own, program)
        errors, floors = fact(test_gradient, "relative_error"), fact(test_gradient, "floor")
        names = items(test_gradient)
        known = [place for place in range(min(errors.size, floors.size, len(names))) if np.isfinite(errors[place])]
        if not known:
            return CannotTell("The test of the gradient gave no result.")
        worst = max(known, key=lambda place: errors[place])
        measured = (
            f"The gradient of {names[worst]} differs from the slope of the loss by {errors[worst]:.2g} of its size "
            f"(threshold {self.error.value:g}; rounding explains {floors[worst]:.2g})"
        )
        if not (errors[worst] > self.error.value and errors[worst] > self.floor.value * floors[worst]):
            return Clear(f"{measured}.")
        return self.found(
            f"{measured}; {progress.phrase}.",
            {**progress.evidence, "relative_error": errors[worst], "floor": floors[worst]},
            severity=Severity.ISSUE if progress.is_poor else Severity.TIP,
            confidence=0.9 if progress.is_poor else 0.6,
            where=own[0].where() if own else at_variable(program, names[worst]),
        )

    def _stands_still(self, program: Program, weight_change: Series | None, progress: Progress) -> Finding | None:
        """No matrix moves, however far it is from the loss: that one has no slope."""
        own = [*_own_losses(program), *["train_step"] * program.custom_train_step]
        moved, trained, spread = (fact(weight_change, name) for name in ("relative", "trained", "start_deviation"))
        if not own or not moved.size == trained.size == spread.size > 0 or not program.compile.highest_rate > 0:
            return None
        judged = moved[(trained == 1) & (spread > 0) & [is_kernel(name) for name in items(weight_change)]]
        if not judged.size or not (judged < self.change.value).all() or not progress.steps >= self.steps.value:
            return None
        return self.found(
            f"None of {judged.size} weight matrices moved in {progress.steps:.0f} steps (largest change "
            f"{judged.max():.2g} of its size, threshold {self.change.value:g}): {own[0]} gives no gradient.",
            {"change": judged.max(), "matrices": judged.size, "steps": progress.steps},
            confidence=0.9,
            where=at_compile(program),
        )

    def _suspect(self, progress: Progress, own: tuple[Layer, ...], program: Program) -> Outcome:
        losses = _own_losses(program)
        if not own and not losses and not program.custom_train_step:
            return Clear("The program has no layer, loss or train step of its own.")
        if not progress.is_poor:
            return Clear(f"The program's own code learns: {progress.phrase}.")
        parts = [layer.path for layer in own] + losses + ["train_step"] * program.custom_train_step
        finding = self.found(
            f"Little was learnt with code of the program's own ({', '.join(parts[:3])}): {progress.phrase}.",
            progress.evidence,
            confidence=0.3,
            where=own[0].where() if own else at_compile(program),
        )
        return Suspected(finding, ("gradient",))


def _own_losses(program: Program) -> list[str]:
    return [loss.kind for loss in program.compile.losses if loss.kind and not loss.module.startswith("keras")]


def _own_code(program: Program) -> tuple[Layer, ...]:
    return tuple(layer for layer in program.layers if layer.is_custom)
