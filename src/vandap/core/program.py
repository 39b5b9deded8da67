"""The structure of a training: layers with their call sites, compile and fit arguments, and how it ended.

It is stored under `structure` in `program.json`. The record is tolerant: what an older version did not write, or what
could not be seen, is read as the defaults below, and rules must expect them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from vandap.core.finding import Where
from vandap.core.records import from_json


@dataclass(frozen=True)
class Site:
    """A line of the user's own program.

    Args:
        file: Source file; None where it is not known (a built recipe, a loaded model, an interactive session).
        line: Line in it, counted from 1.
        text: The line's text, stripped.
        through: The package whose code this line called to make the object: `keras.applications`, or an installed
            package that is neither Keras nor a back end; "" where the user's own code made it.
    """

    file: str | None = None
    line: int | None = None
    text: str = ""
    through: str = ""


@dataclass(frozen=True)
class Layer:
    """One layer of the network, in the order in which data pass.

    Args:
        index: Place among all layers, counted from 0; layers of nested models stand after the model that holds them.
        path: The layer's own path: names of the models around it and its name, joined by `/`; unique.
        name: Keras name.
        kind: Class name, such as `Dense`.
        module: Module of the class; it starts with `keras` for built-in layers.
        settings: The layer's configuration as JSON data (`get_config`), initialisers and regularisers included.
        activation: Name of the activation function that the layer applies (`relu`, `linear`, ...); None where it has
            none. Activation layers (`ReLU`, `Softmax`, `Activation`) give the function they apply.
        inputs: Names of the layers whose outputs enter; empty where the graph is not known (subclassed models).
        input_shape: Shape of the first input with None for free axes; () where it is not known.
        output_shape: Shape of the first output with None for free axes; () where it is not known.
        parameters: Weights of the layer, as numbers.
        trainable_parameters: Those that are trained.
        trainable: Whether the layer's `trainable` flag is set.
        parent: Path of the nested model that holds the layer; "" for layers of the outermost model.
        calls: How often the layer is called in one forward pass; 0 where that is not known.
        dtype: Compute type, such as `float32`.
        site: Where the user's program made it.
    """

    index: int
    path: str
    name: str
    kind: str
    module: str = "keras"
    settings: Mapping[str, Any] = field(default_factory=dict)
    activation: str | None = None
    inputs: tuple[str, ...] = ()
    input_shape: tuple[int | None, ...] = ()
    output_shape: tuple[int | None, ...] = ()
    parameters: int = 0
    trainable_parameters: int = 0
    trainable: bool = True
    parent: str = ""
    calls: int = 0
    dtype: str = "float32"
    site: Site = field(default_factory=Site)

    @property
    def is_custom(self) -> bool:
        """Whether the class is the user's own, so that nothing is known of what it computes."""
        return not self.module.startswith("keras")

    @property
    def is_published(self) -> bool:
        """Whether a package laid it out, such as a backbone of `keras.applications`: its plan is not the user's."""
        return bool(self.site.through)

    def where(self, component: str = "model") -> Where:
        """The layer as the place of a finding."""
        return Where(component, self.path, self.site.file, self.site.line)


@dataclass(frozen=True)
class Loss:
    """The loss of one output.

    Args:
        output: Name of the layer that gives the output.
        kind: Class name in the Keras form, such as `SparseCategoricalCrossentropy`; the function's own name for a loss
            that is not of Keras; "" where none was given.
        module: Module of the class or function.
        settings: `from_logits`, `label_smoothing`, `reduction` and the like, where the loss has them.
        weight: Weight in the total loss.
    """

    output: str
    kind: str
    module: str = "keras"
    settings: Mapping[str, Any] = field(default_factory=dict)
    weight: float = 1.0

    @property
    def from_logits(self) -> bool:
        """Whether the loss applies the softmax or the sigmoid itself."""
        return bool(self.settings.get("from_logits", False))


_SCHEDULED = ("initial_learning_rate", "warmup_target", "end_learning_rate")
"""Settings of Keras' schedules that are rates: one may start at zero and warm up."""


