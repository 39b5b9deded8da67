"""Changes that several remedies make: faults of different names may have one cure."""

from __future__ import annotations

import math

from vandap.core.program import Layer
from vandap.repair.changes.change import Change
from vandap.repair.changes.data import ScaleTarget
from vandap.repair.changes.optimisation import BatchSize, EarlyStopping, OptimiserSetting
from vandap.repair.changes.output import OutputActivation, SetLoss
from vandap.repair.changes.structure import Initialiser, Insert, LayerSetting, Unfreeze, Units
from vandap.repair.inputs import label_fact, target_scale
from vandap.repair.layers import of_kind, units_of, with_own_biases, with_own_initialiser
from vandap.repair.pairs import activation_for, pair_for
from vandap.repair.remedy import Case

Bundles = tuple[tuple[Change, ...], ...]
_BOUNDS = {"sigmoid": (0.0, 1.0), "softmax": (0.0, 1.0), "tanh": (-1.0, 1.0), "relu": (0.0, math.inf)}
"""What the outputs of an activation lie between."""
_WIDE = ("Dense", "Conv1D", "Conv2D")


def loss_of_labels(case: Case) -> Bundles:
    """Loss and output that belong to the labels, unless the training has them."""
    output, pair = case.output, pair_for(case)
    if output is None or pair is None:
        return ()
    loss, activation = pair
    if _has_loss(case, loss) and activation_for(case) == output.activation:
        return ()
    changes: list[Change] = [SetLoss(loss)]
    if output.activation != activation:
        changes.append(OutputActivation(output.path, activation))
    return (tuple(changes),)


def _has_loss(case: Case, name: str) -> bool:
    """Whether the one loss is this one, with logits or without."""
    losses = case.program.compile.losses
    return len(losses) == 1 and losses[0].kind.lower() == name.replace("_", "")


def faster_averages(case: Case) -> Bundles:
    """Averages of batch normalisation that follow the training."""
    slow = tuple(
        layer.path
        for layer in of_kind(case, "BatchNormalization")
        if float(layer.settings.get("momentum") or 0.0) > 0.9
    )
    return ((LayerSetting("momentum", 0.9, slow),),) if slow else ()


def larger_batches(case: Case) -> Bundles:
    """Batches of four and of two times the size, while four of them are left."""
    fit = case.program.fit
    larger = [size for size in (fit.batch_size * 4, fit.batch_size * 2) if 0 < size <= fit.examples // 4]
    return tuple((BatchSize(size),) for size in larger)


def early_stop(case: Case) -> Bundles:
    """The weights of the best epoch, where there is validation and nothing stops early yet."""
    fit = case.program.fit
    if fit.validation == "none" or "EarlyStopping" in fit.callbacks:
        return ()
    return ((EarlyStopping(max(3, fit.epochs // 10)),),)


def half_the_units(case: Case) -> Bundles:
    """Half as many units in every hidden layer."""
    layers = [layer for layer in case.hidden(*_WIDE) if units_of(layer) > 4]
    units = tuple(units_of(layer) // 2 for layer in layers)
    return ((Units(0.5, tuple(layer.path for layer in layers), units),),) if layers else ()


def keeping_the_shape(case: Case) -> tuple[Layer, ...]:
    """Hidden layers that can be left out or led around: they give the shape that they are given."""
    hidden = [layer for layer in case.hidden("Dense", "Conv2D") if layer.input_shape]
    return tuple(layer for layer in hidden if layer.input_shape == layer.output_shape)


def followable(case: Case) -> tuple[Layer, ...]:
    """Hidden layers that another like them may follow: they have an activation, and make no map smaller."""
    hidden = [layer for layer in case.hidden(*_WIDE) if layer.activation not in (None, "linear")]
    return tuple(layer for layer in hidden if layer.kind == "Dense" or _keeps_maps(layer))


def _keeps_maps(layer: Layer) -> bool:
    """Whether a convolution gives maps of the size that it reads."""
    steps = layer.settings.get("strides")
    steps = steps if isinstance(steps, list | tuple) else (steps,)
    return layer.settings.get("padding") == "same" and set(steps) == {1}


def batch_normalisation(case: Case) -> Bundles:
    """Batch normalisation after every hidden layer."""
    layers = tuple(layer.path for layer in case.hidden(*_WIDE))
    return ((Insert("BatchNormalization", layers),),) if layers else ()


def all_trained(case: Case) -> Bundles:
    """Frozen layers learn."""
    frozen = tuple(layer.path for layer in case.program.layers if not layer.trainable and layer.parameters)
    return ((Unfreeze(frozen),),) if frozen else ()


def default_initialisers(case: Case) -> Bundles:
    """The initialisers that Keras takes by default."""
    of = {"kernel": with_own_initialiser(case), "bias": with_own_biases(case)}
    changes = tuple(Initialiser("", layers, weights) for weights, layers in of.items() if layers)
    return (changes,) if changes else ()


def scaled_target(case: Case) -> Bundles:
    """Outputs that are brought to the scale of the targets, unless that is about theirs.

    An output that is bounded, and by its bounds kept from the targets, becomes a linear one.
    """
    scale, output = target_scale(case), case.output
    if scale is None or output is None or (0.5 < scale[0] < 2.0 and abs(scale[1]) < scale[0]):
        return ()
    if output.activation == "linear":
        return ((ScaleTarget(*scale),),)
    low, high = _BOUNDS.get(output.activation or "", (-math.inf, math.inf))
    least, most = label_fact(case, "minimum"), label_fact(case, "maximum")
    is_kept_out = least is not None and most is not None and (least < low or most > high)
    return ((OutputActivation(output.path, "linear"), ScaleTarget(*scale)),) if is_kept_out else ()


def less_dropout(case: Case) -> Bundles:
    """A usual rate for every dropout that leaves out more than most networks bear."""
    high = tuple(layer.path for layer in of_kind(case, "Dropout") if is_high(layer))
    return ((LayerSetting("rate", 0.2, high),),) if high else ()


def is_high(dropout: Layer) -> bool:
    """Whether a dropout leaves out more than most networks bear."""
    return float(dropout.settings.get("rate") or 0.0) > 0.3


def without_decay(case: Case, *factors: float) -> Bundles:
    """The optimiser's weight decay times these factors; nothing where it has none."""
    decay = case.program.compile.settings.get("weight_decay")
    if not isinstance(decay, int | float) or not decay > 0:
        return ()
    return tuple((OptimiserSetting("weight_decay", float(f"{decay * factor:.2g}")),) for factor in factors)


def strengths(case: Case) -> tuple[LayerSetting, ...]:
    """How far each layer that changes the inputs by chance does so, as it is."""
    return tuple(
        LayerSetting(name, strength, (layer.path,))
        for layer in case.program.layers
        for name in ("factor", "height_factor", "width_factor", "stddev")
        if is_augmentation(layer) and (strength := _strength(layer.settings.get(name)))
    )


def is_augmentation(layer: Layer) -> bool:
    """Whether a layer changes its inputs by chance while it is trained."""
    return layer.kind.startswith("Random") or layer.kind == "GaussianNoise"


def _strength(setting: object) -> float:
    """The largest amount of a factor that is one number or a range."""
    values = setting if isinstance(setting, list | tuple) else (setting,)
    return max((abs(float(value)) for value in values if isinstance(value, int | float)), default=0.0)
