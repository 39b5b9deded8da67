"""Crashes of shapes and labels: what reaches a layer or the loss is not what it was made for."""

from __future__ import annotations

from vandap.diagnose.rules.system._mistake import Mistake
from vandap.diagnose.rules.system._shapes import about_axes, about_targets

_SHAPE, _LABELS = "shape-misuse", "label-loss-mismatch"
_SIZE = r"\(?\[?[\d, None]*\]?\)?"

SHAPE_MISTAKES: tuple[Mistake, ...] = (
    Mistake(
        rf"expected shape=(?P<expected>{_SIZE}), found shape=(?P<shape>{_SIZE})",
        (
            _SHAPE,
            "The model was made for batches of the shape {expected}, None being any number, and received {shape}.",
            "Give keras.Input the shape of one example as the data have it (without the batch), or bring the data into "
            "the shape that the model was made for.",
        ),
        "fix-shape",
        "model",
    ),
    Mistake(
        rf"expected axis (?P<axis>-?\d+) of input shape to have value (?P<expected>\d+), but received input with shape "
        rf"(?P<shape>{_SIZE})",
        (
            _SHAPE,
            "It was made for {expected} values along axis {axis} and received the shape {shape}.",
            "Give keras.Input the shape of one example as the data have it (without the batch), or bring the data into "
            "the shape that the model was made for.",
        ),
        "fix-shape",
        "model",
    ),
    Mistake(
        r"expected (?:min_|max_)?ndim=(?P<expected>\d+), found ndim=(?P<found>\d+)\. Full shape received: "
        rf"(?P<shape>{_SIZE})",
        about_axes,
        "fix-shape",
        "model",
    ),
    Mistake(
        rf"Kernel shape must have the same length as input, but received kernel of shape {_SIZE} and input of shape "
        rf"(?P<shape>{_SIZE})",
        (
            _SHAPE,
            "A convolution reads an axis of examples, those it slides over, and the channels; it received {shape}.",
            "Give keras.Input the shape of one example, x.shape[1:], without the number of examples; or take the layer "
            "for as many axes as the data have.",
        ),
        "fix-shape",
        "model",
    ),
    Mistake(
        rf"target\.shape=(?P<target>{_SIZE}), output\.shape=(?P<output>{_SIZE})", about_targets, "fix-labels", "compile"
    ),
    Mistake(
        r"Target (?P<label>-?\d+) is out of bounds",
        (
            _LABELS,
            "The label {label} has no unit: a model with K outputs takes the labels 0 to K - 1.",
            "Count the classes from 0, and give the last layer as many units as there are classes.",
        ),
        "fix-labels",
        "data",
    ),
    Mistake(
        r"label value of (?P<label>-?\d+) which is outside the valid range of \[0, (?P<classes>\d+)\)",
        (
            _LABELS,
            "The label {label} has no unit: a model with {classes} outputs takes the labels below {classes}, from 0.",
            "Count the classes from 0, and give the last layer as many units as there are classes.",
        ),
        "fix-labels",
        "data",
    ),
    Mistake(
        r"index out of range in self|indices\[[\d,]*\] = (?P<index>-?\d+) is not in \[0, (?P<size>\d+)\)",
        (
            "",
            "An index that enters an Embedding must be below its `input_dim`.",
            "Set input_dim to the largest index plus one; index 0 counts as well.",
        ),
        "fix-shape",
        "model",
    ),
    Mistake(
        r"Computed output size would be zero or negative|Negative dimension size caused by|"
        r"Kernel size can't be greater than actual input size",
        (
            "poor-convolution-plan",
            "The window of the layer must fit into what reaches it; earlier strides and poolings left too little.",
            'Use padding="same", smaller windows, fewer poolings, or larger inputs.',
        ),
        "fix-shape",
        "model",
    ),
    Mistake(
        rf"total size of the tensor must be unchanged. Received: input_shape=(?P<shape>{_SIZE}), "
        rf"target_shape=(?P<target>{_SIZE})",
        (
            _SHAPE,
            "Reshape keeps the number of values: {shape} cannot become {target}.",
            "Choose a target shape with the same product, or put -1 for one axis.",
        ),
        "fix-shape",
        "model",
    ),
    Mistake(
        r"requires inputs with matching shapes except for the concatenation axis. Received: input_shape="
        r"(?P<shape>\[.*?\)\])",
        (
            _SHAPE,
            "Concatenate takes tensors that agree on every axis but one, and received {shape}.",
            "Flatten or pool the branches to the same number of axes before they meet, or name another axis.",
        ),
        "fix-shape",
        "model",
    ),
    Mistake(
        rf"Inputs have incompatible shapes. Received shapes (?P<one>{_SIZE}) and (?P<other>{_SIZE})",
        (
            _SHAPE,
            "Layers that add or multiply take tensors of one shape, and received {one} and {other} (without the "
            "batch).",
            "Bring a branch to the shape of the other: a Dense or 1x1 convolution with as many units, or the same "
            "strides.",
        ),
        "fix-shape",
        "model",
    ),
    Mistake(
        r"expects (?P<expected>\d+) (?:named )?input\(s\).*received (?P<found>\d+) input tensors|"
        r"Output with path `+ is not connected to `inputs`",
        (
            _SHAPE,
            "The model has several inputs, and each must be given.",
            "Pass a list with one array for each input, in their order, or a dict by the inputs' names.",
        ),
        "fix-shape",
        "fit",
    ),
    Mistake(
        r"Data cardinality is ambiguous.*'?x'? sizes: (?P<inputs>[\d, ]+).*'?y'? sizes: (?P<targets>[\d, ]+)",
        (
            _LABELS,
            "Every array must hold the same examples: the inputs have {inputs} rows, the targets {targets}.",
            "Find the step that dropped or added rows on one side only, and pair them before it.",
        ),
        "fix-labels",
        "data",
    ),
)
