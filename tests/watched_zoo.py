"""Signals of a watched training by hand: a healthy classifier, and what is changed to make it sick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from program_zoo import classifier, dense, regressor

from vandap.core.program import Program
from vandap.core.signals import SIGNALS, Series

ACTIVATION = (
    "mean", "deviation", "absolute_maximum", "zero_share", "nonfinite", "dead_share", "saturated_share",
)  # fmt: skip
GRADIENT = ("norm", "mean_absolute", "absolute_maximum", "zero_share", "nonfinite")
WEIGHT = ("norm", "mean", "deviation", "absolute_maximum", "nonfinite", "size")
COMPARISON = ("train", "held_out", "difference", "low", "high", "steps", "share")
RANKS = (
    "examples", "classes", "agreement", "agreement_low", "second", "floor", "noise", "noise_low", "contradicted_low",
    "majority", "told", "steps", "share",
)  # fmt: skip
RECALL = (
    "validation_rows", "validation_hits", "held_out_rows", "held_out_hits", "weighted_hits", "steps", "share",
)  # fmt: skip
PROBES = 8
Table = Mapping[str, Sequence[float]]


def table(name: str, rows: Table, columns: Sequence[str]) -> Series:
    """A signal `(item, fact)` from rows by name."""
    dimensions = SIGNALS[name].dimensions
    values = np.array([list(row) for row in rows.values()], dtype=np.float64).reshape(len(rows), len(columns))
    return Series(values, dict(zip(dimensions, (tuple(rows), tuple(columns)), strict=True)))


def probed(name: str, rows: Table, columns: Sequence[str], probes: int = PROBES) -> Series:
    """A signal `(probe, item, statistic)` whose statistics are the same in every probe."""
    dimensions = SIGNALS[name].dimensions
    values = np.repeat(np.array([list(row) for row in rows.values()], dtype=np.float64)[None], probes, axis=0)
    labels = (tuple(map(str, range(probes))), tuple(rows), tuple(columns))
    return Series(values, dict(zip(dimensions, labels, strict=True)))


def comparison(name: str, steps: float = 100, share: float = 0.33, **losses: tuple[float, float]) -> Series:
    """A decisive test from (train, held out) of each arm, the reference first; intervals of a tenth to both sides.

    A factor of the learning rate is written `x0_1`.
    """
    reference = next(iter(losses.values()))[1]
    rows = {}
    for arm, (train, held_out) in losses.items():
        difference = held_out - reference
        half = 0.1 * abs(difference) + 0.01
        rows[arm.replace("_", ".")] = (
            train, held_out, difference, difference - half, difference + half, steps, share,
        )  # fmt: skip
    return table(f"test_{name}", rows, COMPARISON)


def curve(start: float, end: float, size: int, noise: float = 0.03) -> np.ndarray:
    """A loss that falls and levels off."""
    course = end + (start - end) * np.exp(-6 * np.arange(size) / max(size - 1, 1))
    return course * (1 + noise * np.random.default_rng(0).standard_normal(size))


def plain(name: str, values: Any) -> Series:
    """A signal without labels."""
    array = np.asarray(values, dtype=np.float64)
    assert array.ndim == len(SIGNALS[name].dimensions)
    return Series(array, {})


def healthy(program: Program | None = None) -> dict[str, Any]:
    """Everything that is watched of a small classifier that learns well."""
    program = program or classifier()
    layers = {layer.path: (0.4, 0.8, 3.0, 0.5, 0.0, 0.05, np.nan) for layer in program.layers}
    kernels = {f"{layer.path}/kernel": layer.path for layer in program.layers}
    times = np.column_stack([np.full(120, 0.01), np.full(120, 0.001)])
    return {
        "program": program,
        "loss": plain("loss", curve(1.1, 0.12, 10)),
        "val_loss": plain("val_loss", curve(1.1, 0.18, 10)),
        "step_loss": plain("step_loss", curve(1.15, 0.12, 120, 0.1)),
        "step_number": plain("step_number", np.linspace(0, 299, 120).round()),
        "learning_rate": plain("learning_rate", np.full(10, 1e-3)),
        "probe_step": plain("probe_step", [0, 1, 2, 4, 8, 32, 128, 256]),
        "activations": probed("activations", layers, ACTIVATION),
        "dead_units": table(
            "dead_units", {layer.path: (0.05, 0.05, 512, 32) for layer in program.layers},
            ("dead", "constant", "examples", "units"),
        ),
        "gradients": probed("gradients", dict.fromkeys(kernels, (0.3, 0.01, 0.05, 0.1, 0.0)), GRADIENT),
        "weights": probed("weights", dict.fromkeys(kernels, (4.0, 0.0, 0.2, 0.6, 0.0, 256.0)), WEIGHT),
        "update_ratio": Series(
            np.full((PROBES, len(kernels)), 2e-3), {"probe": tuple(map(str, range(PROBES))), "variable": tuple(kernels)}
        ),
        "weight_change": table(
            "weight_change", dict.fromkeys(kernels, (0.4, 0.2, 0.0, 256.0, 1.0)),
            ("relative", "start_deviation", "start_mean", "start_size", "trained"),
        ),
        "step_times": Series(times, {"step": tuple(map(str, range(120))), "fact": ("step", "wait")}),
        "memory": plain("memory", np.full(10, 8e8)),
        "epoch_metrics": Series(
            np.column_stack([curve(1.1, 0.12, 10), np.linspace(0.5, 0.96, 10)]),
            {"epoch": tuple(map(str, range(10))), "metric": ("loss", "sparse_categorical_accuracy")},
        ),
        "input_statistics": table(
            "input_statistics", {"input": (-3.1, 3.2, 0.0, 1.0, 0, 0, 0, 2, 960)},
            ("minimum", "maximum", "mean", "deviation", "nonfinite", "integer", "whole", "rank", "examples"),
        ),
        "feature_statistics": table(
            "feature_statistics", {str(column): (-3.0, 3.1, 0.01 * column, 1.0) for column in range(8)},
            ("minimum", "maximum", "mean", "deviation"),
        ),
        "batch_labels": plain("batch_labels", np.random.default_rng(0).multinomial(32, np.full(3, 1 / 3), 30)),
        "batch_order": Series(np.array([0.0, 2.0]), {"fact": ("same_order", "epochs")}),
        "label_counts": table("label_counts", {"output": (330, 320, 310)}, ("0", "1", "2")),
        "label_statistics": table(
            "label_statistics", {"output": (0, 2, 1, 0.81, 0, 1, 1, 3, 1, 1, 0, 0, 960)},
            ("minimum", "maximum", "mean", "deviation", "nonfinite", "integer", "whole", "distinct", "rank", "width",
             "one_hot", "sums_to_one", "examples"),
        ),
        "predictions": table(
            "predictions", {"output": (0.0, 1.0, 0.33, 0.4, 0, 0.38, 0.36, 1, 512)},
            ("minimum", "maximum", "mean", "deviation", "nonfinite", "across", "top_share", "sums_to_one", "examples"),
        ),
        "inference_loss": Series(np.array([0.12, 0.11, 512.0]), {"fact": ("train_mode", "inference_mode", "examples")}),
        "row_mixing": Series(
            np.array([0.6, 0.0, 0.0, 0.38, 1e-4, 32.0, 30.0]),
            {"fact": ("own", "others", "repeated", "deviation", "tolerance", "examples", "batches")},
        ),
        "loss_parts": Series(
            np.array([1.1, 0.0, 0.12, 0.0]), {"fact": ("data_first", "penalty_first", "data_last", "penalty_last")}
        ),
    }  # fmt: skip


def with_loss(start: float, end: float, accuracy: float = 0.96, program: Program | None = None) -> dict[str, Any]:
    """The same, with another course of the loss and another accuracy."""
    signals = healthy(program)
    signals["loss"] = plain("loss", curve(start, end, 10, 0.005))
    signals["step_loss"] = plain("step_loss", curve(start, end, 120, 0.005))
    signals["val_loss"] = plain("val_loss", curve(start, end, 10, 0.005))
    signals["epoch_metrics"] = Series(
        np.full((10, 1), accuracy), {"epoch": tuple(map(str, range(10))), "metric": ("accuracy",)}
    )
    return signals


def stuck(program: Program | None = None) -> dict[str, Any]:
    """A training that learnt nothing: the loss of the best constant answer, the accuracy of the most frequent class."""
    return with_loss(1.1, 1.099, 0.34, program)


def poor(program: Program | None = None) -> dict[str, Any]:
    """A training that learnt little: a seventh of what there is."""
    return with_loss(1.1, 0.94, 0.36, program)


def broken(program: Program | None = None) -> dict[str, Any]:
    """A training whose loss became no number."""
    signals = healthy(program)
    signals["loss"] = plain("loss", [1.1, 5.0, np.nan])
    signals["step_loss"] = plain("step_loss", [*curve(1.1, 9.0, 40), *np.full(20, np.nan)])
    return signals


def tanh() -> dict[str, Any]:
    """Three hidden layers with tanh that learn well, a tenth of their values at a bound."""
    signals = healthy(classifier(dense(32, "tanh"), dense(32, "tanh"), dense(16, "tanh")))
    signals["activations"].values[:, :3, ACTIVATION.index("saturated_share")] = 0.1
    return signals


def tested() -> dict[str, Any]:
    """A healthy training that was put to every decisive test all the same."""
    batch = table("test_one_batch", {"model": (1.1, 0.01, 200, 0.0)}, ("first", "last", "steps", "errors"))
    modes = {"train": (0.12, 0, 0, 0), "inference": (0.11, -0.01, -0.02, 0.0)}
    gradient = {"dense_0/kernel": (1e-4, 1e-4), "dense_1/kernel": (2e-4, 1e-4)}
    arms = ("all", "half", "surest", "rest")
    ranks = dict.fromkeys(arms, (256, 3, 0.95, 0.92, 0.05, 0.0, 0.0, 0.0, 0.0, 0.35, 0.0, 200, 0.7))
    rates = {"x0_01": (1.08, 1.08), "x0_1": (0.9, 0.91), "x10": (0.3, 0.35), "x100": (1.1, 1.2)}
    return {
        **healthy(),
        "test_learning_rate": comparison("learning_rate", x1=(0.4, 0.42), **rates),
        "test_one_batch": batch,
        "test_zeroed_input": comparison("zeroed_input", real=(0.4, 0.42), zeroed=(1.1, 1.1), shuffled=(1.05, 1.15)),
        "test_shuffled_labels": comparison("shuffled_labels", real=(0.4, 0.42), shuffled=(1.05, 1.15)),
        "test_standardised_input": comparison("standardised_input", real=(0.4, 0.42), standardised=(0.38, 0.4)),
        "test_more_steps": comparison("more_steps", x1=(0.4, 0.42), x5=(0.2, 0.3)),
        "test_clipped_input": comparison("clipped_input", real=(0.4, 0.42), clipped=(0.38, 0.4)),
        "test_standardised_target": comparison("standardised_target", real=(0.4, 0.42), standardised=(0.38, 0.4)),
        "test_without_penalties": comparison("without_penalties", real=(0.4, 0.42), without=(0.38, 0.4)),
        "test_without_augmentation": comparison("without_augmentation", real=(0.4, 0.42), without=(0.38, 0.4)),
        "test_unfrozen": comparison("unfrozen", real=(0.4, 0.42), unfrozen=(0.38, 0.4)),
        "test_wider": comparison("wider", real=(0.4, 0.42), wider=(0.38, 0.4)),
        "test_label_ranks": table("test_label_ranks", ranks, RANKS),
        "test_class_recall": table("test_class_recall", dict.fromkeys("012", (80, 78, 240, 232, 233, 300, 1)), RECALL),
        "test_inference_mode": table("test_inference_mode", modes, ("loss", "difference", "low", "high")),
        "test_gradient": table("test_gradient", gradient, ("relative_error", "floor")),
    }


def five_classes() -> dict[str, Any]:
    """A healthy classifier of five classes."""
    signals = with_loss(1.65, 0.15, program=classifier(head=dense(5, "softmax")))
    signals = {name: series for name, series in signals.items() if name != "batch_labels"}
    counted = table("label_counts", {"output": (190, 195, 192, 191, 192)}, tuple("01234"))
    return {**signals, "label_counts": counted, "label_statistics": targets(0, 4, 2, 1.4, 0, 1, 5, 1, 1, 0, 0)}


def numbers() -> dict[str, Any]:
    """A healthy regression on standardised targets."""
    signals = with_loss(1.3, 0.1, program=regressor())
    classes = ("epoch_metrics", "label_counts", "batch_labels", "class_counts", "initial_loss")
    signals = {name: series for name, series in signals.items() if name not in classes}
    return {**signals, "label_statistics": targets(-3, 3, 0, 1, 0, 0, 500, 1, 1, 0, 0)}


def targets(*values: float) -> Series:
    """`label_statistics` of one output, in the order of `facts`."""
    facts = ("minimum", "maximum", "mean", "deviation", "nonfinite", "whole", "distinct", "rank", "width")
    return table("label_statistics", {"output": values}, (*facts, "one_hot", "sums_to_one"))


HEALTHY_BASES = {
    "watched": healthy,
    "watched-tanh": tanh,
    "watched-and-tested": tested,
    "watched-numbers": numbers,
    "watched-five-classes": five_classes,
}
