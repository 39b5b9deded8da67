"""Inputs whose scale keeps the network from learning."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from vandap.core.finding import Finding, Severity, Threshold, Where
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.decisive import Arm, arm, gain, helpful, multiples
from vandap.diagnose.intake import Scale, scales, unscaled
from vandap.diagnose.progress import POOR, STUCK, WORSE, Progress
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected
from vandap.diagnose.symptoms import SHOWN


class UnscaledInputs(Rule):
    """The inputs come in units that the network learns badly from.

    ## What it finds
    Inputs far from zero mean and unit deviation that go straight into a layer with weights, if the network learns
    clearly better when the same inputs are standardised: the decisive test trains both for equally many steps from the
    same first weights. Large numbers alone are no fault; a `Rescaling`, `Normalization` or batch normalisation at the
    entrance, and numbers of tokens, settle the matter at once. If even then the best constant answer is not beaten and
    the training examples are not learnt, the learning rate may be wrong as well, and each fault hides the other: a
    second test trains on standardised inputs at other rates. Where one of them learns, both are named. Where none
    does, it is a tip, as something else is to blame first, unless the inputs made it far worse than that answer.

    ## Why it matters
    The gradient of a weight is the error times its input. With inputs of several hundred, steps that suit them are far
    too long for everything else: the loss jumps, units die or saturate, and lower learning rates crawl.

    ## What to do
    `x / 255` or a `Rescaling` layer for images; `Normalization` adapted on the training rows, or scikit-learn's
    `StandardScaler` fitted on them, for tables.

    ## References
    - LeCun, Bottou, Orr, Mueller, Efficient BackProp (1998), section 4.3
    - UMLAUT: Schoop et al. (2021); TheDeepChecker: Ben Braiek and Khomh (2022); alone, their rule flags every raw image
    """

    code = "A2"
    status = "stable"
    remedies = ("standardise-inputs", "rescale-images", "compare-learning-rates")
    explains = SHOWN
    size = Threshold(3, "root mean square; standardised inputs have 1, images in [0, 1] about 0.5")
    better = Threshold(0.05, "share of what there is to learn that standardising must add on held-out examples")

    far_better = Threshold(0.25, "the same, for inputs and learning rate together beyond every other rate alone")

    def check(
        self,
        program: Program,
        input_statistics: Series,
        progress: Progress | None = None,
        test_standardised_input: Series | None = None,
        test_scaled_rates: Series | None = None,
        test_learning_rate: Series | None = None,
    ) -> Outcome:
        """Look at the scale and at the entrance, then at the tests."""
        known = scales(input_statistics)
        if not known:
            return CannotTell("The scale of the inputs was not observed.")
        takers = unscaled(program, input_statistics)
        if not takers:
            return Clear("The first layers take inputs of any scale.")
        name = max(takers, key=lambda item: known[item].size)
        scale, layer = known[name], takers[name]
        if scale.size <= self.size.value:
            return Clear(f"The inputs have a root mean square of {scale.size:.2g} (threshold {self.size.value:g}).")
        where = layer.where("data") if layer else Where("data")
        if not arm(test_standardised_input, "standardised").is_known or progress is None:
            return Suspected(self._finding(name, scale, "", math.nan, where), ("standardised_input",))
        rates = _Rates(progress, test_scaled_rates, test_learning_rate)
        return self._by_test(name, scale, where, progress, test_standardised_input, rates)

    def _by_test(
        self, name: str, scale: Scale, where: Where, progress: Progress, test: Series | None, rates: _Rates
    ) -> Outcome:
        real, scaled = arm(test, "real"), arm(test, "standardised")
        winner = helpful(test, "standardised", progress, self.better.value)
        says = "" if winner is None else f" Standardised, the same network reaches {winner.instead_of(real)}."
        learns = progress.learnt_at(scaled.held_out) >= STUCK or progress.learnt_at(scaled.train) >= POOR
        settled = learns or progress.is_worse_than_nothing or not math.isfinite(progress.trivial)
        if winner is not None and settled:
            return self._finding(name, scale, says, gain(progress, real, winner), where)
        doubt = self._finding(name, scale, says, math.nan, where)
        if math.isfinite(progress.trivial) and not learns and not progress.learnt >= POOR:
            if rates.are_open:
                return Suspected(replace(doubt, confidence=0.6 if says else 0.4), ("scaled_rates", "learning_rate"))
            if best := rates.best:
                added = progress.learnt_at(best.held_out) - max(progress.learnt_at(real.held_out), 0.0)
                both = self._finding(name, scale, f"{says or _neither(real, scaled)}{_both(best)}", added, where)
                return replace(both, remedies=(*both.remedies, "compare-learning-rates"))
        if winner is None:
            return Clear(
                f"The inputs have a root mean square of {scale.size:.3g}, but standardising them does not help: "
                f"held-out loss {real.held_out:.3g} as they are, {scaled.held_out:.3g} standardised."
            )
        harms = min(progress.end, real.held_out) > WORSE * progress.trivial
        told = replace(doubt, message=f"{doubt.message}{_not_alone(scale, progress, harms)}")
        return told if harms else replace(told, severity=Severity.TIP, confidence=0.4)

    def _finding(self, name: str, scale: Scale, says: str, added: float, where: Where) -> Finding:
        found = self.found(
            f"The input{_named(name)} runs from {scale.minimum:.4g} to {scale.maximum:.4g} "
            f"(mean {scale.mean:.3g}, deviation {scale.deviation:.3g}; threshold {self.size.value:g}) "
            f"and enters unscaled.{says}",
            {"size": scale.size, "mean": scale.mean, "deviation": scale.deviation, "gain": added},
            confidence=0.92 if says else 0.4,
            where=where,
        )
        return replace(found, remedies=self.remedies[:2] if scale.may_be_pixels else self.remedies[:1])


@dataclass(frozen=True)
class _Rates:
    """Other learning rates, on standardised inputs and on the user's own.

    Args:
        progress: How far the watched training came.
        scaled: `test_scaled_rates`.
        own: `test_learning_rate`.
    """

    progress: Progress
    scaled: Series | None
    own: Series | None

    @property
    def are_open(self) -> bool:
        """Whether other rates were not tried, for standardised inputs or for the user's own."""
        return self.scaled is None or self.own is None

    @property
    def best(self) -> Arm | None:
        """The best rate for standardised inputs, if it learns what no rate learns from the user's own."""
        better = [item for item in _others(self.scaled) if item.is_surely_lower]
        found = min(better, key=lambda item: item.held_out, default=None)
        if found is None or self.own is None or self._learnt(found) < POOR:
            return None
        watched = self.progress.learnt if math.isfinite(self.progress.learnt) else -math.inf
        own = max([watched, *map(self._learnt, _others(self.own))])
        return found if self._learnt(found) > own + UnscaledInputs.far_better.value else None

    def _learnt(self, tried: Arm) -> float:
        learnt = self.progress.learnt_at(tried.held_out)
        return learnt if math.isfinite(learnt) else -math.inf


def _others(test: Series | None) -> list[Arm]:
    return [arm(test, name) for name in (*multiples(test, above=True), *multiples(test, above=False))]


def _not_alone(scale: Scale, progress: Progress, harms: bool) -> str:
    """What is said where standardised inputs help, and no more is learnt from them."""
    says = " That is still no better than the best constant answer: something else keeps it from learning"
    if harms:
        says += f", but unscaled it does far worse than that answer, whose loss is {progress.trivial:.3g}"
    codes = " Should these whole numbers stand for words or categories, an Embedding looks them up."
    return f"{says}.{codes if scale.may_be_codes else ''}"


def _neither(real: Arm, scaled: Arm) -> str:
    return (
        f" Standardised at the same learning rate, the network reaches a held-out loss of {scaled.held_out:.3g} "
        f"instead of {real.held_out:.3g}."
    )


def _both(best: Arm) -> str:
    return (
        f" At {best.name} the learning rate, standardised inputs reach {best.held_out:.3g} (95 % interval of the "
        f"difference to the rate as it is: {best.low:.3g} to {best.high:.3g}): both have to be changed."
    )


def _named(name: str) -> str:
    """The name, unless it is the one that a single input has by default."""
    return "" if name == "input" else f" {name}"
