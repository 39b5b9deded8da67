"""The what-if language: its grammar, form by form.

A what-if is one form, or several joined by commas. White space around signs does not matter, nor do capitals.
"""

from __future__ import annotations

from collections.abc import Callable

from vandap.ask.whatif.form import NUMBER, Form, NoMeaningError, Subject
from vandap.ask.whatif.theory import THEORY
from vandap.repair.changes.change import Change
from vandap.repair.changes.data import ALL, EACH, ClassWeights, DataShare, StandardiseInputs
from vandap.repair.changes.optimisation import (
    BatchSize,
    Clip,
    EarlyStopping,
    Epochs,
    LearningRate,
    NoClip,
    Optimiser,
    OptimiserSetting,
    Schedule,
    Shuffle,
)
from vandap.repair.changes.output import FromLogits, LabelSmoothing, OutputActivation, SetLoss
from vandap.repair.changes.structure import HiddenActivation, Initialiser, Insert, LayerSetting, Remove, Units
from vandap.repair.inputs import are_of_one_unit, class_counts, has_still_features
from vandap.repair.layers import units_of
from vandap.repair.usual import usual_rate

SEED_ONLY = "seed only"
"""Changes nothing but the seeds: how much of any difference is chance."""
_WORD = r"([a-z_0-9]+)"
_OPTIMISERS = {
    name.lower(): name for name in ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "Nadam", "Adamax", "Lion")
}
_KINDS = {
    "batchnorm": ("BatchNormalization",),
    "layernorm": ("LayerNormalization",),
    "dropout": ("Dropout", "SpatialDropout1D", "SpatialDropout2D", "AlphaDropout", "GaussianDropout"),
    "augmentation": (
        "RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomContrast", "RandomBrightness",
        "RandomCrop", "GaussianNoise", "RandAugment", "MixUp", "CutMix",
    ),
}  # fmt: skip

Caught = tuple[str, ...]


def _scaled(caught: Caught, now: float | None, what: str) -> float:
    """The value that `=`, `*` or `/` gives.

    Raises:
        NoMeaningError: There is no value to multiply.
    """
    sign, value = caught[0], float(caught[1])
    if sign == "=":
        return value
    if not now:
        raise NoMeaningError(f"{what} is no plain number here, so it cannot be multiplied.")
    if value == 0:
        raise NoMeaningError(f"{what} cannot be multiplied or divided by 0.")
    return now * value if sign == "*" else now / value


