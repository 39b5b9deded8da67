"""An output layer that cannot give what the loss or the targets ask for."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Layer, Program
from vandap.core.signals import Series
from vandap.diagnose.network import DROPOUTS, SHAPERS, Graph, Head, activation, setting, units
from vandap.diagnose.observed import (
    BINARY,
    CATEGORICAL,
    REGRESSION,
    SPARSE,
    Target,
    answer,
    takes_classes_for_numbers,
    target,
)
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.symptoms import SHOWN, TESTED

_HIDDEN = ("relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "tanh", "hard_tanh", "softsign")


class _Problem(NamedTuple):
    says: str
    confidence: float = 0.95
    severity: Severity = Severity.ISSUE


class OutputActivationMismatch(Rule):
    """The output layer's activation does not fit the loss or the targets.

    ## What it finds
    A softmax over one unit; a cross-entropy over classes of one unit; an activation meant for hidden layers (ReLU,
    tanh, ...) where the loss expects probabilities or logits; a softmax where an example may have several labels;
    targets of a regression outside the range that the output's activation can give; a Poisson loss on an output that
    can be negative; a softmax in a hidden layer. Where the user's own code may change the result of the last layer,
    the model's answers must lie in that layer's range. Pairs that are unusual but learn (a softmax with a binary
    cross-entropy on one-hot labels, a sigmoid with a cross-entropy over classes) are tips.

    ## Why it matters
    The network cannot express the right answer, however long it trains: a softmax over one unit always says 1, a
    sigmoid never says 7, a ReLU never says -1, and where a ReLU gives 0 the loss is infinite or has no gradient.

    ## What to do
    One of two classes: one unit, sigmoid, binary cross-entropy. One of K classes: K units, softmax, categorical
    cross-entropy (sparse for class numbers). Several labels at once: K units, sigmoid, binary cross-entropy.
    A number: no activation, squared or absolute error. A count: exponential or softplus, Poisson. Hidden layers: ReLU.

    ## References
    - AutoTrainer: Zhang et al., AUTOTRAINER (2021), table of outputs and losses
    - NeuraLint: Nikanjam et al. (2021), rules on the last layer's activation
    - UMLAUT: Schoop et al. (2021)
    """

    code = "B1"
    status = "stable"
    remedies = ("match-output-to-loss", "remove-output-activation", "scale-target", "use-relu")
    explains = (*SHOWN, *TESTED)
    one = Threshold(1, "a softmax divides by the sum over the units: over one unit it is 1 whatever comes in")
    outside = Threshold(0.25, "deviations of the targets beyond the activation's range: more than rounding")

    def check(
        self, program: Program, label_statistics: Series | None = None, predictions: Series | None = None
    ) -> Outcome:
        """Compare each output's activation with its loss and with its targets."""
        graph = Graph(program)
        heads = [replace(head, is_sure=head.is_sure or _agrees(head, predictions)) for head in graph.heads]
        judged = [(head, self._problem(head, target(label_statistics, head.loss.output))) for head in heads]
        problems = [(head, problem) for head, problem in judged if problem]
        if problems:
            head, problem = min(problems, key=lambda item: (item[1].severity.value, -item[1].confidence))
            finding = self.found(
                f"{problem.says} Output: {head.layer.name}, loss: {head.loss.kind}.",
                {"units": head.units, "threshold_units": self.one.value},
                confidence=problem.confidence,
                severity=problem.severity,
                where=head.layer.where(),
            )
            return finding if head.loss.kind in REGRESSION else replace(finding, remedies=self.remedies[:1])
        if hidden := next((layer for layer in graph.layers if _is_hidden_softmax(graph, layer)), None):
            finding = self.found(
                f"{hidden.name} applies a softmax between hidden layers: its {units(hidden):.0f} units share one "
                "certainty, so hardly anything of the input passes.",
                {"units": units(hidden)},
                confidence=0.8,
                where=hidden.where(),
            )
            return replace(finding, remedies=("use-relu",))
        if not heads or any(head.activation is None or not head.is_sure for head in heads):
            return CannotTell("It is not known which activation gives the outputs that a loss is computed from.")
        pairs = ", ".join(f"{head.activation} with {head.loss.kind}" for head in heads)
        return Clear(f"Each output fits its loss ({pairs}).")

    def _problem(self, head: Head, known: Target) -> _Problem | None:
        if head.activation == "softmax" and head.units == self.one.value and _last_axis(head):
            return _Problem("A softmax over one unit gives 1 for every example, so nothing can be learnt.", 0.99)
        if not head.is_sure or head.activation is None:
            return None
        kind = head.loss.kind
        if kind in SPARSE | CATEGORICAL:
            return self._of_classes(head, known)
        if kind in BINARY:
            return self._of_yes_or_no(head, known)
        if kind in REGRESSION:
            return self._of_numbers(head, known)
        if kind == "Poisson" and (head.range or (0, 0))[0] < 0:
            return _Problem(
                f"A Poisson loss takes the logarithm of the output, and {_name(head)} can be negative.", 0.9
            )
        return None

    def _of_classes(self, head: Head, known: Target) -> _Problem | None:
        if head.units == self.one.value and not setting(head.loss.settings, "axis") >= 0:
            return _Problem("A cross-entropy over classes of one unit is the same for every answer.", 0.97)
        if problem := _hidden_activation(head):
            return problem
        if known.is_multi_hot and head.activation == "softmax" and known.width == head.units:
            return _Problem(
                f"Only {known.one_hot:.0%} of the examples have exactly one label, "
                "and a softmax shares one certainty among all classes."
            )
        if head.activation == "sigmoid" and not head.loss.from_logits:
            return _Problem("The classes exclude each other, and a sigmoid judges each alone.", 0.6, Severity.TIP)
        return None

    def _of_yes_or_no(self, head: Head, known: Target) -> _Problem | None:
        if problem := _hidden_activation(head):
            return problem
        if head.activation == "softmax" and not head.loss.from_logits:
            several = known.is_multi_hot and known.width == head.units
            says = "A softmax shares one certainty among all classes, and a binary cross-entropy judges each alone"
            if several:
                return _Problem(f"{says}: only {known.one_hot:.0%} of the examples have exactly one label.")
            return _Problem(f"{says}; a categorical cross-entropy fits better.", 0.6, Severity.TIP)
        return None

    def _of_numbers(self, head: Head, known: Target) -> _Problem | None:
        if head.range is None or not known.is_known or known.width not in (head.units, 1):
            return None
        if takes_classes_for_numbers(head, known):
            return None  # the loss is to blame
        low, high = head.range
        if head.activation == "softmax" and head.units > 1 and known.sums_to_one < 0.5:
            return _Problem("The outputs of a softmax sum to 1, and the targets of an example do not.")
        beyond = max(known.maximum - high, low - known.minimum)
        if not beyond > self.outside.value * known.deviation or not _often_outside(known, low, high):
            return None
        return _Problem(
            f"{_name(head)} gives numbers in [{low:g}, {high:g}], and the targets run from {known.minimum:.3g} to "
            f"{known.maximum:.3g} (mean {known.mean:.3g}, deviation {known.deviation:.3g})."
        )