@dataclass(frozen=True)
class Compile:
    """What `compile` was given.

    Args:
        losses: One for each output.
        metrics: Names of the metrics, `accuracy` resolved as Keras resolves it (`binary_accuracy`, ...).
        optimizer: Class name of the optimiser.
        settings: The optimiser's configuration as JSON data; `learning_rate` is a number, or the schedule's config.
        options: `jit_compile`, `run_eagerly`, `steps_per_execution`, `auto_scale_loss`.
        site: The call of `compile`.
        optimizer_site: Where the optimiser was made, as its settings are often written there.
    """

    losses: tuple[Loss, ...] = ()
    metrics: tuple[str, ...] = ()
    optimizer: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    site: Site = field(default_factory=Site)
    optimizer_site: Site = field(default_factory=Site)

    @property
    def highest_rate(self) -> float:
        """The learning rate, of a schedule its highest; NaN where it is not known."""
        rate = self.settings.get("learning_rate")
        if not isinstance(rate, Mapping):
            return float(rate) if isinstance(rate, int | float) else math.nan
        config = rate.get("config")
        settings = config if isinstance(config, Mapping) else {}
        steps = settings.get("values")
        given = [*(steps if isinstance(steps, list) else []), *(settings.get(name) for name in _SCHEDULED)]
        return max((float(item) for item in given if isinstance(item, int | float)), default=math.nan)

    def at_optimizer(self) -> Where:
        """The line of the optimiser's settings as the place of a finding; that of `compile` where it is not known."""
        site = self.optimizer_site if self.optimizer_site.line is not None else self.site
        return Where("compile", None, site.file, site.line)