def _rate(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    return (LearningRate(_scaled(caught, subject.case.rate, "The learning rate")),)


def _batch(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    return (BatchSize(max(1, round(_scaled(caught, subject.program.fit.batch_size, "The batch size")))),)


def _epochs(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    return (Epochs(max(1, round(_scaled(caught, subject.program.fit.epochs, "The number of epochs")))),)


def _optimiser(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    name = _OPTIMISERS.get(caught[0])
    if name is None:
        raise NoMeaningError(f"There is no optimiser {caught[0]!r}; there are {', '.join(_OPTIMISERS.values())}.")
    return (Optimiser(name, float(caught[1]) if caught[1] else 0.01 if name == "SGD" else 0.001),)


def _without(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    present = dict.fromkeys(layer.kind for layer in subject.program.layers if layer.kind in _KINDS[caught[0]])
    if not present:
        raise NoMeaningError(f"The model has no {caught[0]}.")
    return tuple(Remove(subject.kinds(kind), kind) for kind in present)


def _insert(kind: str) -> Callable[[Caught, Subject], tuple[Change, ...]]:
    def changes(caught: Caught, subject: Subject) -> tuple[Change, ...]:
        layers = tuple(layer.path for layer in subject.hidden())
        if not layers:
            raise NoMeaningError("The model has no hidden layer to put it behind.")
        return (Insert(kind, layers, float(caught[0]) if caught else None),)

    return changes


def _dropout(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    layers = subject.kinds("Dropout")
    if not layers:
        raise NoMeaningError("The model has no Dropout; +dropout=0.5 puts it in.")
    return (LayerSetting("rate", float(caught[0]), layers),)


def _activation(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    layers = tuple(layer.path for layer in subject.hidden() if layer.kind != "ReLU")
    if not layers:
        raise NoMeaningError("The model has no hidden layer with an activation.")
    return (HiddenActivation(caught[0], layers),)


def _output(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    output = subject.case.output
    if output is None:
        raise NoMeaningError("The model has several outputs.")
    return (OutputActivation(output.path, caught[0]),)


def _initialiser(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    output = subject.case.output
    layers = (*subject.case.hidden("Dense", "Conv1D", "Conv2D"), *([output] if output is not None else []))
    return (Initialiser(caught[0], tuple(layer.path for layer in layers)),)


def _width(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    layers = [layer for layer in subject.case.hidden("Dense", "Conv1D", "Conv2D") if units_of(layer)]
    if not layers:
        raise NoMeaningError("The model has no hidden layer with units or filters.")
    factor = float(caught[1]) if caught[0] == "*" else 1.0 / float(caught[1])
    units = tuple(max(1, round(units_of(layer) * factor)) for layer in layers)
    return (Units(factor, tuple(layer.path for layer in layers), units),)


def _padding(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    layers = subject.kinds("Conv1D", "Conv2D", "Conv3D")
    if not layers:
        raise NoMeaningError("The model has no convolution.")
    return (LayerSetting("padding", caught[0], layers),)


def _balanced(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    counts = class_counts(subject.case)
    if len(counts) < 2 or min(counts) <= 0:
        raise NoMeaningError("The classes of the targets were not counted.")
    mean = sum(counts) / len(counts)
    return (ClassWeights(tuple(float(f"{mean / count:.3g}") for count in counts)),)


def _standardised(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    together = has_still_features(subject.case) or are_of_one_unit(subject.case)
    return (StandardiseInputs(ALL if together else EACH),)


def _share(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    share = 0.5 if not caught or not caught[0] else float(caught[0])
    if not 0 < share < 1:
        raise NoMeaningError("The share of the data is above 0 and below 1; no program has more than all.")
    return (DataShare(share),)


def _decay(caught: Caught, subject: Subject) -> tuple[Change, ...]:
    rate = subject.case.rate or usual_rate(subject.case)
    return (Schedule(rate, max(subject.case.steps, 1)),)


def _plain(change: Callable[[Caught], Change]) -> Callable[[Caught, Subject], tuple[Change, ...]]:
    return lambda caught, subject: (change(caught),)


def _form(
    pattern: str, written: str, meaning: str, changes: Callable[[Caught, Subject], tuple[Change, ...]], theory: str
) -> Form:
    return Form(pattern, written, meaning, changes, *THEORY[theory])


_SIGNED = rf"([*/=]){NUMBER}"

FORMS = (
    _form(rf"lr{_SIGNED}", "lr*10  lr/10  lr=0.001", "the learning rate", _rate, "rate"),
    _form("decay", "decay", "the learning rate falls along a cosine to 0", _decay, "decay"),
    _form(rf"batch{_SIGNED}", "batch=512  batch*4  batch/2", "the batch size", _batch, "batch"),
    _form(rf"epochs{_SIGNED}", "epochs*3  epochs=50", "the number of epochs", _epochs, "epochs"),
    _form(
        rf"optimi[sz]er={_WORD}(?:\({NUMBER}\))?", "optimizer=sgd  optimizer=sgd(0.1)",
        "the optimiser, with a usual rate where none is given", _optimiser, "optimiser",
    ),
    _form(rf"momentum={NUMBER}", "momentum=0.9", "the momentum of SGD",
          _plain(lambda caught: OptimiserSetting("momentum", float(caught[0]))), "momentum"),
    _form(rf"weight[_ ]decay={NUMBER}", "weight_decay=0.01", "the weight decay of the optimiser",
          _plain(lambda caught: OptimiserSetting("weight_decay", float(caught[0]))), "weight decay"),
    _form(rf"clip={NUMBER}", "clip=1", "a bound on the norm of each weight's gradient",
          _plain(lambda caught: Clip(float(caught[0]))), "clip"),
    _form("no clip", "no clip", "no bound on the gradient", _plain(lambda caught: NoClip()), "clip"),
    _form(r"early[_ ]stopping(?:=(\d+))?", "early stopping  early stopping=5",
          "the end where the validation loss stands still, with the best weights",
          _plain(lambda caught: EarlyStopping(int(caught[0] or 5))), "early stopping"),
    _form("no shuffle|shuffle=false", "no shuffle", "the examples in their own order each epoch",
          _plain(lambda caught: Shuffle(False)), "no shuffle"),
    _form("shuffle|shuffle=true", "shuffle", "another order of the examples each epoch",
          _plain(lambda caught: Shuffle(True)), "shuffle"),
    _form("no (batchnorm|layernorm|dropout|augmentation)", "no batchnorm  no dropout  no augmentation",
          "all such layers taken out", _without, "without"),
    _form(r"\+batchnorm", "+batchnorm", "BatchNormalization after each hidden layer",
          _insert("BatchNormalization"), "batch normalisation"),
    _form(r"\+layernorm", "+layernorm", "LayerNormalization after each hidden layer",
          _insert("LayerNormalization"), "layer normalisation"),
    _form(rf"\+dropout={NUMBER}", "+dropout=0.5", "Dropout after each hidden layer", _insert("Dropout"), "dropout"),
    _form(rf"dropout={NUMBER}", "dropout=0.2", "the rate of every Dropout", _dropout, "dropout"),
    _form(rf"activation={_WORD}", "activation=linear  activation=tanh", "the activation of every hidden layer",
          _activation, "activation"),
    _form(rf"output={_WORD}", "output=softmax", "the activation of the output", _output, "output"),
    _form(rf"loss={_WORD}", "loss=mean_squared_error", "the loss", _plain(lambda caught: SetLoss(caught[0])), "loss"),
    _form(r"from_logits=(true|false)", "from_logits=true", "whether the loss takes the outputs for logits",
          _plain(lambda caught: FromLogits(caught[0] == "true")), "logits"),
    _form(rf"label[_ ]smoothing={NUMBER}", "label_smoothing=0.1", "smoothed labels in the cross-entropy",
          _plain(lambda caught: LabelSmoothing(float(caught[0]))), "label smoothing"),
    _form(rf"init={_WORD}", "init=zeros  init=he_normal", "the initial values of every kernel", _initialiser, "init"),
    _form(rf"width([*/]){NUMBER}", "width*2  width/2", "units and filters of every hidden layer", _width, "width"),
    _form("padding=(same|valid)", "padding=same", "the padding of every convolution", _padding, "padding"),
    _form("classes balanced|balanced classes", "classes balanced", "weights that make every class count the same",
          _balanced, "balanced"),
    _form("inputs standardi[sz]ed|standardi[sz]e", "inputs standardised", "mean 0 and deviation 1 at the input",
          _standardised, "standardised"),
    _form(rf"half the data|data\*{NUMBER}", "half the data  data*0.25", "a part of the training rows", _share, "share"),
    _form(SEED_ONLY, "seed only", "nothing but the seeds, other ones in each arm", lambda caught, subject: (), "seed"),
)  # fmt: skip
"""Every form; the first that matches is meant."""
