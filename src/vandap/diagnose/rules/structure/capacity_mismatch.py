"""A network too narrow to hold the answer, or far too large for the data."""

from __future__ import annotations

import math

from vandap.core.finding import PRECAUTION, Severity, Threshold
from vandap.core.program import Layer, Program
from vandap.core.signals import Series
from vandap.diagnose.decisive import arm, gain, helpful
from vandap.diagnose.network import AVERAGE_POOLS, MAX_POOLS, RECURRENT, Graph, Head
from vandap.diagnose.observed import BINARY, CATEGORICAL, REGRESSION, SPARSE
from vandap.diagnose.progress import Progress
from vandap.diagnose.reading import number
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected
from vandap.diagnose.symptoms import SHOWN


class CapacityMismatch(Rule):
    """A hidden layer is too narrow for the answers, or the network is far too large for the data.

    ## What it finds
    On the way to a classifier's or a regression's output, a dense layer of a single unit, or a dense, recurrent or
    pooling layer that passes on fewer values than are needed to tell the classes apart (the binary logarithm of their
    number). Other narrow layers, a recurrent one before a number (one state may be all it takes), and those of a model
    whose own code may lead values past them, are suspected, and the one-batch test decides: a network that cannot learn
    one batch by heart is too small or wired wrongly. A few units that suffice by their number, in a training that came
    to rest well before all was learnt, are an issue where the same network, built anew with a wide layer, learns surely
    and far better than it does as it is, on held-out and on training examples.
    Millions of weights for a few hundred examples are a tip. The narrow code of an autoencoder is no fault.

    ## Why it matters
    What a narrow layer drops, no later layer brings back. Everything that the output can say is then a function of one
    or two numbers.

    ## What to do
    Widen the layer: at least as many units as classes, usually 16 or more.

    ## References
    - TheDeepChecker: Ben Braiek and Khomh (2022): fit of a single batch
    - Karpathy, A Recipe for Training Neural Networks (2019): "overfit one batch"
    """

    code = "B10"
    status = "stable"
    remedies = ("widen-layer", "use-simpler-model")
    explains = SHOWN
    narrow = Threshold(0.5, "units for each class below which a layer is suspected")
    sure = Threshold(0.8, "of what there is to learn: above it a layer that is too narrow by its plan did no harm")
    doubtful = Threshold(0.5, "of what there is to learn: above it a narrow layer is not asked about")
    errors = Threshold(0.05, "TheDeepChecker: more than 5 % wrong answers on one batch that was learnt by heart")
    few = Threshold(
        8, "units, or as many as there are classes: below them a wider layer is tried where much is not learnt"
    )
    better = Threshold(
        0.25, "share of what there is to learn that width must add: few layers have the best one (see C10)"
    )
    weights_per_example = Threshold(50_000, "weights for each training example: an image network on two hundred images")

    def check(
        self,
        program: Program,
        progress: Progress | None = None,
        test_one_batch: Series | None = None,
        test_wider: Series | None = None,
    ) -> Outcome:
        """Look for the narrowest dense layer before each output."""
        graph = Graph(program)
        if not graph.heads:
            return CannotTell("It is not known which layers lead to the outputs.")
        found = [(layer, head) for head in graph.heads for layer in _narrowing(graph, head)]
        if not found:
            return self._size(program) or Clear("No layer narrows the way to an output.")
        outcome = self._by_plan(program, graph, found, progress, test_one_batch)
        return self._by_width(outcome, found, progress, test_wider) if isinstance(outcome, Clear) else outcome

    def _by_plan(
        self,
        program: Program,
        graph: Graph,
        found: list[tuple[Layer, Head]],
        progress: Progress | None,
        test_one_batch: Series | None,
    ) -> Outcome:
        """Compare the narrowest layer with what the answers need; where the plan leaves doubt, let one batch decide."""
        layer, head = min(found, key=lambda item: _values(item[0]) / _needed(item[1]))
        width, needed = _values(layer), _needed(head)
        is_sure = not graph.is_open(head.layer) and not (layer.kind in RECURRENT and head.loss.kind in REGRESSION)
        evidence = {"units": width, "needed": needed, "outputs": head.units}
        says = (
            f"All that the output with {head.units:.0f} units can say passes {layer.name}, which is {width:.0f} wide "
            f"(at least {needed:.0f} can tell the answers apart)."
        )
        is_hopeless = width < needed and is_sure and head.units > 2  # a single number may be all that two classes need
        enough = self.sure.value if is_hopeless else self.doubtful.value
        if progress is not None and progress.is_good and not progress.learnt < enough:
            return self._size(program) or Clear(f"The narrowest layer has {width:.0f} values, and the network learns.")
        if width < needed and is_sure:
            return self.found(says, evidence, confidence=0.9, where=layer.where())
        if width < max(self.narrow.value * head.units, needed):
            return self._by_test(layer, says, evidence, number(test_one_batch, "model", "errors"))
        return self._size(program) or Clear(f"The narrowest layer on the way to an output has {width:.0f} values.")

    def _by_test(self, layer: Layer, says: str, evidence: dict[str, float], errors: float) -> Outcome:
        if errors > self.errors.value:
            return self.found(
                f"{says} One batch could not be learnt by heart: {errors:.0%} wrong "
                f"(threshold {self.errors.value:.0%}).",
                {**evidence, "errors": errors},
                confidence=0.85,
                where=layer.where(),
            )
        if math.isfinite(errors):
            return Clear(f"{layer.name} is narrow, but one batch is learnt by heart ({errors:.0%} wrong).")
        return Suspected(self.found(says, evidence, confidence=0.4, where=layer.where()), ("one_batch",))

    def _by_width(
        self, clear: Clear, found: list[tuple[Layer, Head]], progress: Progress | None, test: Series | None
    ) -> Outcome:
        """Of a training that came to rest early: whether the network learns far more once its few units are many."""
        few = [
            layer for layer, head in found if layer.kind == "Dense" and _values(layer) < max(self.few.value, head.units)
        ]
        if not few or progress is None or not progress.has_come_to_rest or not progress.learnt < self.sure.value:
            return clear
        layer = min(few, key=_values)
        says = f"All passes {layer.name}, which is {_values(layer):.0f} wide, and {progress.phrase}."
        facts = {"units": _values(layer), **progress.evidence}
        real = arm(test, "real")
        if not arm(test, "wider").is_known:
            return Suspected(self.found(says, facts, confidence=PRECAUTION / 2, where=layer.where()), ("wider",))
        winner = helpful(test, "wider", progress, self.better.value)
        if winner is None:
            return clear
        return self.found(
            f"{says} Built anew with a wide layer, the network reaches {winner.instead_of(real)}.",
            {**facts, "gain": gain(progress, real, winner)},
            confidence=0.85,
            where=layer.where(),
        )

    def _size(self, program: Program) -> Outcome | None:
        weights = sum(layer.trainable_parameters for layer in program.layers if layer.kind not in ("Functional",))
        examples = program.fit.examples
        if not examples or weights <= self.weights_per_example.value * examples:
            return None
        return self.found(
            f"{weights:,} weights for {examples:,} examples (threshold {self.weights_per_example.value:,.0f} each).",
            {"weights": weights, "examples": examples},
            severity=Severity.TIP,
            confidence=0.4,
        )


