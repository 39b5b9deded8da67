"""Biases that start far from zero."""

from __future__ import annotations

import math

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Layer, Program
from vandap.core.signals import Series
from vandap.diagnose.network import MAPS, NORMALISERS, Graph, described, kind, setting
from vandap.diagnose.observed import BINARY, target
from vandap.diagnose.progress import Progress
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.symptoms import SHOWN


class BadBiasInit(Rule):
    """The biases of a layer start so far from zero that its inputs hardly count.

    ## What it finds
    A hidden ReLU layer whose biases start so low that no unit answers; biases of a hidden layer that outweigh any
    input; a yes-or-no output whose bias says something else, by far, than the share of yes among the targets. A bias
    that starts at the logarithm of the classes' odds, or at the mean of a target, is right and no fault.

    ## Why it matters
    A ReLU that never answers has no gradient and never will. A bias that outweighs the inputs makes all examples look
    alike, and the first epochs are spent on unlearning it.

    ## What to do
    Leave the bias at zero, or set the last one to the log-odds of the classes or the mean of the target.

    ## References
    - Karpathy, A Recipe for Training Neural Networks (2019): "init well"
    - TheDeepChecker: Ben Braiek and Khomh (2022), bias initialisation
    """

    code = "B7"
    status = "stable"
    remedies = ("use-standard-initialiser", "set-output-bias")
    explains = SHOWN
    dead = Threshold(-2, "units of a standard initialisation answer with a deviation of about 1: 2 below is silence")
    large = Threshold(10, "ten deviations of what a standard initialisation lets through")

    def check(
        self, program: Program, label_statistics: Series | None = None, progress: Progress | None = None
    ) -> Outcome:
        """Look at every constant initialiser of biases."""
        graph = Graph(program)
        biased = [(layer, _start(layer)) for layer in graph.layers if kind(layer) in MAPS]
        if not biased:
            return CannotTell("The program shows no layer with biases.")
        for layer, start in biased:
            if says := self._problem(graph, layer, start, label_statistics):
                harmless = progress is not None and progress.is_good
                return self.found(
                    f"The biases of {layer.name} start at {start:g}: {says}",
                    {"bias": start},
                    severity=Severity.TIP if harmless else Severity.ISSUE,
                    confidence=0.5 if harmless else 0.85,
                    where=layer.where(),
                )
        return Clear(f"The biases of {len(biased)} layers start between {self.dead.value:g} and {self.large.value:g}.")

    def _problem(self, graph: Graph, layer: Layer, start: float, targets: Series | None) -> str:
        if any(item.kind in NORMALISERS for item in graph.after(layer)) or not math.isfinite(start):
            return ""
        if graph.after(layer):
            if layer.activation in ("relu", "relu6") and start <= self.dead.value:
                return f"its ReLU units give 0 for nearly every input (threshold {self.dead.value:g})."
            return (
                f"no input outweighs that (threshold {self.large.value:g})." if abs(start) >= self.large.value else ""
            )
        head = next((item for item in graph.heads if item.layer is layer), None)
        known = target(targets, head.loss.output) if head else None
        if not head or not known or head.loss.kind not in BINARY or not 0 < known.mean < 1:
            return ""
        odds = math.log(known.mean / (1 - known.mean))
        far = abs(start - odds) >= self.large.value
        return f"the share of yes, {known.mean:.3g}, asks for {odds:.2g}." if far else ""


def _start(layer: Layer) -> float:
    """The constant that all biases start at; NaN where they do not."""
    name, config = described(layer.settings, "bias_initializer")
    plain = {"Ones": 1.0, "ones": 1.0, "Zeros": 0.0, "zeros": 0.0}
    return plain.get(name, setting(config, "value") if name in ("Constant", "constant") else math.nan)
