"""Gradients that do not reach the first layers."""

from __future__ import annotations

import math

import numpy as np

from vandap.core.finding import Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.progress import Progress
from vandap.diagnose.reading import number
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected
from vandap.diagnose.symptoms import NOT_LEARNING
from vandap.diagnose.watched import at_layer, depth_profile


class VanishingGradient(Rule):
    """The gradient shrinks from layer to layer until the first layers receive next to nothing, and nothing is learnt.

    ## What it finds
    A network of at least three layers with weights whose gradient falls, from the last to the first layer, by more
    than a thousand times and below 0.0001, in a training that learnt nothing. If it learnt a little, it is only
    suspected. A network that learns in spite of small gradients, as adaptive optimisers make possible, is no fault. A
    gradient that is exactly zero has other causes: dead units, frozen or unconnected layers.

    ## Why it matters
    The first layers keep their random weights, so all that later layers see of the input is noise.

    ## What to do
    Replace sigmoid and tanh in hidden layers by ReLU, GELU or SELU; use the initialiser that fits; add batch or layer
    normalisation; add skip connections.

    ## References
    - Hochreiter, Untersuchungen zu dynamischen neuronalen Netzen (1991)
    - Glorot and Bengio, Understanding the Difficulty of Training Deep Feedforward Neural Networks (2010)
    - AutoTrainer: Zhang et al. (2021): ratio of first to last below 1e-3, first below 1e-4
    """

    code = "C3"
    status = "stable"
    remedies = ("use-relu", "add-batch-normalisation", "he-initialisation", "add-skip-connections")
    explains = ("learning-rate-too-low", "weights-do-not-change", "wrong-epochs", *NOT_LEARNING)
    ratio = Threshold(1e-3, "AutoTrainer: mean gradient of the first over that of the last layer")
    level = Threshold(1e-4, "AutoTrainer: mean gradient of the first layer")
    errors = Threshold(0.05, "TheDeepChecker: over 5 % errors on one batch, learnt by heart")
    depth = Threshold(3, "layers with weights: between two there is nothing to vanish through")

    def check(
        self,
        progress: Progress,
        gradients: Series,
        program: Program | None = None,
        test_one_batch: Series | None = None,
    ) -> Outcome:
        """Compare the gradient of the first layer with the largest of all layers, then ask for progress."""
        layers, sizes = depth_profile(gradients, program)
        if len(layers) < self.depth.value:
            return CannotTell("Fewer than three layers with weights were watched.")
        first, largest = sizes[0], float(np.max(sizes))
        ratio = first / largest if largest > 0 else math.nan
        measured = (
            f"The mean gradient of {layers[0]} is {first:.2g}, that of the layer with the largest {largest:.2g}: "
            f"a ratio of {ratio:.2g} (threshold {self.ratio.value:g})"
        )
        if not (0 < first < self.level.value and ratio < self.ratio.value):
            return Clear(f"{measured}.")
        if progress.is_good or not (progress.is_stuck or progress.is_poor):
            return Clear(f"{measured}, and yet it learns: {progress.phrase}.")
        finding = self.found(
            f"{measured}, and {progress.phrase}.",
            {**progress.evidence, "first": first, "largest": largest, "ratio": ratio, "layers": float(len(layers))},
            confidence=0.9 if progress.is_stuck else 0.5,
            where=at_layer(program, layers[0]),
            figure="gradients",
        )
        if progress.is_stuck or test_one_batch is None:
            return finding if progress.is_stuck else Suspected(finding, ("one_batch",))
        errors = number(test_one_batch, "model", "errors")
        return finding if errors > self.errors.value else Clear(f"{measured}, and yet one batch is learnt by heart.")
