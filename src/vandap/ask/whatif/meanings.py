"""What the words of a what-if change in one training."""

from __future__ import annotations

import math
from collections.abc import Callable

from vandap.ask.whatif.form import CONVOLUTIONS, Caught, Meaning, NoMeaningError, Subject, ValueMeaningError
from vandap.ask.whatif.names import ACTIVATIONS, INITIALISERS, LOSSES, OPTIMISERS, known
from vandap.ask.whatif.reach import is_augmenting, with_activation, with_kernel, with_width
from vandap.core.program import Compile, Program
from vandap.repair.changes.change import Change
from vandap.repair.changes.data import ALL, EACH, ClassWeights, DataShare, ImageSize, StandardiseInputs
from vandap.repair.changes.optimisation import BatchSize, Clip, Epochs, LearningRate, Optimiser, Schedule
from vandap.repair.changes.output import LabelSmoothing, OutputActivation, SetLoss
from vandap.repair.changes.structure import HiddenActivation, Initialiser, Insert, LayerSetting, Remove, Units
from vandap.repair.inputs import are_of_one_unit, class_counts, label_fact
from vandap.repair.layers import BENDS, units_of
from vandap.repair.remedy import Case
from vandap.repair.usual import usual_rate

LARGEST_SIDE = 4096
_SPARSE, _NUMBERED = "sparse_categorical_crossentropy", "SparseCategoricalCrossentropy"
_MOST, _MOST_UNITS = 10**9, 2**16
"""Counts, and units of a layer, above it are slips of the pen."""
_KINDS = {
    "batchnorm": ("BatchNormalization",),
    "layernorm": ("LayerNormalization",),
    "dropout": (
        "Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "AlphaDropout", "GaussianDropout",
    ),
}  # fmt: skip


def number(text: str, what: str) -> float:
    """A number that a program can hold.

    Raises:
        NoMeaningError: It is too large.
    """
    value = float(text)
    if not math.isfinite(value):
        raise ValueMeaningError(f"{what} cannot be {text}, which is more than a program can hold.")
    return value


def scaled(caught: Caught, now: float | None, what: str) -> float:
    """The value that `=`, `*` or `/` gives.

    Args:
        caught: The sign, and the number behind it.
        now: The value that the training has; None where it is no plain number.
        what: What it is, as the subject of a sentence.

    Raises:
        NoMeaningError: There is no value to multiply, or nothing would change.
    """
    sign, value = caught[0], number(caught[1], what)
    if sign == "=":
        new = value
    elif value == 0:
        raise ValueMeaningError(f"{what} cannot be multiplied or divided by 0.")
    elif not now:
        raise NoMeaningError(f"{what} is no plain number here, so it cannot be multiplied.")
    else:
        new = now * value if sign == "*" else now / value
    if new == now:
        raise NoMeaningError(f"{what} is {now:g} already.")
    return number(repr(new), what)


def share(text: str, what: str, *, zero: bool = True) -> float:
    """A number from 0, below 1.

    Raises:
        NoMeaningError: It is another one.
    """
    value = float(text)
    if value >= 1 or (value == 0 and not zero):
        raise ValueMeaningError(f"{what} is {'at least' if zero else 'above'} 0 and below 1, not {text}.")
    return value


