"""Layers that are never trained although they have learnt nothing yet."""

from __future__ import annotations

import itertools
import math

import numpy as np

from vandap.core.finding import Finding, Severity, Threshold
from vandap.core.program import Layer, Program
from vandap.core.signals import Series
from vandap.diagnose.decisive import arm, gain, helpful
from vandap.diagnose.network import MAPS, RECURRENT, Graph, described, kind, setting
from vandap.diagnose.progress import ENOUGH_STEPS, Progress
from vandap.diagnose.reading import listed, number
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected
from vandap.diagnose.symptoms import SHOWN
from vandap.diagnose.watched import fact, is_kernel, items, layer_of

_CUTS = frozenset(
    {"StopGradient", "Argmax", "Argmin", "Argsort", "Round", "Floor", "Ceil", "Sign", "OneHot", "Greater",
     "GreaterEqual", "Less", "LessEqual", "Equal", "NotEqual"}
)  # fmt: skip
"""Operations that let no gradient through."""
_CUT_AT_TWO = 0.8796
"""Deviation of a normal distribution of deviation 1 that is cut at 2, as Keras cuts it."""
_LEARNING = MAPS | RECURRENT | {"Embedding"}
_READ_LATE = "Keras 3 reads `trainable` when the first step runs: freezing a model after `compile` freezes it, too."


