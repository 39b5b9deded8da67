"""A plan of the zoo as a script: what a user would have written for it, with its data beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from inspect import Parameter, signature
from pathlib import Path
from typing import Any

import numpy as np
from zoo import datasets
from zoo.kinds import ARCHITECTURES
from zoo.prepare import Prepared, prepare
from zoo.records import Plan

SCRIPT, DATA = "train.py", "data.npz"
SPLIT_SEED = 0
"""The rows of a plan are split once: the effect of a repair is asked for given its training set."""


@dataclass(frozen=True)
class Program:
    """A script and the arrays that it loads.

    Args:
        source: The script.
        arrays: What stands in `data.npz` beside it; none for a script that makes its own data.
    """

    source: str
    arrays: Mapping[str, np.ndarray]

    def write(self, folder: Path) -> Path:
        """Write it into a new folder, and return the script's path."""
        folder.mkdir(parents=True)
        if self.arrays:
            np.savez(folder / DATA, **self.arrays)
        script = folder / SCRIPT
        script.write_text(self.source, encoding="utf-8")
        return script


def is_writable(plan: Plan) -> bool:
    """Whether a plan can be written as one plain script: layers of Keras, arrays, one call of `fit`."""
    plain = plan.feed == "arrays" and plan.style in ("sequential", "functional")
    special = plan.phases or plan.pretrained or plan.sample_weight or plan.policy or plan.options
    return plain and not special and plan.architecture != "pre_norm"  # its layer of places is the zoo's own


def written(plan: Plan) -> Program:
    """Write a plan as a script."""
    import keras
    from zoo.architectures import build

    architecture = ARCHITECTURES[plan.architecture]
    prepared = prepare(plan, datasets.load(plan.data, SPLIT_SEED), architecture.rebuild, SPLIT_SEED)
    model = build(plan, prepared)
    lines = [
        *_head(plan), "", *_loaded(prepared, architecture.split), "",
        *(_sequential(model) if isinstance(model, keras.Sequential) else _functional(model)),
        *_compiled(plan, prepared), *_fitted(plan, prepared), "",
    ]  # fmt: skip
    keras.utils.clear_session()
    parts = {"train": prepared.train, "val": prepared.validation, "test": prepared.test}
    arrays = {f"{side}_{name}": part[place] for name, part in parts.items() for place, side in enumerate("xy")}
    return Program("\n".join(lines), arrays)


def _head(plan: Plan) -> Iterator[str]:
    yield f'"""A {plan.architecture.replace("_", " ")} on {plan.data.replace("_", " ")}."""'
    yield ""
    yield "import keras"
    yield "import numpy as np"
    yield "from keras import layers"


def _loaded(prepared: Prepared, split: bool) -> Iterator[str]:
    yield f'data = np.load("{DATA}")'
    for part in ("train", "val", "test"):
        yield f'x_{part}, y_{part} = data["x_{part}"], data["y_{part}"]'
    if split:
        half = prepared.shape[0] // 2
        for part in ("train", "val", "test"):
            yield f"x_{part} = [x_{part}[:, :{half}], x_{part}[:, {half}:]]"


def _sequential(model: Any) -> Iterator[str]:
    yield from _adapted(model)
    yield "model = keras.Sequential("
    yield "    ["
    yield f"        {_input(model.inputs[0])},"
    for layer in model.layers:
        yield f"        {_layer(layer)},"
    yield "    ]"
    yield ")"


def _functional(model: Any) -> Iterator[str]:
    """Line by line, each tensor under a name of its own."""
    yield from _adapted(model)
    names = {id(tensor): f"input_{number}" for number, tensor in enumerate(model.inputs, 1)}
    for tensor in model.inputs:
        yield f"{names[id(tensor)]} = {_input(tensor)}"
    operations = [layer for layer in model.operations if type(layer).__name__ != "InputLayer"]
    for number, layer in enumerate(operations, 1):
        given = layer._inbound_nodes[0].arguments.args[0]
        taken = ", ".join(names[id(tensor)] for tensor in (given if isinstance(given, list) else [given]))
        names[id(layer.output)] = f"flow_{number}"
        yield f"flow_{number} = {_layer(layer)}({f'[{taken}]' if isinstance(given, list) else taken})"
    inputs = ", ".join(names[id(tensor)] for tensor in model.inputs)
    yield f"model = keras.Model({f'[{inputs}]' if len(model.inputs) > 1 else inputs}, {names[id(model.outputs[0])]})"