def rate(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    """`lr*10`."""
    return (LearningRate(scaled(caught, subject.case.rate, "The learning rate")),)


def batch(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    """`batch=512`."""
    return (BatchSize(_count(caught, subject.program.fit.batch_size, "The batch size")),)


def epochs(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    """`epochs*3`."""
    return (Epochs(_count(caught, subject.program.fit.epochs, "The number of epochs")),)


def _count(caught: Caught, now: int, what: str) -> int:
    given = number(caught[1], what)
    if caught[0] == "=" and given != round(given):
        raise ValueMeaningError(f"{what} is a whole number, not {caught[1]}.")
    value = given if caught[0] == "=" else scaled(caught, now, what)
    if value == 0 or value > _MOST:
        raise ValueMeaningError(f"{what} is from 1 to {_MOST:,}.")
    count = max(1, round(value))
    if count == now:
        raise NoMeaningError(f"{what} is {now} already.")
    return count


def optimiser(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    """`optimizer=sgd(0.1)`."""
    name = OPTIMISERS[known(caught[0], OPTIMISERS, "optimiser")]
    usual = usual_rate(Subject(Program(compile=Compile(optimizer=name))).case)
    return (Optimiser(name, number(caught[1], "The learning rate") if caught[1] else usual),)


def clip(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    """`clip=1`."""
    bound = number(caught[0], "The bound of the gradient")
    if bound == 0:
        raise ValueMeaningError("The bound of the gradient is above 0.")
    return (Clip(bound),)


def without(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    """`no batchnorm`."""
    kinds = _KINDS.get(caught[0], ())
    layers = [layer for layer in subject.program.layers if (layer.kind in kinds if kinds else is_augmenting(layer))]
    if not layers:
        missing = f"The model has no {caught[0]}."
        raise subject.lacks(missing) if kinds else NoMeaningError(missing)
    present = dict.fromkeys(layer.kind for layer in layers)
    return tuple(Remove(subject.kinds(kind), kind) for kind in present)


def insert(kind: str) -> Meaning:
    """`+batchnorm`, `+dropout=0.5`."""

    def changes(caught: Caught, subject: Subject) -> tuple[Change, ...]:
        value = share(caught[0], "The rate of a dropout", zero=False) if caught else None
        layers = tuple(layer.path for layer in subject.hidden())
        if not layers:
            raise NoMeaningError("The model has no hidden layer to put it behind.")
        return (Insert(kind, layers, value),)

    return changes


def dropout(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    """`dropout=0.2`."""
    value, layers = share(caught[0], "The rate of a dropout"), subject.kinds("Dropout")
    if not layers:
        raise NoMeaningError("The model has no Dropout; +dropout=0.5 puts it in.")
    return (LayerSetting("rate", value, layers),)


def activation(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    """`activation=linear`."""
    name = known(caught[0], ACTIVATIONS, "activation")
    hidden = subject.hidden()
    layers = tuple(layer.path for layer in with_activation(subject, name))
    fixed = [layer for layer in hidden if layer.kind in BENDS and layer.kind != "Activation"]
    if fixed:
        raise NoMeaningError(
            f'{fixed[0].name} is always a {fixed[0].kind}: write Activation("relu") there to ask this.'
        )
    if not hidden:
        raise NoMeaningError("The model has no hidden layer with an activation.")
    if not layers:
        raise NoMeaningError(f"Every hidden layer has {name} already.")
    return (HiddenActivation(name, layers),)


def output(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    """`output=softmax`."""
    name, layer = known(caught[0], ACTIVATIONS, "activation"), subject.case.output
    if layer is None:
        raise subject.lacks("The model has several outputs.")
    if layer.activation == name:
        raise NoMeaningError(f"The output has {name} already.")
    return (OutputActivation(layer.path, name),)


def loss(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    """`loss=mean_squared_error`."""
    name = known(caught[0], LOSSES, "loss")
    reason = _other_labels(name, subject.case)
    if reason:
        raise NoMeaningError(reason)
    return (SetLoss(name),)


def _other_labels(name: str, case: Case) -> str:
    """Why a loss does not go with the form of the labels, where they are those of several classes; "" where it does."""
    losses = case.program.compile.losses
    if len(losses) != 1 or case.width == 1:
        return ""
    if losses[0].kind == _NUMBERED and name != _SPARSE:
        return f"The labels are class numbers, and {name} needs as many targets as there are outputs: one-hot labels."
    if name == _SPARSE and (label_fact(case, "one_hot") or losses[0].kind.startswith("Categorical")):
        return f"The labels are one-hot, and {_SPARSE} needs class numbers."
    return ""


def smoothing(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    """`label_smoothing=0.1`."""
    return (LabelSmoothing(share(caught[0], "Label smoothing")),)


def initialiser(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    """`init=zeros`."""
    name = known(caught[0], INITIALISERS, "initialiser")
    return (Initialiser(name, tuple(layer.path for layer in with_kernel(subject))),)


def width(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    """`width*2`."""
    layers = with_width(subject)
    factor = scaled(caught, 1.0, "The width")
    units = tuple(max(1, round(scaled(caught, units_of(layer), "The width"))) for layer in layers)
    if max(units) > _MOST_UNITS:
        raise NoMeaningError(f"A layer of {max(units):,} units is wider than {_MOST_UNITS:,}.")
    return (Units(factor, tuple(layer.path for layer in layers), units),)


def padding(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    """`padding=same`."""
    layers = [layer for layer in subject.program.layers if layer.kind in CONVOLUTIONS]
    if not layers:
        raise NoMeaningError("The model has no convolution.")
    others = tuple(layer.path for layer in layers if layer.settings.get("padding") != caught[0])
    if not others:
        raise NoMeaningError(f"Every convolution has padding {caught[0]} already.")
    return (LayerSetting("padding", caught[0], others),)


def image_size(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    """`image_size*2`."""
    sides = _sides(subject)
    if sides is None:
        raise subject.lacks("The model's one input is no image of known height and width.")
    new = [max(1, round(scaled(caught, side, "The side of the images"))) for side in sides]
    if max(new) > LARGEST_SIDE:
        raise NoMeaningError(f"Images of {new[0]} x {new[1]} pixels are larger than {LARGEST_SIDE} a side.")
    return (ImageSize(new[0], new[1]),)


def _sides(subject: Subject) -> tuple[int, int] | None:
    """Height and width of the images that enter; the last axis is that of the channels."""
    first = next((layer for layer in subject.program.layers if layer.kind != "InputLayer" and not layer.parent), None)
    shape = first.input_shape if first is not None else ()
    if len(shape) != 4 or shape[3] not in (1, 2, 3, 4) or not shape[1] or not shape[2]:
        return None
    return shape[1], shape[2]


def balanced(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    """`classes balanced`."""
    counts = class_counts(subject.case)
    if len(counts) < 2 or min(counts) <= 0:
        raise NoMeaningError("The classes of the targets were not counted.")
    mean = sum(counts) / len(counts)
    return (ClassWeights(tuple(float(f"{mean / count:.3g}") for count in counts)),)


def standardised(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    """`inputs standardised`."""
    together = are_of_one_unit(subject.case)
    return (StandardiseInputs(ALL if together else EACH),)


def part(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    """`half the data`, `data*0.25`."""
    size = 0.5 if not caught or not caught[0] else float(caught[0])
    if not 0 < size < 1:
        raise ValueMeaningError("The share of the data is above 0 and below 1; no program has more than all.")
    return (DataShare(size),)


def decay(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    """`decay`."""
    return (Schedule(subject.case.rate or usual_rate(subject.case), max(subject.case.steps, 1)),)


def plain(change: Callable[[Caught], Change]) -> Meaning:
    """One change that depends on the words alone."""
    return lambda caught, subject: (change(caught),)


def nothing(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    """`seed only`."""
    return ()