class FrozenOrDisconnectedLayer(Rule):
    """Layers with weights get no gradient, so they stay as they were made.

    ## What it finds
    A model without a single trained weight; layers that reach the output only through an operation without a gradient
    (`stop_gradient`, `argmax`, `round`), or through a custom layer behind which weights move while those before it end
    as they began and no unit is dead; a frozen layer whose weights are still the random numbers of its initialiser,
    in a network that does not learn nearly all there is (of a short training: one that learns little, most of whose
    weights are such). Of a network that learns more, a decisive test must show that it learns surely and clearly better
    once they are trained; random features that do as well are no fault. Nor is a frozen layer that holds learnt weights
    (a pretrained backbone, word vectors), nor one that only looks random among others of the same model, most of which
    hold learnt weights: of a hundred kernels a few spread by chance as their initialiser would have it. Layers that
    were made and never called are a tip.

    ## Why it matters
    A random layer that cannot change passes on a random mixture of its inputs; all layers before a cut do the same.

    ## What to do
    Set `trainable = True` before `compile`, load the weights that were meant to be frozen, and replace the cut by
    something with a gradient (softmax for argmax). Keras 3 reads `trainable` when the first step runs, not when
    `compile` does. So a discriminator that is frozen for its generator, after its own `compile`, as was usual in
    Keras 2, is never trained: train both in one `train_step` with two optimisers.

    ## References
    - Amazon SageMaker Debugger, rule UnchangedTensor
    - Keras documentation, Transfer learning and fine-tuning
    """

    code = "B14"
    status = "stable"
    remedies = ("unfreeze-layer", "load-pretrained-weights", "connect-layer")
    explains = SHOWN
    spread = Threshold(0.1, "a kernel whose deviation differs by a tenth from its initialiser's holds learnt weights")
    shown = Threshold(0, "trained weights below which nothing can be learnt")
    most = Threshold(0.5, "share of all weights beyond which random layers are the network, and a short training tells")
    harmless = Threshold(0.8, "share of what there is to learn beyond which a random layer has cost little")
    dead = Threshold(0.99, "share of the units of a layer: dead ones stop the gradient, too")
    better = Threshold(
        0.05, "share of what there is to learn that training them must add: half of what penalties must cost"
    )

    def check(
        self,
        program: Program,
        weight_change: Series | None = None,
        progress: Progress | None = None,
        dead_units: Series | None = None,
        test_unfrozen: Series | None = None,
    ) -> Outcome:
        """Look for a model without trained weights, then for cuts, then for frozen random layers."""
        graph = Graph(program)
        weighted = [layer for layer in graph.layers if layer.parameters]
        if not weighted:
            return CannotTell("The program shows no layer with weights.")
        if sum(layer.trainable_parameters for layer in weighted) <= self.shown.value and program.compile.losses:
            count = sum(layer.parameters for layer in weighted)
            says = f"None of {count:,} weights is trained: every layer is frozen. {_READ_LATE}"
            return self.found(says, {"trained": 0, "weights": count}, confidence=0.97, where=weighted[-1].where())
        if cut := self._cut(graph) or self._stopped(graph, weight_change, progress, dead_units):
            return cut
        frozen = [layer for layer in weighted if kind(layer) in _LEARNING and not layer.trainable_parameters]
        raw = self._raw(frozen, graph, weight_change)
        if raw:
            return self._frozen(raw, sum(item.parameters for item in weighted), progress, test_unfrozen)
        return self._unused(graph) or Clear(self._praise(frozen))

    def _cut(self, graph: Graph) -> Finding | None:
        """Trained layers whose every way to the outputs passes an operation without a gradient."""
        if not graph.is_known:
            return None
        reached = _reached(graph)
        cuts = [layer for layer in graph.layers if layer.kind in _CUTS]
        lost = [item for item in graph.layers if item.trainable_parameters and id(item) not in reached]
        lost = [item for item in lost if any(id(item) in _above(graph, cut) for cut in cuts)]
        if not lost:
            return None
        return self.found(
            f"No gradient passes {cuts[-1].name} ({cuts[-1].kind}), so these layers are never trained: "
            f"{listed([item.name for item in lost])}.",
            {"layers": len(lost)},
            confidence=0.93,
            where=lost[-1].where(),
        )

    def _stopped(
        self, graph: Graph, change: Series | None, progress: Progress | None, dead_units: Series | None
    ) -> Finding | None:
        """Trained layers that ended exactly as they began, before a custom layer behind which others moved."""
        steps = progress.steps if progress is not None else 0
        if not steps >= ENOUGH_STEPS or (fact(dead_units, "dead") >= self.dead.value).any():
            return None
        moved = {
            id(layer_of(graph.program, name)): bool(ratio > 0)
            for name, ratio, trained in zip(
                items(change), fact(change, "relative"), fact(change, "trained"), strict=False
            )
            if trained == 1 and is_kernel(name)
        }
        still = [layer for layer in graph.layers if moved.get(id(layer)) is False]
        behind = graph.layers[graph.layers.index(still[-1]) + 1 :] if still else ()
        ahead = list(itertools.takewhile(lambda layer: not moved.get(id(layer)), behind))
        custom = next((layer for layer in ahead if layer.is_custom), None)
        if custom is None or len(ahead) == len(behind):
            return None
        return self.found(
            f"No gradient passes {custom.name} ({custom.kind}): {listed([item.name for item in still])} ended as they "
            f"began after {steps:.0f} steps, and what follows moved.",
            {"layers": len(still), "steps": steps},
            confidence=0.85,
            where=custom.where(),
        )

    def _raw(self, frozen: list[Layer], graph: Graph, weight_change: Series | None) -> list[Layer]:
        """Frozen layers with the weights of their initialiser, in holders that hold no learnt weights else."""
        is_raw = {id(layer): self._is_raw(layer, weight_change) for layer in frozen if _was_seen(layer, weight_change)}
        learnt = {_holder(layer) for layer in graph.layers if _has_learnt_moments(layer, weight_change)}
        for holder in {_holder(layer) for layer in frozen}:
            judged = [is_raw[id(layer)] for layer in frozen if _holder(layer) == holder and id(layer) in is_raw]
            if sum(judged) < len(judged) / 2:
                learnt.add(holder)
        return [layer for layer in frozen if is_raw.get(id(layer)) and _holder(layer) not in learnt]

    def _is_raw(self, layer: Layer, weight_change: Series | None) -> bool:
        """Whether a layer's weights were still those of its initialiser when the training started."""
        bias = _variable(layer, "bias", weight_change)
        spread, shift = (number(weight_change, bias, fact) for fact in ("start_deviation", "start_mean"))
        if (spread > 0 or abs(shift) > 0) and not _is_forget_bias(layer, spread, shift):
            return False
        name = _kernel(layer)
        kernel = _variable(layer, name, weight_change)
        start, size = (number(weight_change, kernel, fact) for fact in ("start_deviation", "start_size"))
        expected = _expected_spread(layer, name, size) if 0 < size < math.inf else math.nan
        return expected > 0 and abs(start / expected - 1) < self.spread.value + 3 / math.sqrt(2 * size)

    def _frozen(self, raw: list[Layer], weights: int, progress: Progress | None, test: Series | None) -> Outcome:
        share = sum(item.parameters for item in raw) / weights
        course = f" {progress.phrase[0].upper()}{progress.phrase[1:]}." if progress is not None else ""
        says = (
            f"Frozen with the random weights of the initialiser: {listed([item.name for item in raw])}, {share:.0%} of "
            f"all weights.{course}"
        )
        facts = {"layers": float(len(raw)), "weights": float(sum(item.parameters for item in raw)), "share": share}
        if progress is not None and self._is_harmful(progress, share):
            return self.found(says, facts, confidence=0.85, where=raw[0].where())
        tip = self.found(says, facts, severity=Severity.TIP, confidence=0.5, where=raw[0].where())
        if progress is None or not progress.has_come_to_rest or progress.learnt > 1 - self.better.value:
            return tip
        return self._by_test(tip, progress, test)

    def _by_test(self, tip: Finding, progress: Progress, test: Series | None) -> Outcome:
        """Of a network that learns: whether it would learn more, were all of it trained."""
        real, unfrozen = arm(test, "real"), arm(test, "unfrozen")
        if not unfrozen.is_known:
            return Suspected(tip, ("unfrozen",))
        winner = helpful(test, "unfrozen", progress, self.better.value)
        if winner is None and unfrozen.is_surely_lower:
            return tip
        if winner is None:
            return Clear(f"{tip.message} Trained with the others, they make the network no better.")
        return self.found(
            f"{tip.message} Trained with the others, the same network reaches {winner.instead_of(real)}.",
            {**tip.evidence, "gain": gain(progress, real, winner)},
            confidence=0.9,
            where=tip.where,
        )

    def _is_harmful(self, progress: Progress, share: float) -> bool:
        """Whether random layers cost something: seen after a long training, or where most of the network is random."""
        if progress.steps >= ENOUGH_STEPS:
            far = progress.learnt
            return not far > self.harmless.value if math.isfinite(far) or progress.broke else progress.is_poor
        return share > self.most.value and progress.is_poor

    def _unused(self, graph: Graph) -> Finding | None:
        called = any(layer.calls for layer in graph.layers)
        unused = [item for item in graph.layers if kind(item) in _LEARNING and not item.parameters and not item.calls]
        if not called or not unused:
            return None
        return self.found(
            f"Made, but never called: {listed([item.name for item in unused])}.",
            {"layers": len(unused)},
            severity=Severity.TIP,
            confidence=0.6,
            where=unused[0].where(),
        )

    def _praise(self, frozen: list[Layer]) -> str:
        return (
            f"The frozen layers hold learnt weights, or their start was not seen: {len(frozen)}."
            if frozen
            else "Every layer with weights is trained and connected."
        )


