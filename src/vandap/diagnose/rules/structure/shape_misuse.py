"""Outputs and targets, or layers and their inputs, whose shapes do not belong together although nothing crashes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from vandap.core.finding import Finding, Severity, Threshold
from vandap.core.program import Loss, Program
from vandap.core.signals import Series
from vandap.diagnose.network import RECURRENT, Graph, Head
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
from vandap.diagnose.symptoms import SHOWN


class ShapeMisuse(Rule):
    """The shape of the output is not the shape of the targets, or a layer reads the wrong axis.

    ## What it finds
    An output with an answer for every step or pixel where each example has one target (a recurrent layer that returns
    sequences, a dense layer on an image that was not flattened); one output for several targets, or the other way
    round. Tips: targets without the output's axis of one unit, where a loss of the program's own compares them (those
    of Keras bring both to one shape) and all answers are nearly alike; a dense layer that reads the colour channels of
    an image; a recurrent layer over a single step.

    ## Why it matters
    Subtracting arrays of different shapes stretches the smaller one (broadcasting): the training runs without an
    error, the loss compares every answer with every target, and the model learns their mean.

    ## What to do
    Flatten images before dense layers. Let the last recurrent layer return its last step only
    (`return_sequences=False`). Give the output as many units as a target has numbers, and a loss of your own targets of
    the output's shape, `y.reshape(-1, 1)`.

    ## References
    - NeuraLint: Nikanjam et al. (2021), rules on flattening and return_sequences
    - NumPy documentation, Broadcasting
    """

    code = "B12"
    status = "stable"
    remedies = ("flatten-before-dense", "return-last-step", "match-output-units", "match-target-shape")
    explains = (*SHOWN, "wrong-loss-or-metric")  # a metric called accuracy is chosen by the shapes
    channels = Threshold(4, "the last axis of an image is at most 4: grey, colour, opacity")
    alike = Threshold(0.1, "deviation of answers over that of targets: they are next to their mean, where it is less")
    steps = Threshold(1, "a recurrent layer over one step has nothing to remember")

    def check(
        self,
        program: Program,
        label_statistics: Series | None = None,
        predictions: Series | None = None,
    ) -> Outcome:
        """Compare the output with the targets, then look at the axes that layers read."""
        graph = Graph(program)
        if not graph.layers:
            return CannotTell("The program shows no layer.")
        for head in graph.heads:
            if says := _mismatch(head, target(label_statistics, head.loss.output)):
                return self.found(
                    says,
                    {"output_rank": len(head.shape), "output_units": head.units},
                    confidence=0.93,
                    where=head.layer.where(),
                )
        tip = next(self._tips(graph), None)
        tip = self._stretched(program, label_statistics, predictions) or tip
        return tip or Clear("Outputs and targets have the same shape, and layers read the axes that they are made for.")

    def _stretched(
        self, program: Program, label_statistics: Series | None, predictions: Series | None
    ) -> Finding | None:
        """Answers of one unit each that are nearly alike, and targets without that axis, for a loss not of Keras."""
        outputs = [layer for layer in program.layers if layer.name in program.outputs] or list(program.layers[-1:])
        losses = program.compile.losses
        if len(outputs) != 1 or len(losses) > 1 or not (program.custom_train_step or not losses or _is_own(losses[0])):
            return None
        (layer,), known = outputs, target(label_statistics, outputs[0].name)
        spread = answer(predictions, layer.name, "across") / known.deviation if known.deviation > 0 else math.nan
        if (
            layer.output_shape[-1:] != (1,)
            or known.rank != len(layer.output_shape) - 1
            or not spread < self.alike.value
        ):
            return None
        says = f"{layer.name} gives answers of the shape (n, 1), and the targets have the shape (n,)"
        return replace(
            self.found(
                f"{says}: a loss of the program's own that subtracts them compares every answer with every target, and "
                f"so learns their mean. The answers' deviation is {spread:.2g} of the targets' (threshold "
                f"{self.alike.value:g}).",
                {"output_rank": len(layer.output_shape), "target_rank": known.rank, "spread": spread},
                severity=Severity.TIP,
                confidence=0.6,
                where=layer.where(),
            ),
            remedies=("match-target-shape",),
        )

    def _tips(self, graph: Graph) -> Iterator[Finding]:
        for layer in graph.layers:
            shape = layer.input_shape
            if layer.kind == "Dense" and len(shape) == 4 and shape[-1] and shape[-1] <= self.channels.value:
                says = f"{layer.name} reads the {shape[-1]} channels of each pixel, not the image; flatten it first."
                yield self.found(says, {"axis": shape[-1]}, severity=Severity.TIP, confidence=0.6, where=layer.where())
            if layer.kind in RECURRENT and len(shape) == 3 and shape[1] == self.steps.value:
                says = f"{layer.name} runs over sequences of one step, so it is a dense layer in effect."
                yield self.found(says, {"steps": 1}, severity=Severity.TIP, confidence=0.6, where=layer.where())


def _is_own(loss: Loss) -> bool:
    """Whether a loss is a class of the program's own; a function's arguments Keras brings to one shape."""
    return not loss.module.startswith("keras") and loss.kind[:1].isupper()


def _mismatch(head: Head, known: Target) -> str:
    """What is wrong between an output and its targets; "" where nothing is, or it is not known."""
    shape, loss = head.shape, head.loss.kind
    if not known.rank >= 1 or len(shape) < 2 or loss not in REGRESSION | BINARY | CATEGORICAL | SPARSE:
        return ""
    if loss in SPARSE:
        fits = known.rank == len(shape) - 1 or (known.rank == len(shape) and known.width == 1)
        return "" if fits or known.width > 1 else _ranks(head, known)
    squeezed = known.rank == len(shape) - 1 and shape[-1] == 1 and _same(shape[-2], known)
    if known.rank != len(shape) and not squeezed:
        return _ranks(head, known) if len(shape) > 2 else _widths(head, known)
    return _widths(head, known) if known.rank == len(shape) else ""


def _same(size: int | None, known: Target) -> bool:
    """Whether the targets' last axis is the output's last but one, which is the batch for plain vectors."""
    return known.rank == 1 or known.width == size or (size is None and known.width > 1)


def _ranks(head: Head, known: Target) -> str:
    answers = " x ".join("?" if size is None else str(size) for size in head.shape[1:])
    return (
        f"{head.layer.name} gives {answers} numbers for an example, and a target has {known.rank - 1:.0f} axes "
        f"beside the batch: each target is compared with many answers."
    )


def _widths(head: Head, known: Target) -> str:
    if not known.width >= 1 or not head.units >= 1 or known.width == head.units:
        return ""
    if head.loss.kind not in REGRESSION or takes_classes_for_numbers(head, known):
        return ""  # Keras refuses the first itself, and labels and loss are the matter of other rules
    return f"{head.layer.name} gives {head.units:.0f} numbers for an example, and a target has {known.width:.0f}."
