"""Healthy trainings that look ill: what published tools flag, and what works all the same."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace

from zoo import datasets
from zoo.healthy.grid import EPOCHS
from zoo.records import Half, Net, Phase, Plan

HOSTS: Mapping[Half, Mapping[str, tuple[str, str]]] = {
    "development": {
        "image": ("digits", "cnn"),
        "flat": ("digits", "mlp"),
        "binary": ("breast_cancer", "mlp"),
        "plane": ("moons", "mlp"),
        "numbers": ("friedman1", "mlp"),
        "tokens": ("topics", "mean_of_words"),
        "bytes": ("textures", "cnn"),
        "forked": ("digits", "two_answers"),
    },
    "test": {
        "image": ("fashion", "strided_cnn"),
        "flat": ("fashion", "tower"),
        "binary": ("banknote", "tower"),
        "plane": ("clusters", "tower"),
        "numbers": ("friedman2", "tower"),
        "tokens": ("spam", "mean_of_words"),
        "bytes": ("shapes", "strided_cnn"),
        "forked": ("fashion", "forked"),
    },
}
"""The pair that plays each part."""
WARM_UP = (Phase(0.2, 0.1), Phase(0.8, 1.0))
FINE_TUNING = (Phase(0.5, 1.0), Phase(0.5, 0.1, thaw=True))
SLOWER = (Phase(0.7, 1.0), Phase(0.3, 0.1))
"""Several calls of `fit` in one script."""


def plans(half: Half) -> Iterator[Plan]:
    """Make the tempting cases of one half whose data can be read."""
    known = set(datasets.names(half))
    for part, (data, architecture) in HOSTS[half].items():
        if data in known:
            base = Plan("", half, data, architecture, epochs=EPOCHS[data])
            for name, plan in CASES[part](base).items():
                yield replace(plan, name=f"{data}-{architecture}-{name}")


def _image(base: Plan) -> dict[str, Plan]:
    return {
        "raw_pixels_rescaled_inside": base.with_net(rescale=True),
        "heavy_dropout_validation_better": replace(base, epochs=2 * base.epochs).with_net(dropout=0.5),
        "one_line_of_each_batch": replace(base, batch=4, rate=5e-4, epochs=max(4, base.epochs // 3)),
        "unshuffled_but_mixed": replace(base, shuffle=False),
        "short": replace(base, epochs=max(3, base.epochs // 3), rate=5e-3),
        "he_normal_wide": base.with_net(initializer="he_normal"),
        "frozen_backbone": _frozen(base, "hidden_1", "hidden_2"),
        "frozen_then_fine_tuned": replace(_frozen(base, "hidden_1", "hidden_2"), phases=FINE_TUNING),
        "tf_data": replace(base, feed="tf_data", style="functional"),
    }


def _flat(base: Plan) -> dict[str, Plan]:
    return {
        "many_zeros": base.with_net(widths=(256, 128)),
        "tiny_rate_converges": replace(base, rate=2e-4, epochs=3 * base.epochs).with_net(widths=(128, 64)),
        "mse_on_softmax": replace(base, one_hot=True, loss="mse", epochs=round(base.epochs * 1.5)),
        "sgd_large_rate": replace(base, optimizer="SGD", rate=0.3, epochs=round(base.epochs * 1.3)),
        "clipped": replace(base, optimizer_settings={"clipnorm": 1.0}),
        "cosine": replace(base, optimizer_settings={"decay_steps": 30 * base.epochs}, rate=5e-3),
        "sigmoid_shallow": replace(base, rate=1e-2).with_net(widths=(64,), activation="sigmoid"),
        "sigmoids_of_one_hot": replace(base, one_hot=True, loss="binary_crossentropy").with_net(
            head_activation="sigmoid"
        ),
        "unscaled_but_normalised_by_batch": replace(base, scale=False).with_net(batchnorm=True),
        "frozen_first_layer": _frozen(base, "hidden_1"),
        "warm_up_then_full_rate": replace(base, phases=WARM_UP),
        "loader": replace(base, feed="loader", style="subclassed"),
        "custom_step": replace(base, style="custom_step"),
        "bfloat16": replace(base, policy="mixed_bfloat16"),
        **_several_steps_at_once(base),
    }


def _binary(base: Plan) -> dict[str, Plan]:
    return {
        "one_sigmoid": replace(base, rate=5e-3, style="functional").with_net(widths=(16,)),
        "two_softmax": base.with_net(head=2),
        "linear_model": replace(base, rate=1e-2, epochs=2 * base.epochs).with_net(widths=()),
        "signs_hinge": replace(base, loss="hinge", logits=False).edited("signs").with_net(head_activation="tanh"),
        "unneeded_class_weight": replace(base, class_weight="balanced"),
        "full_batch": replace(base, batch=512, rate=1e-2, epochs=15 * base.epochs),
        "batch_of_eight": replace(base, batch=8, rate=1e-3),
        "early_stopping": replace(base, patience=3, epochs=60),
        "unneeded_sample_weight": replace(base, sample_weight=True),
        "tf_data": replace(base, feed="tf_data", style="custom_step"),
        "continued_at_a_tenth": replace(base, phases=SLOWER),
    }


def _plane(base: Plan) -> dict[str, Plan]:
    narrow = Net(widths=(10, 10), activation="tanh")
    return {
        "narrow": replace(base, net=narrow, rate=1e-2, epochs=2 * base.epochs),
        "few_rare_weighted": replace(
            base.edited("rare_classes", ratio=5), class_weight="balanced", epochs=2 * base.epochs
        ),
        "few_rare_row_weights": replace(
            base.edited("rare_classes", ratio=5), sample_weight=True, epochs=2 * base.epochs
        ),
        "loader": replace(base, feed="loader", style="custom_step"),
        "ten_percent_noise": replace(base.edited("wrong_labels", share=0.1)),
        "deep_with_norm": replace(base, rate=2e-3).with_net(widths=(32,) * 6, batchnorm=True),
        "wide": replace(base, rate=1e-3).with_net(widths=(512,)),
        "elu_rmsprop": replace(base, optimizer="RMSprop").with_net(activation="elu"),
    }


def _numbers(base: Plan) -> dict[str, Plan]:
    return {
        "mae": replace(base, loss="mae", epochs=round(base.epochs * 1.5)),
        "huber": replace(base, loss="huber"),
        "decay": base.with_net(decay=1e-3),
        "adagrad": replace(base, optimizer="Adagrad", rate=0.1),
        "batch_of_four": replace(base, batch=4, rate=1e-3, epochs=base.epochs // 3),
        "tf_data": replace(base, feed="tf_data"),
        "custom_step": replace(base, style="custom_step"),
        "continued_at_a_tenth": replace(base, phases=SLOWER),
        "swish": base.with_net(activation="silu"),
    }


def _tokens(base: Plan) -> dict[str, Plan]:
    return {
        "no_hidden_layer": replace(base, rate=2e-2).with_net(widths=()),
        "half_dropout": replace(base, epochs=round(base.epochs * 1.3)).with_net(dropout=0.5),
        "class_weight": replace(base, class_weight="balanced"),
        "sample_weight": replace(base, sample_weight=True),
    }


def _bytes(base: Plan) -> dict[str, Plan]:
    inside = base.with_net(rescale=True)
    return {
        "bytes_rescaled_inside": inside,
        "bytes_rescaled_inside_tf_data": replace(inside, feed="tf_data", batch=16),
        "bytes_rescaled_inside_custom_step": replace(inside, style="custom_step").with_net(activation="elu"),
    }


def _forked(base: Plan) -> dict[str, Plan]:
    return {
        "two_answers": base,
        "two_answers_weighed": replace(base, options={"loss_weights": [1.0, 0.2]}, batch=16, rate=2e-3),
        "two_answers_dropout": replace(base, optimizer="RMSprop", rate=2e-3).with_net(dropout=0.3),
    }


def _frozen(base: Plan, *layers: str) -> Plan:
    """Layers that were learnt earlier, on pairs of classes, and are kept on purpose."""
    return replace(base, pretrained=True).with_net(frozen=layers)


def _several_steps_at_once(base: Plan) -> dict[str, Plan]:
    """PyTorch has no `steps_per_execution`."""
    if os.environ.get("KERAS_BACKEND") not in ("jax", "tensorflow"):
        return {}
    return {"four_steps_at_once": replace(base, options={"steps_per_execution": 4})}


CASES = {
    "image": _image, "flat": _flat, "binary": _binary, "plane": _plane, "numbers": _numbers, "tokens": _tokens,
    "bytes": _bytes, "forked": _forked,
}  # fmt: skip