def _narrowing(graph: Graph, head: Head) -> list[Layer]:
    """Dense and recurrent layers of vectors, and poolings, that alone lead to the output; not the output itself."""
    kinds = SPARSE | CATEGORICAL | BINARY | REGRESSION
    few = head.loss.kind in SPARSE | CATEGORICAL or head.units <= 4
    if head.loss.kind not in kinds or not few or head.is_sequence:
        return []
    start = next((item for item in [head.layer, *graph.upstream(head.layer)] if item.parameters), head.layer)
    return [item for item in graph.upstream(start) if _is_narrowing(item)]


def _is_narrowing(layer: Layer) -> bool:
    gives_vector = len(layer.output_shape) == 2 and layer.kind in RECURRENT | {"Dense"}
    return _values(layer) > 0 and (gives_vector or layer.kind in MAX_POOLS | AVERAGE_POOLS)


def _values(layer: Layer) -> float:
    """Values that a layer passes on of one example; NaN where it is not known."""
    sizes = layer.output_shape[1:]
    return float(math.prod(size or math.nan for size in sizes)) if sizes else math.nan


def _needed(head: Head) -> float:
    """Fewest units that can tell the answers apart: one on-off pattern a class, and two for a number."""
    classes = head.units if head.loss.kind in SPARSE | CATEGORICAL else 2.0
    return max(math.ceil(math.log2(max(classes, 2.0))), 2.0)