def _reached(graph: Graph) -> set[int]:
    """Layers from which some output is reached without a cut."""
    reached: set[int] = set()
    waiting = list(graph.last)
    while waiting:
        layer = waiting.pop()
        if id(layer) in reached or layer.kind in _CUTS:
            continue
        reached.add(id(layer))
        waiting.extend(graph.before(layer))
    return reached


def _above(graph: Graph, layer: Layer) -> set[int]:
    """Layers that feed this one, however far up."""
    seen: set[int] = set()
    waiting = graph.before(layer)[:]
    while waiting:
        other = waiting.pop()
        if id(other) not in seen:
            seen.add(id(other))
            waiting.extend(graph.before(other))
    return seen


def _kernel(layer: Layer) -> str:
    return "embeddings" if layer.kind == "Embedding" else "kernel"


def _holder(layer: Layer) -> tuple[str, str]:
    """The nested model or the package that a layer came with, whose weights are loaded together."""
    return layer.parent, layer.site.through


def _was_seen(layer: Layer, weight_change: Series | None) -> bool:
    """Whether the weights with which a layer began were seen."""
    return number(weight_change, _variable(layer, _kernel(layer), weight_change), "start_size") > 0


def _has_learnt_moments(layer: Layer, weight_change: Series | None) -> bool:
    """Whether a frozen batch normalisation began with other moments than 0 and 1, which it can only have learnt."""
    if layer.kind != "BatchNormalization" or layer.trainable_parameters:
        return False
    told = [_variable(layer, name, weight_change) for name in ("moving_mean", "moving_variance")]
    mean, variance = (number(weight_change, name, "start_mean") for name in told)
    spreads = [number(weight_change, name, "start_deviation") for name in told]
    return max(spreads) > 0 or abs(mean) > 0 or abs(variance - 1) > 0