@dataclass(frozen=True)
class FitCall:
    """One call of `fit`, or several of which each went on where the one before had ended: one training.

    Args:
        data: `arrays`, `generator`, `PyDataset`, `tf.data`, `DataLoader`, `grain` or `other`.
        examples: Training examples; 0 where that is not known (a generator).
        batch_size: Examples of a batch; 0 where that is not known.
        epochs: Epochs asked for, as the first call was given them.
        epochs_run: Epochs that were run, in all calls.
        steps: Optimiser steps that were run, in all calls.
        shuffle: Whether Keras shuffles: True for arrays unless switched off; None where the data decide.
        validation: `none`, `split` (Keras takes the tail) or `data`.
        validation_share: Share that `validation_split` takes.
        validation_examples: Validation examples; 0 where that is not known.
        class_weight: Weight of each class, by class number as text.
        sample_weight: Whether sample weights were given.
        callbacks: Class names of the user's callbacks.
        callback_settings: Settings of the user's callbacks by class name (patience, monitor, restore_best_weights ...).
        stopped_early: Whether a callback ended the training.
        site: The first call.
        number: Its place among all calls of the program, counted from 0.
        calls: How many calls there were: later ones with the same model, optimiser and data are joined to the first.
        planned_epochs: Epochs that all calls were to run, `initial_epoch` left out; 0 where only `epochs` is known.
        steps_before: Steps that the optimiser had made when the first call began: with other data, or before a load.
        targets_moved: Whether the last targets of a loop by hand were others than its first, as when a network makes
            them: then losses of different times are not comparable.
    """

    data: str = "other"
    examples: int = 0
    batch_size: int = 0
    epochs: int = 0
    epochs_run: int = 0
    steps: int = 0
    shuffle: bool | None = None
    validation: str = "none"
    validation_share: float = 0.0
    validation_examples: int = 0
    class_weight: Mapping[str, float] = field(default_factory=dict)
    sample_weight: bool = False
    callbacks: tuple[str, ...] = ()
    callback_settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    stopped_early: bool = False
    site: Site = field(default_factory=Site)
    number: int = 0
    calls: int = 1
    planned_epochs: int = 0
    steps_before: int = 0
    targets_moved: bool = False

    @property
    def batches(self) -> int:
        """Batches of an epoch, the last one perhaps smaller; 0 where their size or the examples are not known."""
        return -(-self.examples // self.batch_size) if self.examples and self.batch_size else 0

    @property
    def planned_steps(self) -> int:
        """Optimiser steps of all epochs asked for; 0 where that is not known."""
        return self.wanted_epochs * self.batches

    @property
    def wanted_epochs(self) -> int:
        """Epochs that all calls were to run."""
        return self.planned_epochs or self.epochs

    def joined(self, later: FitCall) -> FitCall:
        """Return this training with a further call, whose epochs and steps are not counted yet."""
        return replace(
            self,
            calls=self.calls + 1,
            planned_epochs=self.wanted_epochs + later.wanted_epochs,
            callbacks=tuple(dict.fromkeys([*self.callbacks, *later.callbacks])),
            callback_settings={**self.callback_settings, **later.callback_settings},
            stopped_early=False,
        )


@dataclass(frozen=True)
class Passed:
    """A layer that data had passed, or could not pass, when a program failed.

    Args:
        layer: Its name; `loss` for the loss behind the last layer.
        kind: Class name.
        received: Types and shapes of what entered, such as `float32 (32, 20)`; () where that is not known.
        gave: The same of what came out; () where it failed.
        error: The error that it raised in the repetition; "" where it raised none.
        site: Where the user's program made it.
    """

    layer: str
    kind: str
    received: tuple[str, ...] = ()
    gave: tuple[str, ...] = ()
    error: str = ""
    site: Site = field(default_factory=Site)


@dataclass(frozen=True)
class Crash:
    """An error that ended the user's program.

    Args:
        kind: Class name of the exception.
        message: Its message, shortened to some thousand characters.
        phase: `build`, `compile`, `fit`, `evaluate`, `predict` or `script`.
        layer: Path or name of the layer that raised it, where Keras names one.
        site: The innermost line of the user's own program.
        layer_site: Where the user's program made that layer.
        frames: The traceback's frames of the user's program, outermost first.
        chain: The layers up to the failure, in the order in which data passed them; () where none could be seen.
        repeated: `eager` where the chain comes from passing the training's own first batch through the model once
            more, layer by layer and without compilation; `built` where it comes from building the model.
    """

    kind: str
    message: str
    phase: str = "script"
    layer: str | None = None
    site: Site = field(default_factory=Site)
    layer_site: Site = field(default_factory=Site)
    frames: tuple[Site, ...] = ()
    chain: tuple[Passed, ...] = ()
    repeated: str = ""


@dataclass(frozen=True)
class Idiom:
    """An old or risky way of writing in the user's program.

    Args:
        name: What was written, such as `lr=` or `fit_generator`.
        modern: What is written today.
        site: The line.
        breaks: Whether it fails on Keras 3 (else it only misleads).
    """

    name: str
    modern: str
    site: Site
    breaks: bool = False


@dataclass(frozen=True)
class Early:
    """Something that a program's source does to all rows before it splits them.

    Args:
        name: The class that does it, such as `SelectKBest`.
        does: `chooses` (features, or their codes, by the targets of all rows) or `repeats` (rows, as oversampling).
        site: The line.
        split: The line that splits what came of it.
    """

    name: str
    does: str
    site: Site
    split: Site = field(default_factory=Site)


@dataclass(frozen=True)
class Program:
    """The structure of one training.

    Args:
        backend: Keras back end.
        keras: Keras version.
        model: Class name of the model: `Sequential`, `Functional`, or the user's own.
        model_name: Its Keras name.
        custom_train_step: Whether the user's class overrides `train_step`.
        layers: All layers, nested ones too; empty when the model was never built.
        outputs: Names of the layers that give the model's outputs, in order; empty where that is not known.
        compile: What `compile` was given.
        fits: The trainings, in order: calls of `fit`, joined where one went on with the other. Of very many, the first
            and the judged one.
        main_fit: Place in `fits` of the one that is judged and that the signals describe.
        fits_seen: Calls of `fit` that were seen; 0 in older records.
        crash: The error that ended the program, if one did.
        idioms: Old idioms that were found in the source.
        early: What the source does to all rows before it splits them.
        site: Where the model was made.
    """

    backend: str = ""
    keras: str = ""
    model: str = ""
    model_name: str = ""
    custom_train_step: bool = False
    layers: tuple[Layer, ...] = ()
    outputs: tuple[str, ...] = ()
    compile: Compile = field(default_factory=Compile)
    fits: tuple[FitCall, ...] = ()
    main_fit: int = 0
    fits_seen: int = 0
    crash: Crash | None = None
    idioms: tuple[Idiom, ...] = ()
    early: tuple[Early, ...] = ()
    site: Site = field(default_factory=Site)

    @property
    def fit(self) -> FitCall:
        """The training that the signals describe."""
        return self.fits[self.main_fit] if 0 <= self.main_fit < len(self.fits) else FitCall()

    @property
    def main_call(self) -> int:
        """Place of the judged training's first call among all calls of `fit`, counted from 0."""
        return self.first_call(self.main_fit)

    def first_call(self, place: int) -> int:
        """Place among all calls of `fit`, counted from 0, of the first of a training; older records do not number it.

        Args:
            place: The training's place in `fits`.
        """
        number = self.fits[place].number if 0 <= place < len(self.fits) else 0
        return max(number, place)

    @property
    def calls(self) -> int:
        """How many calls of `fit` there were."""
        return max(self.fits_seen, sum(fit.calls for fit in self.fits))

    @property
    def fatal_idiom(self) -> Idiom | None:
        """The old idiom on a line that the crash went through; None where the crash has another cause."""
        if self.crash is None:
            return None
        lines = {(site.file, site.line) for site in (self.crash.site, *self.crash.frames) if site.line is not None}
        return next((item for item in self.idioms if item.breaks and (item.site.file, item.site.line) in lines), None)

    def layer(self, name: str) -> Layer | None:
        """The layer of this path or name."""
        return next((layer for layer in self.layers if name in (layer.path, layer.name)), None)

    def successors(self, layer: Layer) -> tuple[Layer, ...]:
        """Layers that the output of this one enters."""
        return tuple(other for other in self.layers if layer.name in other.inputs and other.parent == layer.parent)


def read_program(data: Mapping[str, Any]) -> Program | None:
    """Read `program.json`; None for a file that holds no structure (written by an older version)."""
    structure = data.get("structure")
    return from_json(Program, structure) if structure else None
