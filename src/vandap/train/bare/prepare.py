"""Describes a network once for all loops; run as a process of its own, so that Keras never enters the caller's.

python -m vandap.train.bare.prepare FOLDER
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from vandap.core.program import Compile, Program, read_program
from vandap.core.store import read_json
from vandap.train.bare.rebuild import rebuilt
from vandap.train.bare.written import Case, Node, NotWrittenError, Training, Written

REQUEST = "request.json"
MODEL = "model.keras"
LARGEST_BATCH = 256
_KEPT = (
    "units", "filters", "kernel_size", "strides", "padding", "dilation_rate", "groups", "pool_size", "data_format",
    "use_bias", "axis", "momentum", "epsilon", "center", "scale", "rate", "activation", "output_dim", "offset",
    "target_shape", "negative_slope", "max_value", "threshold", "mask_zero", "noise_shape",
)  # fmt: skip


def main(folder: Path) -> dict[str, str]:
    """Carry out a stored request: the structure of a watched run, or the specification of a trained network."""
    request = read_json(folder / REQUEST)
    try:
        if "structure" in request:
            program = read_program(request)
            model, training = rebuilt(program or Program()), _training(program or Program())
        else:
            model, training = _of_learner(request)
        case = described(model, training)
    except NotWrittenError as error:
        return {"reason": str(error)}
    case.save(folder)
    model.save(folder / MODEL)
    return {}


def described(model: Any, training: Training, seed: int = 0) -> Case:
    """Write a model out, with a random batch and the model's own answers to it.

    Args:
        model: A Functional model with one output.
        training: How it is to be trained.
        seed: Seed of the batch.
    """
    import keras

    random = np.random.default_rng(seed)
    named = zip(input_names(model), model.inputs, strict=True)
    inputs = {name: _batch(tensor, model, training.batch_size, random) for name, tensor in named}
    answers = np.asarray(keras.ops.convert_to_numpy(model(_as_given(model, inputs), training=False)), np.float32)
    weights = {f"{layer.name}/{v.name}": np.array(v.numpy()) for layer in model.layers for v in layer.weights}
    trained = tuple(f"{layer.name}/{v.name}" for layer in model.layers for v in layer.trainable_weights)
    nodes = tuple(_node(layer, model) for layer in model.layers)
    written = Written(nodes, model.outputs[0]._keras_history.operation.name, training, trained)
    for layer in model.layers:
        if type(layer).__name__ == "Normalization":  # given statistics are constants, adapted ones variables
            weights[f"{layer.name}/mean"], weights[f"{layer.name}/variance"] = map(_numpy, (layer.mean, layer.variance))
    return Case(written, weights, inputs, _targets(answers.shape, training.loss, random), answers)


def input_names(model: Any) -> list[str]:
    """Names of the input layers in the order of the model's inputs; a tensor's own name does not survive saving."""
    return [tensor._keras_history.operation.name for tensor in model.inputs]


def _numpy(value: Any) -> np.ndarray:
    import keras

    return np.asarray(keras.ops.convert_to_numpy(value), np.float32)


def _as_given(model: Any, inputs: Mapping[str, np.ndarray]) -> Any:
    arrays = [inputs[name] for name in input_names(model)]
    return arrays[0] if len(arrays) == 1 else arrays


def _node(layer: Any, model: Any) -> Node:
    kind = type(layer).__name__
    sources = [tensor._keras_history.operation.name for node in layer._inbound_nodes for tensor in node.input_tensors]
    config = layer.get_config() if kind != "InputLayer" else {}
    settings = {name: config[name] for name in _KEPT if config.get(name) is not None}
    if not isinstance(settings.get("activation", ""), str):
        settings["activation"] = str(settings["activation"].get("class_name", "custom"))
    if isinstance(config.get("scale"), list) or (kind == "Rescaling"):
        settings |= {"scale": config["scale"], "offset": config["offset"]}
    if settings.get("data_format") == "channels_first" or config.get("return_sequences") is not None:
        kind = f"{kind} (this form)"
    return Node(
        layer.name, kind, tuple(sources) if kind != "InputLayer" else (), settings,
        tuple(variable.name for variable in layer.weights), len(layer.output.shape),
    )  # fmt: skip


def _batch(tensor: Any, model: Any, size: int, random: np.random.Generator) -> np.ndarray:
    """Random inputs of a tensor's shape; indices within the table where an embedding reads them."""
    shape = (size, *tensor.shape[1:])
    if "int" in str(tensor.dtype):
        tables = [layer.input_dim for layer in model.layers if type(layer).__name__ == "Embedding"]
        return random.integers(0, min(tables, default=2), shape).astype(np.int32)
    return random.normal(size=shape).astype(np.float32)


def _targets(shape: tuple[int, ...], loss: str, random: np.random.Generator) -> np.ndarray:
    if loss.startswith("Sparse"):
        return random.integers(0, shape[-1], shape[:-1]).astype(np.int32)
    if loss.startswith("Categorical"):
        return np.eye(shape[-1], dtype=np.float32)[random.integers(0, shape[-1], shape[:-1])]
    if loss.startswith("Binary"):
        return random.integers(0, 2, shape).astype(np.float32)
    return random.normal(size=shape).astype(np.float32)


def _training(program: Program) -> Training:
    """What the user's program compiled; a schedule is timed at a fixed rate."""
    compiled: Compile = program.compile
    loss = compiled.losses[0] if compiled.losses else None
    settings = {name: value for name, value in compiled.settings.items() if isinstance(value, int | float)}
    batch = min(program.fit.batch_size or 32, LARGEST_BATCH)
    made = Training(loss.kind if loss else "", optimizer=compiled.optimizer, settings=settings, batch_size=batch)
    if loss is None:
        return made
    smoothing = float(loss.settings.get("label_smoothing") or 0.0)
    return replace(made, from_logits=loss.from_logits, label_smoothing=smoothing)


def _of_learner(spec: Mapping[str, Any]) -> tuple[Any, Training]:
    """The network of a run of `vandap train`, with its loss and optimiser; its clipping of gradients is left out."""
    from vandap.train.backends import network_of

    model, plan = network_of(spec)
    settings = {"learning_rate": plan.learning_rate, "weight_decay": plan.weight_decay}
    loss = "MeanSquaredError" if spec["outputs"] == 1 else "CategoricalCrossentropy"
    smoothing = 0.0 if spec["outputs"] == 1 else plan.label_smoothing
    batch = min(plan.batch_size, LARGEST_BATCH)
    return model, Training(loss, spec["outputs"] > 1, smoothing, "AdamW", settings, batch)


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
