"""Answers for one example that depend on the others of its batch."""

from __future__ import annotations

import math

from vandap.core.finding import Severity, Threshold, Where
from vandap.core.program import Layer, Program
from vandap.core.signals import Series
from vandap.diagnose.reading import number
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.symptoms import SHOWN


class BatchMixing(Rule):
    """What the model answers for one example depends on which other examples are in the batch.

    ## What it finds
    In inference mode, one example of a batch is replaced by another one. The outputs of the rest must stay as they
    were; they change by more than rounding can explain, and by more than two passes of the same batch differ. Models
    that see all examples in one batch (a graph in one piece) and answers with a column for each example of the batch
    may mean to compare examples, and are not judged. With a loss or a train step of one's own it is a tip.

    ## Why it matters
    Examples leak into each other: the model may answer right in a batch and wrong alone, validation depends on the
    size and the order of batches, and one bad input spoils the answers for others.

    ## What to do
    Look for a softmax, a mean or a normalisation over axis 0, for a reshape or transpose that moves the axis of the
    examples (`Reshape`, and `ops.reshape` with -1 in the wrong place), and for a batch normalisation that is called
    with `training=True`.

    ## References
    - Karpathy, A Recipe for Training Neural Networks (2019): use backpropagation to chart dependencies
    - torchtest: Suriyadeepan, a test suite for PyTorch models
    """

    code = "D9"
    remedies = ("keep-the-batch-axis", "call-normalisation-in-inference-mode")
    explains = SHOWN
    passes = Threshold(10.0, "times the difference of two passes of the same batch, where passes differ by themselves")
    share = Threshold(1e-4, "of the outputs' deviation: a hundred roundings of float32; of a half-precision type, more")

    def check(self, row_mixing: Series, program: Program | None = None) -> Outcome:
        """Compare the change of the others' outputs with what rounding and chance make."""
        names = ("own", "others", "repeated", "deviation", "tolerance", "examples", "batches")
        own, others, repeated, deviation, tolerance, examples, batches = (number(row_mixing, name) for name in names)
        if not (all(map(math.isfinite, (own, others, repeated, deviation))) and deviation > 0 and examples > 2):
            return CannotTell("No example of a batch could be replaced, or all outputs are alike.")
        if batches <= 1 or _compares(program, examples):
            return CannotTell("The model sees all examples at once, or compares those of a batch; it may mean to.")
        bound = max(max(self.share.value, tolerance or 0.0) * deviation, self.passes.value * repeated)
        measured = (
            f"When one of {examples:.0f} examples is replaced, outputs of the others change by up to {others:.2g}, its "
            f"own by up to {own:.2g} (threshold {bound:.2g})"
        )
        if not others > bound:
            return Clear(f"{measured}.")
        meant = program is None or program.custom_train_step or _has_own_loss(program)
        return self.found(
            f"{measured}: the answers depend on the rest of the batch.",
            {"others": others, "own": own, "repeated": repeated, "deviation": deviation, "examples": examples},
            severity=Severity.TIP if meant else Severity.ISSUE,
            confidence=0.6 if meant else 0.95,
            where=_suspect(program),
        )


def _has_own_loss(program: Program) -> bool:
    return any(not loss.module.startswith("keras") for loss in program.compile.losses)


def _compares(program: Program | None, examples: float) -> bool:
    """Whether an output has no fixed width, as a table of all examples against all has."""
    layers = [program.layer(name) for name in program.outputs] if program is not None else []
    shapes = [layer.output_shape for layer in layers if layer is not None]
    return any(len(shape) == 2 and shape[1] in (None, int(examples)) for shape in shapes)


def _suspect(program: Program | None) -> Where:
    """The first layer that works along axis 0, else one that moves axes; else the model."""
    layers = program.layers if program is not None else ()
    along = [layer for layer in layers if _axis(layer) in (0, [0])]
    moving = [layer for layer in layers if layer.kind in ("Reshape", "Transpose") and not _is_built_in(layer)]
    return next((layer.where() for layer in [*along, *moving]), Where("model"))


def _axis(layer: Layer) -> object:
    arguments = layer.settings.get("arguments")
    inner = arguments.get("axis") if isinstance(arguments, dict) else None
    return layer.settings.get("axis", inner)


def _is_built_in(layer: Layer) -> bool:
    """Whether it is the layer of that name, which cannot move the axis of the examples."""
    return "layers" in layer.module
