"""Networks of the zoo: a builder for each architecture of `zoo.kinds`.

A builder of a chain returns its layers, which `assemble` joins in the style that the plan asks for; others return a
model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import keras
from zoo.architectures import attention, autoencoder, convolutional, dense, recurrent, several_answers, several_inputs
from zoo.architectures.chain import assemble
from zoo.heads import head
from zoo.prepare import Prepared
from zoo.records import Plan

BUILDERS: Mapping[str, Callable[[Plan, Prepared, keras.layers.Layer], Any]] = {
    "mlp": dense.mlp,
    "tower": dense.tower,
    "residual": dense.residual,
    "mean_of_words": dense.mean_of_words,
    "cnn": convolutional.cnn,
    "strided_cnn": convolutional.strided,
    "conv1d": convolutional.over_time,
    "lstm": recurrent.lstm,
    "gru": recurrent.gru,
    "bidirectional": recurrent.bidirectional,
    "autoencoder": autoencoder.dense,
    "conv_autoencoder": autoencoder.convolutional,
    "post_norm": attention.post_norm,
    "pre_norm": attention.pre_norm,
    "wide_and_deep": several_inputs.wide_and_deep,
    "two_towers": several_inputs.two_towers,
    "two_answers": several_answers.two_answers,
    "forked": several_answers.forked,
}


def build(plan: Plan, prepared: Prepared) -> keras.Model:
    """Build the plan's network, not yet compiled."""
    found = BUILDERS[plan.architecture](plan, prepared, head(plan, prepared))
    model = assemble(found, plan, prepared) if isinstance(found, list) else found
    for layer in model.layers:
        if layer.name in plan.net.frozen:
            layer.trainable = False
    return model
