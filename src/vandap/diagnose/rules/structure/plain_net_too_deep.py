"""Many layers in a row with nothing that carries the signal through."""

from __future__ import annotations

import math

import numpy as np

from vandap.core.finding import Threshold
from vandap.core.program import Layer, Program
from vandap.core.signals import Series
from vandap.diagnose.network import MAPS, NORMALISERS, Graph, activation, kind
from vandap.diagnose.progress import STUCK, Progress
from vandap.diagnose.reading import number
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected
from vandap.diagnose.symptoms import SHOWN
from vandap.diagnose.watched import depth_profile

_SATURATING = ("sigmoid", "tanh", "hard_sigmoid", "softsign", "hard_tanh")


class PlainNetTooDeep(Rule):
    """A deep chain of layers without normalisation or skip connections does not learn.

    ## What it finds
    More layers in a row, without normalisation and without a way around, than signals and gradients usually survive:
    a few with sigmoid, more with tanh, many with ReLU. It is a fault only if the network does not learn; where the
    course of the training is not known, the one-batch test decides. Where code of the model's own may lead values
    around, hardly any gradient may have come through to the first layer.

    ## Why it matters
    Each layer multiplies the gradient by its slope, at most 0.25 for a sigmoid: after six of them a four-thousandth is
    left, and the first layers stand still while the last ones work with their random output.

    ## What to do
    Fewer layers; ReLU or GELU instead of sigmoid; batch or layer normalisation; skip connections.

    ## References
    - Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks (2010)
    - He et al., Deep Residual Learning for Image Recognition (2016)
    """

    code = "B15"
    status = "stable"
    remedies = ("use-fewer-layers", "add-skip-connections", "add-normalisation", "use-relu")
    explains = SHOWN
    sigmoids = Threshold(4, "Glorot and Bengio: with sigmoid, networks of four hidden layers already stall")
    tanhs = Threshold(8, "tanh has a slope of 1 at zero, and loses it as the weights grow")
    relus = Threshold(16, "He et al.: plain networks get worse beyond about twenty layers, with normalisation even")
    far = Threshold(2, "times the limit: the gradient of the first layer is below a millionth of the last one's")
    few_steps = Threshold(30, "steps in which a network that can learn leaves the constant answer")
    one_batch = Threshold(0.05, "TheDeepChecker: more than 5 % wrong answers on one batch that was learnt by heart")
    faded = Threshold(1e-3, "AutoTrainer: gradient of the first over the largest; a way around would keep it")

    def check(
        self,
        program: Program,
        progress: Progress | None = None,
        gradients: Series | None = None,
        test_one_batch: Series | None = None,
    ) -> Outcome:
        """Find the longest plain chain, then ask whether the network learns."""
        graph = Graph(program)
        if not graph.is_known:
            return CannotTell("It is not known how the layers are connected.")
        chain = max((_chain(graph, layer) for layer in graph.layers), key=len, default=[])
        kinds = [activation(layer) for layer in chain]
        counted, limit, name = self._kind(kinds)
        if counted <= limit:
            return Clear(f"The longest chain without a norm or a way around has {len(chain)} hidden layers.")
        if any(graph.is_open(layer) for layer in chain) and not self._is_faded(gradients, program):
            return CannotTell(
                f"{counted} {name} layers were called in turn; what the model's own code adds is not known."
            )
        says = f"{counted} {name} layers follow each other without a norm or a way around (threshold {limit:g})"
        evidence = {"layers": counted, "limit": limit}
        if progress is not None and progress.is_good:
            return Clear(f"{says}, but the network learns.")
        errors = number(test_one_batch, "model", "errors")
        if errors > self.one_batch.value or (progress is not None and self._is_stuck(progress, counted / limit)):
            course = f", and {progress.phrase}" if progress is not None else ""
            return self.found(f"{says}{course}.", evidence, confidence=0.8, where=chain[0].where())
        if math.isfinite(errors):
            return Clear(f"{says}, but one batch is learnt by heart ({errors:.0%} wrong).")
        return Suspected(self.found(f"{says}.", evidence, confidence=0.4, where=chain[0].where()), ("one_batch",))

    def _is_faded(self, gradients: Series | None, program: Program) -> bool:
        """Whether hardly anything of the gradient comes through to the first layer."""
        sizes = depth_profile(gradients, program)[1] if gradients is not None else np.zeros(0)
        return sizes.size > 1 and bool(0 <= sizes[0] < self.faded.value * sizes.max())

    def _is_stuck(self, progress: Progress, excess: float) -> bool:
        """Whether nothing was learnt; of chains far beyond the limit, a few dozen steps show it."""
        return progress.is_stuck or (
            excess >= self.far.value and progress.steps >= self.few_steps.value and progress.learnt < STUCK
        )

    def _kind(self, kinds: list[str | None]) -> tuple[int, float, str]:
        """Count the layers that count most against their limit."""
        tanhs = sum(item in _SATURATING for item in kinds)
        sigmoids = sum(item in ("sigmoid", "hard_sigmoid") for item in kinds)
        counts = [
            (sigmoids, self.sigmoids.value, "sigmoid"),
            (tanhs, self.tanhs.value, "saturating"),
            (len(kinds), self.relus.value, "hidden"),
        ]
        return max(counts, key=lambda item: item[0] / item[1])


def _chain(graph: Graph, start: Layer) -> list[Layer]:
    """Maps with an activation from this one on, up to the first norm, merge or custom layer."""
    found = []
    for layer in [start, *graph.downstream(start)]:
        if kind(layer) in NORMALISERS or len(graph.before(layer)) > 1 or layer.is_custom:
            break
        if kind(layer) in MAPS and graph.after(layer):
            if activation(layer) == "selu":
                break
            found.append(layer)
    return found
