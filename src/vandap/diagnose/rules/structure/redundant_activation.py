"""Two activations on top of each other."""

from __future__ import annotations

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Layer, Program
from vandap.diagnose.network import DROPOUTS, SHAPERS, Graph, activation
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule

_PLAIN = (None, "linear")


class RedundantActivation(Rule):
    """An activation is applied to the result of another one.

    ## What it finds
    A layer with an activation whose result goes straight into an activation layer. A tip: two ReLUs do no harm, and a
    sigmoid on a ReLU loses half of its range. Two softmaxes are the matter of another rule.

    ## Why it matters
    It is seldom meant: an activation was given as an argument and again as a layer. Where the two differ, the second
    sees only what the first lets through.

    ## What to do
    Keep one of the two.

    ## References
    - NeuraLint: Nikanjam et al. (2021), rule "redundant stacked activation"
    - Theia: Wu et al. (2024)
    """

    code = "B5"
    severity = Severity.TIP
    remedies = ("remove-redundant-activation",)
    allowed = Threshold(1, "one activation after each linear step: a second one adds nothing that a layer could learn")

    def check(self, program: Program) -> Outcome:
        """Look for an activation right before an activation layer."""
        graph = Graph(program)
        if not graph.is_known:
            return CannotTell("It is not known how the layers are connected.")
        for layer in graph.layers:
            first = _activation_before(graph, layer)
            if layer.activation not in _PLAIN and not layer.parameters and first and not _is_softmax(first, layer):
                return self.found(
                    f"{layer.name} applies {layer.activation} to the result of {first.name}, which applies "
                    f"{activation(first)} (more than {self.allowed.value:g}).",
                    {"activations": 2},
                    confidence=0.7,
                    where=layer.where(),
                )
        return Clear(f"No layer's result passes more than {self.allowed.value:g} activation.")


def _activation_before(graph: Graph, layer: Layer) -> Layer | None:
    for other in graph.upstream(layer):
        if activation(other) not in _PLAIN:
            return None if other.is_custom or graph.is_open(other) else other
        if other.kind not in SHAPERS | DROPOUTS:
            return None
    return None


def _is_softmax(first: Layer, second: Layer) -> bool:
    return activation(first) == second.activation == "softmax"
