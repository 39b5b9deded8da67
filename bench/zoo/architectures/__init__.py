"""Networks of the zoo: each builder is one member with the half, and the kinds of data, that it is for.

A builder of a chain returns its layers, which `assemble` joins in the style that the plan asks for; others return a
model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import keras
from zoo.architectures import attention, autoencoder, convolutional, dense, recurrent, several_inputs
from zoo.architectures.chain import assemble
from zoo.heads import head
from zoo.prepare import Prepared
from zoo.records import Plan


@dataclass(frozen=True)
class Architecture:
    """One builder.

    Args:
        half: `development`, `test`, or `both` for plain chains that each half needs as a floor.
        kinds: Kinds of data that it reads.
        build: Returns layers or a model.
        rebuild: Whether the target is the input.
        split: Whether the columns enter through two inputs.
        chain: Whether every style is possible.
    """

    half: str
    kinds: tuple[str, ...]
    build: Callable[[Plan, Prepared, keras.layers.Layer], Any]
    rebuild: bool = False
    split: bool = False
    chain: bool = True


ARCHITECTURES: Mapping[str, Architecture] = {
    "mlp": Architecture("development", ("table", "image", "series"), dense.mlp),
    "tower": Architecture("test", ("table", "image", "series"), dense.tower),
    "residual": Architecture("test", ("table",), dense.residual, chain=False),
    "mean_of_words": Architecture("both", ("tokens",), dense.mean_of_words),
    "cnn": Architecture("development", ("image",), convolutional.cnn),
    "strided_cnn": Architecture("test", ("image",), convolutional.strided),
    "conv1d": Architecture("test", ("series",), convolutional.over_time),
    "lstm": Architecture("development", ("series",), recurrent.lstm),
    "gru": Architecture("test", ("series",), recurrent.gru),
    "bidirectional": Architecture("test", ("tokens",), recurrent.bidirectional),
    "autoencoder": Architecture("development", ("image", "table"), autoencoder.dense, rebuild=True),
    "conv_autoencoder": Architecture("test", ("image",), autoencoder.convolutional, rebuild=True),
    "post_norm": Architecture("development", ("series", "tokens"), attention.post_norm, chain=False),
    "pre_norm": Architecture("test", ("series", "tokens"), attention.pre_norm, chain=False),
    "wide_and_deep": Architecture("development", ("table",), several_inputs.wide_and_deep, split=True, chain=False),
    "two_towers": Architecture("test", ("table",), several_inputs.two_towers, split=True, chain=False),
}


def build(plan: Plan, prepared: Prepared) -> keras.Model:
    """Build the plan's network, not yet compiled."""
    architecture = ARCHITECTURES[plan.architecture]
    found = architecture.build(plan, prepared, head(plan, prepared))
    model = assemble(found, plan, prepared) if isinstance(found, list) else found
    for layer in model.layers:
        if layer.name in plan.net.frozen:
            layer.trainable = False
    return model