def _variable(layer: Layer, name: str, weight_change: Series | None) -> str:
    """The layer's first variable of this name: its own, or its cell's."""
    known = [item for item in items(weight_change) if item.startswith(f"{layer.path}/")]
    return next((item for item in known if item.endswith(f"/{name}")), f"{layer.path}/{name}")


def _is_forget_bias(layer: Layer, spread: float, shift: float) -> bool:
    """Whether these are the moments of an LSTM's first bias: ones for the forget gate, zeros for the other three."""
    is_lstm = "LSTM" in (kind(layer), described(layer.settings, "layer")[0])
    return is_lstm and math.isclose(shift, 1 / 4, rel_tol=1e-3) and math.isclose(spread, math.sqrt(3) / 4, rel_tol=1e-3)


def _expected_spread(layer: Layer, name: str, size: float) -> float:
    """Deviation of what the initialiser draws for so many numbers; NaN where it is not known."""
    own = layer.settings if layer.kind != "Bidirectional" else described(layer.settings, "layer")[1]
    kind_, config = described(own, f"{name}_initializer")
    fan_in, fan_out = _fans(layer, size)
    if kind_ in ("GlorotUniform", "GlorotNormal"):
        return math.sqrt(2 / (fan_in + fan_out))
    if kind_ in ("HeUniform", "HeNormal", "LecunUniform", "LecunNormal"):
        return math.sqrt((2 if kind_.startswith("He") else 1) / fan_in)
    if kind_ == "VarianceScaling":
        fans = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}
        return math.sqrt(max(setting(config, "scale"), 0.0) / fans.get(str(config.get("mode")), math.nan))
    if kind_ == "TruncatedNormal":
        return _CUT_AT_TWO * setting(config, "stddev")
    if kind_ == "RandomUniform":
        return float(np.ptp([config.get("minval", math.nan), config.get("maxval", math.nan)])) / math.sqrt(12)
    return float(config.get("stddev", math.nan)) if kind_ == "RandomNormal" else math.nan


def _fans(layer: Layer, size: float) -> tuple[float, float]:
    """Numbers that enter and leave a unit, from the size of the kernel: a recurrent one holds several gates."""
    given = layer.settings.get("kernel_size")
    window = math.prod(item for item in given if isinstance(item, int)) if isinstance(given, list | tuple) else 1
    entering = layer.input_shape[-1] if layer.input_shape else None
    fan_in = float(entering or math.nan) * window
    return fan_in, size / fan_in * window
