"""A model that is worse when it is used than when it is trained."""

from __future__ import annotations

import math

from vandap.core.finding import Threshold, Where
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.progress import Progress
from vandap.diagnose.reading import number
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected
from vandap.diagnose.symptoms import NOT_USEFUL
from vandap.diagnose.watched import at_fit


class TrainInferenceGap(Rule):
    """On the same training examples, the model is far worse in inference mode than in training mode.

    ## What it finds
    A loss on watched training examples that is, in inference mode, at least half as large again as in training mode
    (or that of knowing nothing), by a good part of what there is to learn. Dropout makes the inference mode better, so
    it cannot be the reason; a batch normalisation whose moving averages do not describe the data can. The decisive
    test gives the interval.

    ## Why it matters
    Whoever uses the model gets the inference mode. Validation looks like overfitting, and is not.

    ## What to do
    Lower the momentum of batch normalisation (0.9 instead of 0.99) or train for more steps; use larger batches; do not
    call the model with `training=True` in a custom step only; feed training and use through the same preprocessing; use
    layer or group normalisation where batches are tiny.

    ## References
    - Ioffe and Szegedy, Batch Normalization (2015); Ioffe, Batch Renormalization (2017)
    - TheDeepChecker: Ben Braiek and Khomh (2022): loss in inference mode 50 % above that in training mode
    """

    code = "D8"
    status = "stable"
    remedies = ("lower-normalisation-momentum", "use-larger-batches", "use-layer-normalisation", "train-longer")
    explains = ("collapsed-output", "overfitting", *NOT_USEFUL)
    ratio = Threshold(1.5, "TheDeepChecker: a loss in inference mode 50 % above that in training mode")
    level = Threshold(0.25, "share of what there is to learn: near zero a loss may double and mean nothing")
    nothing = Threshold(0.1, "share of what there is to learn: a loss in use that high cannot rise by half")
    examples = Threshold(50, "examples below which the two losses are not compared")

    def check(
        self,
        progress: Progress,
        inference_loss: Series,
        program: Program | None = None,
        test_inference_mode: Series | None = None,
    ) -> Outcome:
        """Compare both modes on the same examples; the test tells chance from a gap."""
        train, inference, examples = (
            number(inference_loss, name) for name in ("train_mode", "inference_mode", "examples")
        )
        if not (math.isfinite(train) and math.isfinite(inference) and examples >= self.examples.value):
            return CannotTell("The two modes were not compared on enough examples.")
        if train < 0 or inference < 0:
            return CannotTell("Losses below zero have no ratio.")
        gap = inference - train
        room = progress.trivial - progress.floor if progress.trivial > progress.floor else max(progress.start, train)
        low = number(test_inference_mode, "inference", "low")
        measured = (
            f"On the same {examples:.0f} training examples the loss is {train:.3g} in training mode and "
            f"{inference:.3g} in inference mode (thresholds {self.ratio.value:g} times, or next to nothing learnt, and "
            f"{self.level.value * room:.2g} more)"
        )
        forgets = progress.learnt_at(inference) < self.nothing.value
        large = gap > self.level.value * room and (inference > self.ratio.value * train or forgets)
        if not large or low <= 0:
            return Clear(f"{measured}.")
        finding = self.found(
            f"{measured}.",
            {"train_mode": train, "inference_mode": inference, "gap_low": low, "examples": examples},
            confidence=0.95 if low > 0 else 0.7,
            where=_normalisation(program) or at_fit(program),
        )
        return finding if low > 0 or gap > 2 * self.level.value * room else Suspected(finding, ("inference_mode",))


def _normalisation(program: Program | None) -> Where | None:
    """The first batch normalisation, the layer whose modes differ most."""
    layers = program.layers if program is not None else ()
    return next((layer.where() for layer in layers if layer.kind == "BatchNormalization"), None)
