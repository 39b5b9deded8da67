"""`program.json`: the structure of a trained network, its memory and its cost account."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from vandap.train.network.plan import Plan

_BYTES = 4
_SHOWN = (
    "filters",
    "units",
    "kernel_size",
    "pool_size",
    "strides",
    "padding",
    "activation",
    "rate",
    "use_bias",
    "input_dim",
    "output_dim",
)


def program(model: Any, plan: Plan, rows: int, iterations: int, seconds: float, pace: Any) -> Mapping[str, Any]:
    """Describe a compiled Keras model and the fit that trained it; the layout is that of `program.json`.

    Args:
        model: The model.
        plan: The plan that was run.
        rows: Training examples.
        iterations: Optimiser steps that were run.
        seconds: Wall clock of these steps, validation and checkpoints included.
        pace: What was measured before the training.
    """
    import keras

    layers = [_layer(index, layer) for index, layer in enumerate(model.layers)]
    total = int(model.count_params())
    trainable = int(sum(np.prod(variable.shape) for variable in model.trainable_variables))
    optimizer = int(sum(np.prod(variable.shape) for variable in model.optimizer.variables))
    step = seconds / iterations if iterations else math.nan
    return {
        "backend": keras.backend.backend(),
        "keras": keras.__version__,
        "layers": layers,
        "parameters": {"total": total, "trainable": trainable, "optimizer": optimizer},
        "memory": {
            "weights_bytes": total * _BYTES,
            "optimizer_bytes": optimizer * _BYTES,
            "activation_bytes_per_example": sum(layer["activation_bytes"] for layer in layers),
        },
        "compile": {
            "loss": model.loss.name,
            "label_smoothing": plan.label_smoothing,
            "optimizer": {
                "class": type(model.optimizer).__name__,
                "learning_rate": plan.learning_rate,
                "weight_decay": plan.weight_decay,
                "global_clipnorm": plan.clip_norm,
            },
        },
        "fit": {
            "batch_size": plan.batch_size,
            "examples": rows,
            "steps_per_epoch": rows / plan.batch_size,
            "steps": plan.steps,
            "epochs": plan.steps * plan.batch_size / rows,
            "chunk": plan.chunk,
            "learning_rate": plan.learning_rate,
            "schedule": f"linear warm-up over {plan.warmup:.0%}, cosine decay to 1 % of the peak",
            "augmentation": list(plan.augment),
            "balanced": plan.balance,
            "mixup": plan.mixup,
        },
        "cost": {
            "seconds_per_step": step,
            "examples_per_second": plan.batch_size / step if iterations else math.nan,
            "compile_seconds": pace.compile_seconds,
            "fit_seconds": seconds,
            "iterations_run": iterations,
            "epochs_run": iterations * plan.batch_size / rows,
        },
    }


def _layer(index: int, layer: Any) -> dict[str, Any]:
    shape = _output_shape(layer)
    config = layer.get_config()
    return {
        "index": index,
        "path": layer.path or layer.name,
        "name": layer.name,
        "class": type(layer).__name__,
        "settings": {name: config[name] for name in _SHOWN if name in config},
        "inputs": [tensor._keras_history.operation.name for tensor in _inputs(layer)],
        "output_shape": list(shape),
        "parameters": int(layer.count_params()),
        "trainable": bool(layer.trainable_variables),
        "activation_bytes": int(np.prod([size or 1 for size in shape])) * _BYTES,
        "file": None,
        "line": None,
    }


def _output_shape(layer: Any) -> tuple[int | None, ...]:
    output = layer.output
    return tuple(output.shape if not isinstance(output, list | tuple) else output[0].shape)


def _inputs(layer: Any) -> list[Any]:
    if not layer._inbound_nodes:
        return []
    return list(layer._inbound_nodes[0].input_tensors)