def _agrees(head: Head, predictions: Series | None) -> bool:
    """Whether the model's answers lie in the range of the last layer, so that nothing seems to follow it."""
    low, high = (answer(predictions, head.loss.output, fact) for fact in ("minimum", "maximum"))
    if head.range is None or head.range == (-math.inf, math.inf):
        return False
    sums = answer(predictions, head.loss.output, "sums_to_one")
    return head.range[0] <= low <= high <= head.range[1] and (head.activation != "softmax" or not sums < 1)


def _is_hidden_softmax(graph: Graph, layer: Layer) -> bool:
    """Whether a dense layer with a softmax feeds another one and nothing else, as no attention does."""
    if layer.kind != "Dense" or activation(layer) != "softmax" or graph.is_open(layer):
        return False
    following = next((item for item in graph.downstream(layer) if item.kind not in SHAPERS | DROPOUTS), None)
    return following is not None and following.kind == "Dense"


def _often_outside(known: Target, low: float, high: float) -> bool:
    """Whether a good part of the targets lies outside, and not a single odd one."""
    return known.mean + known.deviation > high or known.mean - known.deviation < low


def _hidden_activation(head: Head) -> _Problem | None:
    """An activation for hidden layers right before a cross-entropy, or right before the softmax or sigmoid."""
    wanted = "logits" if head.loss.from_logits else "probabilities"
    if head.activation in _HIDDEN:
        return _Problem(f"{_name(head)} is an activation for hidden layers; the loss expects {wanted}.")
    if head.activation in ("softmax", "sigmoid") and head.before in ("relu", "relu6", "tanh"):
        return _Problem(
            f"A {head.before} right before the {head.activation} cuts off the evidence against a class.", 0.8
        )
    return None


def _name(head: Head) -> str:
    return f"The output's activation {head.activation}"


def _last_axis(head: Head) -> bool:
    axis = setting(head.layer.settings, "axis")
    return math.isnan(axis) or axis in (-1, len(head.shape) - 1)
