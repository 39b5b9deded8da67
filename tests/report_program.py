"""The structure of a network as a run folder describes it, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


def program() -> Mapping[str, Any]:
    """`program.json` of a small residual network."""
    layers: list[dict[str, Any]] = []

    def add(
        name: str, kind: str, inputs: list[str], shape: list[int | None], parameters: int = 0, **settings: Any
    ) -> str:
        place = {"file": "train.py", "line": 10 + len(layers)} if parameters else {"file": None, "line": None}
        size = 4 * int(np.prod([axis for axis in shape if axis]))
        facts = {"parameters": parameters, "trainable": parameters, "activation_bytes": size, **place}
        base = {"index": len(layers), "path": name, "name": name, "class": kind, "settings": settings}
        layers.append({**base, "inputs": inputs, "output_shape": shape, **facts})
        return name

    top = add("input", "InputLayer", [], [None, 32, 32, 3])
    for stage, width in enumerate((16, 32, 64)):
        side = 32 >> stage
        shape: list[int | None] = [None, side, side, width]
        strides = [1, 1] if stage == 0 else [2, 2]
        inner = top
        for turn in (1, 2):
            settings = {"filters": width, "kernel_size": [3, 3], "strides": strides if turn == 1 else [1, 1]}
            inner = add(f"stage_{stage}/conv_{turn}", "Conv2D", [inner], shape, 9 * width * width, **settings)
            inner = add(f"stage_{stage}/norm_{turn}", "BatchNormalization", [inner], shape, 4 * width)
            inner = (
                add(f"stage_{stage}/relu_{turn}", "Activation", [inner], shape, activation="relu")
                if turn == 1
                else inner
            )
        skip = add(
            f"stage_{stage}/skip", "Conv2D", [top], shape, 3 * width, filters=width, kernel_size=[1, 1], strides=strides
        )
        top = add(f"stage_{stage}/add", "Add", [inner, skip], shape)
    top = add("pool", "GlobalAveragePooling2D", [top], [None, 64])
    add("answer", "Dense", [top], [None, 5], 325, units=5, activation="softmax")
    total = sum(layer["parameters"] for layer in layers)
    backends = [("jax", "0.7.0", 0.041, 3.2, True, "the fastest"), ("torch", "2.8.0", 0.055, 0.4, False, "")]
    keys = ("backend", "version", "seconds_per_step", "compile_seconds", "chosen", "reason")
    return {
        "backend": "jax",
        "keras": "3.15.0",
        "layers": layers,
        "parameters": {"total": total, "trainable": total - 448, "optimizer": 2 * total},
        "memory": {"weights_bytes": 4 * total, "optimizer_bytes": 8 * total, "activation_bytes_per_example": 812_000},
        "compile": {"loss": "categorical_crossentropy", "optimizer": {"name": "adamw", "weight_decay": 0.05}},
        "fit": {
            "batch_size": 128,
            "examples": 3200,
            "epochs": 30,
            "steps_per_epoch": 25,
            "steps": 750,
            "learning_rate": 0.003,
            "schedule": "warm-up, then cosine",
            "augmentation": ["flip", "shift by 4 pixels"],
        },
        "cost": {
            "seconds_per_step": 0.041,
            "examples_per_second": 3122.0,
            "compile_seconds": 3.2,
            "fit_seconds": 388.0,
            "epochs_run": 24,
            "iterations_run": 600,
        },
        "backends": [dict(zip(keys, entry, strict=True)) for entry in backends],
    }
