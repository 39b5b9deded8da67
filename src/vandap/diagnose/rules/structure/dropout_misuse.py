"""Dropout that drops too much, or stands where it does harm."""

from __future__ import annotations

import math

from vandap.core.finding import Finding, Severity, Threshold
from vandap.core.program import Layer, Program
from vandap.core.signals import Series
from vandap.diagnose.network import DROPOUTS, Graph, described, setting
from vandap.diagnose.progress import Progress
from vandap.diagnose.reading import number
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected
from vandap.diagnose.symptoms import SHOWN


class DropoutMisuse(Rule):
    """Dropout removes so much, or stands at such a place, that the model cannot learn what the data hold.

    ## What it finds
    Dropout after the output layer; a rate that leaves next to nothing; a high rate (alone or of several dropouts in a
    row, or inside a recurrent or attention layer) that costs a good part of the loss in training mode. Dropout right
    before batch normalisation is a tip. A high rate that costs little is no fault: wide layers bear it.

    ## Why it matters
    Dropout on the output erases answers at random, so the loss of those examples is whatever the number 0 costs. Where
    only a handful of units is left in each step, the network learns to be unsure of everything.

    ## What to do
    Take dropout away from behind the output. Lower the rate to 0.2 to 0.5, or drop it altogether and see whether the
    model overfits at all.

    ## References
    - Srivastava et al., Dropout (2014): hidden rates of 0.5 and less
    - UMLAUT: Schoop et al. (2021), "dropout rate above 0.5"
    - Li et al., Understanding the Disharmony between Dropout and Batch Normalization (2019)
    """

    code = "B8"
    status = "stable"
    remedies = ("remove-dropout-after-output", "lower-dropout-rate")
    explains = SHOWN
    nothing_left = Threshold(0.95, "one unit in twenty or less is left")
    high = Threshold(0.5, "UMLAUT; Srivastava et al.: hidden rates of 0.5 and less")
    drowned = Threshold(0.8, "one unit in five is left, and in training the loss is above the best constant answer's")
    cost = Threshold(0.25, "share of the loss of the best constant answer that dropout costs; 0.02 to 0.1 is usual")

    def check(
        self,
        program: Program,
        inference_loss: Series | None = None,
        progress: Progress | None = None,
        test_inference_mode: Series | None = None,
    ) -> Outcome:
        """Judge the places first, then the rates, then what they cost."""
        graph = Graph(program)
        if not graph.layers:
            return CannotTell("The program shows no layer.")
        drops = [(layer, _rate(graph, layer)) for layer in graph.layers]
        drops = [(layer, rate) for layer, rate in drops if rate > 0]
        if not drops:
            return Clear("There is no dropout.")
        if placed := self._place(graph, [layer for layer, _ in drops]):
            return placed
        layer, rate = max(drops, key=lambda item: item[1])
        evidence = {"rate": rate}
        learns = progress is not None and progress.is_good
        if rate >= self.nothing_left.value and layer.kind in DROPOUTS and not learns:
            says = f"{layer.name} drops {rate:.0%} of what enters it (threshold {self.nothing_left.value:.0%})."
            return self.found(says, evidence, confidence=0.95, where=layer.where())
        if rate > self.high.value:
            return self._by_cost(layer, rate, _modes(inference_loss, test_inference_mode), progress)
        return self._order(graph, [layer for layer, _ in drops]) or Clear(
            f"The highest dropout rate is {rate:.2g} (threshold {self.high.value:g})."
        )

    def _place(self, graph: Graph, drops: list[Layer]) -> Finding | None:
        ends = [layer for layer in graph.last if layer in drops and not graph.is_open(layer)]
        if not ends or not graph.heads:
            return None
        return self.found(
            f"{ends[0].name} stands after the output layer and erases answers at random.",
            {"rate": setting(ends[0].settings, "rate")},
            confidence=0.97,
            where=ends[0].where(),
        )

    def _by_cost(self, layer: Layer, rate: float, modes: tuple[float, float], progress: Progress | None) -> Outcome:
        training, inference = modes
        scale = _scale(progress)
        cost = (training - inference) / scale
        rated = f"{layer.name} drops {rate:.0%} of what enters it (threshold {self.high.value:.0%})"
        evidence = {"rate": rate, "cost": cost}
        drowned = rate >= self.drowned.value and progress is not None and progress.learnt < 0 and cost > 0
        if cost > self.cost.value or drowned:
            return self.found(
                f"{rated}, which costs {cost:.0%} of the loss that there is to lose (threshold {self.cost.value:.0%}): "
                f"{training:.3g} in training mode, {inference:.3g} without dropout.",
                evidence,
                confidence=0.8,
                where=layer.where(),
            )
        if math.isfinite(cost):
            return Clear(f"{rated}, but costs only {cost:.0%} of the loss (threshold {self.cost.value:.0%}).")
        return Suspected(self.found(f"{rated}.", evidence, confidence=0.4, where=layer.where()), ("inference_mode",))

    def _order(self, graph: Graph, drops: list[Layer]) -> Finding | None:
        for layer in drops:
            if any(after.kind == "BatchNormalization" for after in graph.after(layer)):
                return self.found(
                    f"{layer.name} stands right before a batch normalisation, whose averages then differ between "
                    "training and use.",
                    {"rate": setting(layer.settings, "rate")},
                    severity=Severity.TIP,
                    confidence=0.5,
                    where=layer.where(),
                )
        return None


def _rate(graph: Graph, layer: Layer) -> float:
    """The share that is dropped, by the dropouts right before it, too; 0 for layers that drop nothing."""
    if layer.kind not in DROPOUTS:
        return _inner_rate(layer)
    rate = setting(layer.settings, "rate")
    kept = 1 - rate if 0 <= rate <= 1 else 1.0
    for other in graph.upstream(layer):
        if other.kind not in DROPOUTS:
            break
        earlier = setting(other.settings, "rate")
        kept *= 1 - earlier if 0 <= earlier <= 1 else 1.0
    return 1 - kept


def _inner_rate(layer: Layer) -> float:
    """The highest rate that a layer applies to its inputs, to its state or to its attention."""
    if layer.is_custom:
        return 0.0
    own = layer.settings if layer.kind != "Bidirectional" else described(layer.settings, "layer")[1]
    rates = (setting(own, name) for name in ("dropout", "recurrent_dropout"))
    return max((rate for rate in rates if 0 <= rate <= 1), default=0.0)


def _modes(inference_loss: Series | None, test: Series | None) -> tuple[float, float]:
    tested = number(test, "train", "loss"), number(test, "inference", "loss")
    if all(map(math.isfinite, tested)):
        return tested
    return number(inference_loss, "train_mode"), number(inference_loss, "inference_mode")


def _scale(progress: Progress | None) -> float:
    if progress is None:
        return math.nan
    scale = progress.trivial if math.isfinite(progress.trivial) else progress.start
    return scale if scale > 0 else math.nan