def _adapted(model: Any) -> Iterator[str]:
    """A layer that has learnt the scale of its inputs before the training."""
    if any(type(layer).__name__ == "Normalization" for layer in model.layers):
        yield "scale = layers.Normalization()"
        yield "scale.adapt(x_train)"


def _input(tensor: Any) -> str:
    shape = tuple(tensor.shape[1:])
    return f"keras.Input({shape})" if tensor.dtype == "float32" else f"keras.Input({shape}, dtype={tensor.dtype!r})"


def _layer(layer: Any) -> str:
    kind = type(layer)
    if kind.__name__ == "Normalization":
        return "scale"
    if kind.__name__ == "Bidirectional":
        return f"layers.Bidirectional({_layer(layer.forward_layer)})"
    return f"layers.{_call(kind, layer.get_config())}"


def _call(kind: type, config: Mapping[str, Any]) -> str:
    """A call of a class with those of its settings that are not the default."""
    parameters = [item for item in signature(kind.__init__).parameters.values() if item.name in config]
    needed = [item.name for item in parameters if item.default is Parameter.empty]
    usual = kind(**{name: config[name] for name in needed}).get_config()
    given = [_value(config[name]) for name in needed]
    changed = [name for name in config if name not in (*needed, "name", "seed") and config[name] != usual.get(name)]
    return f"{kind.__name__}({', '.join([*given, *(f'{name}={_value(config[name])}' for name in changed)])})"


def _value(value: Any) -> str:
    """A setting as source: initialisers and penalties by their name, or as a call where they have settings."""
    import keras

    if not isinstance(value, Mapping):
        return repr(value)
    kind = getattr(getattr(keras, value["module"].rpartition(".")[2]), value["class_name"])
    call = _call(kind, value["config"])
    if call.endswith("()"):
        return repr(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower())
    return f"{value['module']}.{call}"


def _compiled(plan: Plan, prepared: Prepared) -> Iterator[str]:
    from zoo.heads import loss, metrics

    settings = dict(plan.optimizer_settings)
    rate = repr(float(f"{plan.rate:g}"))
    if "decay_steps" in settings:
        rate = f"keras.optimizers.schedules.CosineDecay({rate}, {settings.pop('decay_steps')})"
    given = ", ".join([f"learning_rate={rate}", *(f"{name}={value!r}" for name, value in settings.items())])
    wanted = loss(plan, prepared)
    shown = repr(wanted) if isinstance(wanted, str) else f"keras.losses.{type(wanted).__name__}(from_logits=True)"
    yield "model.compile("
    yield f"    optimizer=keras.optimizers.{plan.optimizer}({given}),"
    yield f"    loss={shown},"
    yield f"    metrics={metrics(prepared)!r},"
    yield ")"


def _fitted(plan: Plan, prepared: Prepared) -> Iterator[str]:
    from zoo.feeds import balanced

    options: Sequence[str] = [f"epochs={plan.epochs}", f"batch_size={plan.batch}"]
    if not plan.shuffle:
        options = [*options, "shuffle=False"]
    if plan.class_weight:
        options = [*options, f"class_weight={dict(balanced(prepared.train[1]))!r}"]
    if plan.patience is not None:
        stop = f"keras.callbacks.EarlyStopping(patience={plan.patience}, restore_best_weights=True)"
        options = [*options, f"callbacks=[{stop}]"]
    yield f"model.fit(x_train, y_train, validation_data=(x_val, y_val), {', '.join(options)}, verbose=0)"
