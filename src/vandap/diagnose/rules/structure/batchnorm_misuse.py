"""Normalisation of single numbers, and batch normalisation whose averages cannot be right."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

from vandap.core.finding import Finding, Severity, Threshold
from vandap.core.program import FitCall, Layer, Program
from vandap.core.signals import Series
from vandap.diagnose.curves import finite
from vandap.diagnose.held_out_gap import restores_best
from vandap.diagnose.network import Graph, setting
from vandap.diagnose.progress import Progress
from vandap.diagnose.reading import number
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected
from vandap.diagnose.symptoms import SHOWN


class _Reason(NamedTuple):
    layer: Layer
    says: str
    value: float


class BatchnormMisuse(Rule):
    """Normalisation leaves nothing of the data, or works with averages that do not describe them.

    ## What it finds
    Layer normalisation over an axis of one number (the default axis, where the data have one channel), and batch
    normalisation of single vectors, in batches of one: the result is always the same. Moving averages that had
    not enough steps to forget their first values, that follow the last few batches only (a low `momentum`: PyTorch
    counts it the other way round), or that come from very small batches: if, and only if, the model's loss in use is
    far above its loss in training.

    ## Why it matters
    In training, a batch is normalised by its own mean; in use, by the moving averages. Where the two differ, a model
    that trained well answers badly, and validation looks like overfitting.

    ## What to do
    Of one channel, standardise the data instead, or let the layer normalise over the other axes, too. Batches of 16 or
    more; `momentum=0.9` for short trainings; layer or group normalisation for small batches.

    ## References
    - Ioffe and Szegedy, Batch Normalization (2015); Wu and He, Group Normalization (2018)
    - TheDeepChecker: Ben Braiek and Khomh (2022): training against inference mode
    - Keras documentation, BatchNormalization: `momentum`
    """

    code = "B9"
    status = "stable"
    remedies = ("enlarge-batch", "lower-batchnorm-momentum", "use-layer-normalisation", "remove-normalisation")
    explains = SHOWN
    smallest_batch = Threshold(8, "Wu and He: the error of batch normalisation rises fast below 8 examples")
    forgotten = Threshold(0.1, "share of the first values that the moving averages still hold: momentum ** steps")
    lowest_momentum = Threshold(0.5, "below it the averages follow the last two batches")
    gap = Threshold(0.2, "rise of the loss in use over that in training, as share of the best constant answer's loss")
    small_gap = Threshold(0.05, "the same, where the loss in use is a multiple of that in training, too")
    times = Threshold(3, "loss in use over that in training; dropout and noise change it by less than half")

    def check(
        self,
        program: Program,
        inference_loss: Series | None = None,
        progress: Progress | None = None,
        test_inference_mode: Series | None = None,
        val_loss: Series | None = None,
    ) -> Outcome:
        """Ask what could make the averages wrong, then whether they are."""
        graph = Graph(program)
        alone = next((layer for layer in graph.layers if _of_one_number(layer)), None)
        if alone is not None:
            return self._nothing_left(alone, progress)
        norms = [item for item in graph.layers if item.kind == "BatchNormalization" and item.trainable]
        if not graph.layers:
            return CannotTell("The program shows no layer.")
        if not norms:
            return Clear("There is no batch normalisation that is trained.")
        fit = program.fit
        single = [layer for layer in norms if len(layer.input_shape) == 2]
        if fit.batch_size == 1 and single:
            return self.found(
                f"{single[0].name} normalises batches of one vector (batch_size=1): whatever comes in, its result is "
                "the same.",
                {"batch_size": 1},
                confidence=0.97,
                where=single[0].where(),
            )
        reason = self._reason(norms, fit, _steps(program, val_loss))
        if reason is None:
            return Clear(f"{len(norms)} batch normalisations see enough examples and steps.")
        training, inference = _modes(inference_loss, test_inference_mode)
        gap = (inference - training) / _scale(progress)
        multiple = inference > self.times.value * training
        return self._by_gap(reason, gap, self.small_gap.value if multiple else self.gap.value)

    def _nothing_left(self, layer: Layer, progress: Progress | None) -> Finding:
        """An issue, unless the network learns on another way, such as one around the layer."""
        shape = " x ".join("?" if size is None else str(size) for size in layer.input_shape[1:])
        is_fault = progress is None or progress.is_poor
        found = self.found(
            f"{layer.name} ({layer.kind}) normalises over one number: an example is {shape} there. Each number less "
            "itself is zero, so whatever comes in, its result is the same.",
            {"numbers": 1},
            severity=Severity.ISSUE if is_fault else Severity.TIP,
            confidence=0.97 if is_fault else 0.6,
            where=layer.where(),
        )
        return replace(found, remedies=("remove-normalisation",))

    def _reason(self, norms: list[Layer], fit: FitCall, steps: int) -> _Reason | None:
        layer = norms[0]
        momentum = setting(layer.settings, "momentum")
        if momentum <= self.lowest_momentum.value:
            return _Reason(layer, f"momentum={momentum:g} keeps the last batches only", momentum)
        if steps > 0 and 0 < momentum < 1 and momentum**steps > self.forgotten.value:
            held = momentum**steps
            return _Reason(layer, f"after {steps} steps, {held:.0%} of the first averages are left", held)
        if 0 < fit.batch_size < self.smallest_batch.value:
            return _Reason(layer, f"a batch has {fit.batch_size} examples", fit.batch_size)
        return None

    def _by_gap(self, reason: _Reason, gap: float, limit: float) -> Outcome:
        layer = reason.layer
        evidence = {"value": reason.value, "gap": gap}
        if gap > limit:
            return self.found(
                f"The averages of {layer.name} do not describe the data: {reason.says}, and in use the loss is higher "
                f"by {gap:.0%} of the best constant answer's (threshold {limit:.0%}).",
                evidence,
                confidence=0.85,
                where=layer.where(),
            )
        if math.isfinite(gap):
            return Clear(f"Although {reason.says}, the loss in use is that in training ({gap:+.0%}).")
        says = f"The averages of {layer.name} may not describe the data: {reason.says}."
        return Suspected(self.found(says, evidence, confidence=0.3, where=layer.where()), ("inference_mode",))


def _of_one_number(layer: Layer) -> bool:
    """Whether a layer takes the mean of each number alone from it."""
    shape, settings = layer.input_shape, layer.settings
    if layer.kind == "GroupNormalization":
        return len(shape) == 2 and settings.get("groups") in (shape[1], -1)
    if layer.kind != "LayerNormalization" or settings.get("rms_scaling"):
        return False
    given = settings.get("axis", -1)
    axes = given if isinstance(given, list | tuple) else [given]
    return bool(axes) and all(-len(shape) <= axis < len(shape) and shape[axis] == 1 for axis in axes)


def _steps(program: Program, val_loss: Series | None) -> int:
    """Steps that made the averages: those up to the best epoch where its weights were restored."""
    fit, held_out = program.fit, finite(val_loss)
    steps = fit.steps or fit.planned_steps
    if not (held_out.size and fit.epochs_run and restores_best(program)):
        return steps
    return round(steps / fit.epochs_run * (int(held_out.argmin()) + 1))


def _modes(inference_loss: Series | None, test: Series | None) -> tuple[float, float]:
    """Loss in training and in use on the same examples; the test's where it was run."""
    tested = number(test, "train", "loss"), number(test, "inference", "loss")
    if all(map(math.isfinite, tested)):
        return tested
    return number(inference_loss, "train_mode"), number(inference_loss, "inference_mode")


def _scale(progress: Progress | None) -> float:
    """The loss that there is to lose: the best constant answer's, or the untrained network's."""
    scale = math.nan if progress is None else progress.trivial
    if progress is not None and not scale > 0:
        scale = progress.start
    return scale if scale > 0 else math.nan
