"""Regularisation that outweighs the data."""

from __future__ import annotations

import math
from typing import NamedTuple

from vandap.core.finding import Threshold, Where
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.decisive import arm, gain, helpful
from vandap.diagnose.network import MAPS, RECURRENT, Graph, described, kind, setting
from vandap.diagnose.observed import BINARY, CATEGORICAL, SPARSE
from vandap.diagnose.progress import Progress
from vandap.diagnose.reading import number
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected
from vandap.diagnose.symptoms import SHOWN
from vandap.diagnose.watched import at_optimizer, learning_rate

_PLACES = ("kernel_regularizer", "recurrent_regularizer", "embeddings_regularizer", "activity_regularizer")


class _Penalty(NamedTuple):
    where: Where
    says: str
    strength: float


class RegularisationMisuse(Rule):
    """The penalty on the weights is so strong that the model prefers small weights to right answers.

    ## What it finds
    L1, L2 or weight decay on every layer, of a strength at which a classifier does best by having no weights at all;
    and weaker ones, or such on some layers only, when the training shows it: the penalty shrinks and the loss of the
    data stays. Where little is learnt and a penalty is large, the one-batch test, which switches penalties off,
    decides. Where more is learnt, a test must show that the same network learns surely and clearly better without.

    ## Why it matters
    The optimiser minimises the sum. If the penalty's part of the gradient is the larger one, the weights go to zero,
    and every example gets the same answer.

    ## What to do
    Divide the strength by ten until the loss of the data falls; 1e-4 is a usual L2, 0.01 a usual weight decay.

    ## References
    - TheDeepChecker: Ben Braiek and Khomh (2022), regularisation against data gradient
    - Goodfellow, Bengio, Courville, Deep Learning (2016), section 7.1
    """

    code = "B13"
    status = "stable"
    remedies = ("weaken-regularisation", "remove-regularisation")
    explains = SHOWN
    hopeless = Threshold(1, "L2 (L1 counted tenfold): a weight of 1 then costs as much as a wrong answer")
    strong = Threshold(0.05, "L2 (L1 counted tenfold): five times the strength that Keras takes for the word 'l2'")
    decay = Threshold(0.05, "share of every weight that weight decay takes away in one step")
    shrunk = Threshold(0.1, "the penalty fell to a tenth of its first value")
    better = Threshold(0.1, "share of what there is to learn that leaving penalties out must add on held-out examples")
    one_batch = Threshold(0.05, "TheDeepChecker: at most 5 % wrong on one batch means that the network can learn")

    def check(
        self,
        program: Program,
        loss_parts: Series | None = None,
        progress: Progress | None = None,
        test_one_batch: Series | None = None,
        test_without_penalties: Series | None = None,
    ) -> Outcome:
        """Find the strongest penalty, then ask whether it does harm."""
        graph = Graph(program)
        if not graph.layers:
            return CannotTell("The program shows no layer.")
        penalties = [*self._of_layers(graph), *self._of_optimizer(program)]
        if not penalties:
            return Clear("There is no penalty on weights.")
        worst = max(penalties, key=lambda item: item.strength)
        if progress is not None and progress.is_good and worst.strength < self.strong.value:
            return Clear(f"{worst.says} does not keep the network from learning: {progress.phrase}.")
        if progress is not None and not progress.is_poor and worst.strength >= self.strong.value:
            return self._by_cost(worst, progress, test_without_penalties)
        classes = all(item.kind in SPARSE | CATEGORICAL | BINARY for item in program.compile.losses)
        everywhere = _weakest(graph, penalties) >= self.hopeless.value
        if everywhere and classes and program.compile.losses:
            says = f"{worst.says} is so strong that no weights at all cost least (threshold {self.hopeless.value:g})."
            return self.found(says, {"strength": worst.strength}, confidence=0.93, where=worst.where)
        if progress is None:
            return self._unsure(worst)
        return self._by_course(worst, loss_parts, progress, number(test_one_batch, "model", "errors"))

    def _of_layers(self, graph: Graph) -> list[_Penalty]:
        found = []
        for layer in graph.layers:
            for place in _PLACES:
                name, config = described(layer.settings, place)
                parts = [setting(config, "l1") * 10, setting(config, "l2"), setting(config, "factor")]
                strength = max((part for part in parts if math.isfinite(part)), default=0.0)
                if name and strength > 0:
                    found.append(_Penalty(layer.where(), f"The {place} of {layer.name} ({_shown(config)})", strength))
        return found

    def _of_optimizer(self, program: Program) -> list[_Penalty]:
        settings = program.compile.settings
        decay, rate = setting(settings, "weight_decay"), learning_rate(program)
        if not decay > 0 or not rate > 0:
            return []
        strength = decay * rate / self.decay.value * self.hopeless.value
        return [_Penalty(at_optimizer(program), f"weight_decay={decay:g} of {program.compile.optimizer}", strength)]

    def _by_cost(self, worst: _Penalty, progress: Progress, test: Series | None) -> Outcome:
        """Of a network that learns something: whether it would learn more without."""
        says = f"{worst.says} is strong (threshold {self.strong.value:g}), and {progress.phrase}"
        if not arm(test, "without").is_known:
            doubt = self.found(f"{says}.", {"strength": worst.strength}, confidence=0.4, where=worst.where)
            return Suspected(doubt, ("without_penalties",))
        winner = helpful(test, "without", progress, self.better.value)
        if winner is None:
            return Clear(f"{says}, but without it the network learns no better.")
        return self.found(
            f"{says}. Without any, the same network reaches {winner.instead_of(arm(test, 'real'))}.",
            {"strength": worst.strength, "gain": gain(progress, arm(test, "real"), winner)},
            confidence=0.85,
            where=worst.where,
        )

    def _unsure(self, worst: _Penalty) -> Outcome:
        if worst.strength < self.strong.value:
            return Clear(f"{worst.says} is weaker than the threshold of {self.strong.value:g}.")
        says = f"{worst.says} is strong (threshold {self.strong.value:g})."
        return Suspected(
            self.found(says, {"strength": worst.strength}, confidence=0.4, where=worst.where), ("one_batch",)
        )

    def _by_course(self, worst: _Penalty, parts: Series | None, progress: Progress, errors: float) -> Outcome:
        first, last = number(parts, "penalty_first"), number(parts, "penalty_last")
        data = number(parts, "data_last")
        outweighs = max(first, last) > self.strong.value * data
        evidence = {"strength": worst.strength, "penalty_first": first, "penalty_last": last, "data_last": data}
        if not progress.is_poor or not (worst.strength >= self.strong.value or outweighs):
            return Clear(f"{worst.says} is not what keeps the loss up.")
        if last < self.shrunk.value * first and not progress.broke:
            return self.found(
                f"{worst.says} shrank the weights (penalty {first:.3g} to {last:.3g}, threshold "
                f"{self.shrunk.value:g} of it) while {progress.phrase}.",
                evidence,
                confidence=0.85,
                where=worst.where,
            )
        if errors <= self.one_batch.value:
            return self.found(
                f"{worst.says} outweighs the data: {progress.phrase}; without it one batch is learnt by heart "
                f"({errors:.0%} wrong, threshold {self.one_batch.value:.0%}).",
                {**evidence, "errors": errors},
                confidence=0.8,
                where=worst.where,
            )
        if math.isfinite(errors):
            return Clear(f"Without {worst.says} one batch cannot be learnt either ({errors:.0%} wrong).")
        return Suspected(
            self.found(f"{worst.says} is strong, and {progress.phrase}.", evidence, confidence=0.5, where=worst.where),
            ("one_batch",),
        )


def _weakest(graph: Graph, penalties: list[_Penalty]) -> float:
    """The weakest of the strongest penalties of all kernels: a layer that is free makes up for the small others."""
    everywhere = max((item.strength for item in penalties if item.where.layer is None), default=0.0)
    kernels = [layer.path for layer in graph.layers if kind(layer) in MAPS | RECURRENT and layer.trainable_parameters]
    own = [max((item.strength for item in penalties if item.where.layer == path), default=0.0) for path in kernels]
    return max(everywhere, min(own, default=0.0))


def _shown(config: object) -> str:
    items = config.items() if hasattr(config, "items") else ()
    return ", ".join(f"{name}={value:g}" for name, value in items if isinstance(value, int | float) and value)
