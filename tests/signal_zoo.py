"""Hand-made signals: a builder with sensible labels, and situations that are healthy although they look odd."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from watched_zoo import HEALTHY_BASES as WATCHED_BASES

from vandap.core.signals import SIGNALS, Series

LABELS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "split_sizes": {"split": ("train", "validation", "test")},
    "class_counts": {"split": ("train", "validation", "test")},
    "label_values": {"fact": ("lowest", "highest", "distinct", "classes")},
    "image_shape": {"axis": ("height", "width", "channels")},
    "duplicates": {"kind": ("exact", "near", "conflicting", "rows")},
    "split_overlap": {
        "kind": ("exact", "near", "group", "time"),
        "pair": ("train-validation", "train-test", "validation-test"),
    },
    "split_method": {"fact": ("given", "time", "group")},
    "drift": {"pair": ("train-validation", "train-test"), "bound": ("value", "low", "high")},
    "range_test": {"quantity": ("rate", "loss")},
    "ladder_scores": {"bound": ("value", "low", "high")},
    "network_gain": {"bound": ("value", "low", "high", "margin")},
    "dummy_gain": {"bound": ("value", "low", "high", "margin")},
    "train_score": {"bound": ("value", "low", "high")},
    "validation_score": {"bound": ("value", "low", "high")},
    "calibration": {"fact": ("ece", "null95", "count")},
}


def series(name: str, values: Any, **labels: Sequence[str]) -> Series:
    """One signal with the catalogue's labels, and `labels` for the dimensions that depend on the data."""
    array = np.asarray(values, dtype=np.float64)
    known = {**LABELS.get(name, {}), **{key.rstrip("_"): tuple(item) for key, item in labels.items()}}
    dimensions = SIGNALS[name].dimensions
    assert array.ndim == len(dimensions), (name, array.shape)
    order = {dimension: known[dimension] for dimension in dimensions if dimension in known}
    for axis, dimension in enumerate(dimensions):
        if dimension not in order and len(order) and name not in ("confusion",):
            order[dimension] = tuple(f"{dimension}{place}" for place in range(array.shape[axis]))
    return Series(array, {dimension: order[dimension] for dimension in dimensions if dimension in order})


def signals(**values: Any) -> dict[str, Series]:
    """Signals by name; a value is an array, or a `Series` as it is."""
    return {name: item if isinstance(item, Series) else series(name, item) for name, item in values.items()}


def ladder(**scores: Sequence[float]) -> Series:
    """`ladder_scores` by learner: (value, low, high) each; a hyphen in a slug is written as an underscore."""
    return series("ladder_scores", list(scores.values()), learner=[slug.replace("_", "-") for slug in scores])


def features(**scores: float) -> Series:
    """`feature_scores` by column."""
    return series("feature_scores", list(scores.values()), feature=list(scores))


def _falling(epochs: int, start: float, end: float, noise: float = 0.0, seed: int = 0) -> np.ndarray:
    curve = end + (start - end) * np.exp(-5 * np.arange(epochs) / max(epochs - 1, 1))
    return curve * (1 + noise * np.random.default_rng(seed).standard_normal(epochs))


def _image_run() -> dict[str, Series]:
    """Ten balanced classes of images, a convolutional network that beats the simple rungs."""
    confusion = np.full((10, 10), 1.0) + 180 * np.eye(10)
    return signals(
        split_sizes=[6000, 1900, 2000],
        class_counts=np.full((3, 10), [[600.0], [190.0], [200.0]]),
        nonfinite_share=series("nonfinite_share", [0.0], column=["input"]),
        target_missing=0,
        image_shape=[32, 32, 3],
        label_values=[0, 9, 10, 10],
        duplicates=[12, 30, 0, 9900],
        split_overlap=np.zeros((4, 3)),
        split_method=[0, 0, 0],
        drift=[[0.50, 0.48, 0.52], [0.51, 0.49, 0.53]],
        loss=_falling(30, 2.3, 0.05, 0.05),
        val_loss=_falling(30, 2.3, 0.25, 0.15, seed=1),
        initial_loss=2.31,
        ladder_scores=ladder(dummy=(0.1, 0.09, 0.11), random_forest=(0.8, 0.78, 0.82), image_cnn=(0.95, 0.94, 0.96)),
        network_gain=[0.15, 0.13, 0.17, 0.01],
        dummy_gain=[0.85, 0.84, 0.86, 0.01],
        train_score=[0.99, 0.985, 0.995],
        validation_score=[0.95, 0.94, 0.96],
        confusion=confusion,
        calibration=[0.02, 0.015, 1900],
    )


def _table_run() -> dict[str, Series]:
    """Three classes, few rows, folds; the shape of wine."""
    return signals(
        split_sizes=[142, 0, 36],
        class_counts=[[47, 57, 38], [0, 0, 0], [12, 14, 10]],
        missing_share=series("missing_share", [0.0, 0.01], column=["alcohol", "hue"]),
        nonfinite_share=series("nonfinite_share", [0.0, 0.0], column=["alcohol", "hue"]),
        target_missing=0,
        label_values=[0, 2, 3, 3],
        duplicates=[0, 0, 0, 178],
        split_overlap=np.zeros((4, 3)),
        split_method=[0, 0, 0],
        feature_scores=features(alcohol=0.55, flavanoids=0.7, proline=0.6),
        drift=series("drift", [[0.5, 0.4, 0.6]], pair=["train-test"]),
        loss=_falling(60, 1.1, 0.01),
        val_loss=_falling(60, 1.1, 0.08, 0.2, seed=2),
        ladder_scores=ladder(dummy=(0.4, 0.32, 0.48), linear=(0.98, 0.94, 1.0), table_mlp=(0.97, 0.93, 0.99)),
        network_gain=[-0.01, -0.03, 0.02, 0.01],
        dummy_gain=[0.58, 0.5, 0.66, 0.01],
        train_score=[1.0, 0.98, 1.0],
        validation_score=[0.97, 0.93, 0.99],
        confusion=[[46, 1, 0], [1, 55, 1], [0, 0, 38]],
        calibration=[0.05, 0.06, 142],
    )


def _regression_run() -> dict[str, Series]:
    """A noisy number in large units, errors as negated scores; the shape of diabetes."""
    return signals(
        split_sizes=[353, 0, 89],
        missing_share=series("missing_share", [0.0], column=["bmi"]),
        nonfinite_share=series("nonfinite_share", [0.0, 0.0], column=["bmi", "target"]),
        target_missing=0,
        duplicates=[0, 0, 0, 442],
        split_overlap=np.zeros((4, 3)),
        split_method=[0, 0, 0],
        feature_scores=features(bmi=0.15, s5=0.14),
        drift=series("drift", [[0.52, 0.44, 0.6]], pair=["train-test"]),
        loss=_falling(40, 1.0, 0.4),
        val_loss=_falling(40, 1.0, 0.55, 0.1, seed=3),
        ladder_scores=ladder(
            dummy=(-77.0, -81.0, -73.0), linear=(-55.0, -58.0, -52.0), table_mlp=(-54.5, -58.0, -51.0)
        ),
        network_gain=[0.5, -0.6, 1.6, 1.5],
        dummy_gain=[22.5, 18.0, 27.0, 1.5],
        train_score=[-48.0, -51.0, -45.0],
        validation_score=[-54.5, -58.0, -51.0],
    )


HEALTHY_BASES = {"images": _image_run, "small-table": _table_run, "regression": _regression_run, **WATCHED_BASES}

_IMBALANCED = np.array([[1880.0, 20.0], [18.0, 82.0]])
_WAY_BACK = np.concatenate([_falling(20, 2.3, 0.2), [1.5, 0.9, 0.4, 0.25, 0.2, 0.18]])

ODD_BUT_HEALTHY: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "imbalance that is handled well": (
        "images",
        {
            "class_counts": [[5700, 300], [1900, 100], [1900, 100]],
            "confusion": _IMBALANCED,
            "label_values": [0, 1, 2, 2],
        },
    ),
    "imbalance with four held-out rows of the rare class, three found": (
        "images",
        {
            "class_counts": [[500, 12], [160, 4], [160, 4]],
            "confusion": [[158, 2], [1, 3]],
            "label_values": [0, 1, 2, 2],
        },
    ),
    "a small validation part with a wide interval": (
        "images",
        {"split_sizes": [400, 80, 100], "validation_score": [0.85, 0.76, 0.92], "train_score": [0.99, 0.97, 1.0]},
    ),
    "iris: two columns each nearly solve the task": (
        "small-table",
        {
            "feature_scores": features(petal_width=0.95, petal_length=0.92, sepal_length=0.5),
            "ladder_scores": ladder(dummy=(0.33, 0.25, 0.41), linear=(0.97, 0.92, 0.99)),
            "split_sizes": [120, 0, 30],
        },
    ),
    "a measurement that nearly decides the class": (
        "small-table",
        {
            "feature_scores": features(worst_perimeter=0.9, worst_radius=0.87, texture=0.3),
            "ladder_scores": ladder(dummy=(0.5, 0.4, 0.6), linear=(0.98, 0.96, 0.99)),
            "split_sizes": [455, 0, 114],
        },
    ),
    "mushrooms: odour alone is good, all columns are perfect": (
        "small-table",
        {
            "feature_scores": features(odour=0.97, spore_print=0.75, gill_colour=0.6),
            "ladder_scores": ladder(dummy=(0.5, 0.49, 0.51), random_forest=(1.0, 0.999, 1.0)),
            "split_sizes": [5200, 1300, 1624],
        },
    ),
    "a forest with a training score of 1": (
        "small-table",
        {
            "ladder_scores": ladder(
                dummy=(0.4, 0.32, 0.48), random_forest=(0.9, 0.85, 0.94), table_mlp=(0.89, 0.83, 0.93)
            )
        },
    ),
    "a noisy validation loss": ("images", {"val_loss": _falling(30, 2.3, 0.4, 0.4, seed=5)}),
    "two epochs": ("images", {"loss": [1.2, 0.9], "val_loss": [1.1, 0.95]}),
    "one epoch": ("images", {"loss": [1.2], "val_loss": [1.1]}),
    "no validation loss was measured": ("images", {"val_loss": np.full(30, np.nan)}),
    "a loss that hovers near zero": ("images", {"loss": np.concatenate([_falling(20, 2.3, 1e-6), [1e-5, 3e-6, 2e-5]])}),
    "a noisy training loss of tiny batches": ("images", {"loss": _falling(40, 2.3, 0.3, 0.35, seed=6)}),
    "a spike that is on its way back": ("images", {"loss": _WAY_BACK}),
    "warm restarts that lift the loss each time": (
        "images",
        {"loss": np.concatenate([_falling(10, 2.3, 0.3), _falling(10, 0.5, 0.2), _falling(10, 0.4, 0.15)])},
    ),
    "a learning rate so small that little is learnt in time": (
        "images",
        {"loss": _falling(30, 2.3, 1.9), "val_loss": _falling(30, 2.3, 1.95), "learning_rate": np.full(30, 1e-6)},
    ),
    "a hard task on which every class is found as rarely": (
        "images",
        {
            "confusion": np.full((10, 10), 12.0) + 60 * np.eye(10),
            "ladder_scores": ladder(dummy=(0.1, 0.09, 0.11), image_cnn=(0.4, 0.38, 0.42)),
            "train_score": [0.43, 0.41, 0.45],
            "validation_score": [0.4, 0.38, 0.42],
            "network_gain": [0.1, 0.08, 0.12, 0.01],
            "dummy_gain": [0.3, 0.28, 0.32, 0.01],
        },
    ),
    "a noisy target of which little can be explained": (
        "regression",
        {
            "ladder_scores": ladder(dummy=(-10.0, -10.4, -9.6), linear=(-9.5, -9.9, -9.1)),
            "dummy_gain": [0.5, 0.35, 0.65, 0.2],
            "train_score": [-9.3, -9.7, -8.9],
            "validation_score": [-9.5, -9.9, -9.1],
        },
    ),
    "a split by time with drifting inputs": (
        "small-table",
        {"split_method": [0, 1, 0], "drift": series("drift", [[0.9, 0.85, 0.94]], pair=["train-test"])},
    ),
    "a few repeated rows across a given split of many rows": (
        "images",
        {"split_overlap": [[0, 1, 0], [5, 8, 2], [0, 0, 0], [0, 0, 0]], "split_method": [1, 0, 0]},
    ),
    "columns with many missing values": (
        "small-table",
        {"missing_share": series("missing_share", [0.77, 0.2], column=["cabin", "age"]), "target_missing": 2},
    ),
    "a moderate gap of a network that beats everything": (
        "images",
        {
            "train_score": [0.999, 0.997, 1.0],
            "validation_score": [0.86, 0.84, 0.88],
            "network_gain": [0.06, 0.04, 0.08, 0.01],
        },
    ),
    "a rare class that is missing from a small test part by chance": (
        "small-table",
        {"class_counts": [[80, 55, 7], [0, 0, 0], [22, 14, 0]], "confusion": [[78, 2, 0], [2, 53, 0], [1, 1, 5]]},
    ),
    "shares of the classes that differ by chance": (
        "images",
        {
            "class_counts": [[300, 320, 290], [40, 30, 35], [33, 41, 30]],
            "label_values": [0, 2, 3, 3],
            "confusion": np.eye(3) * 30,
        },
    ),
    "a forest on clean digits, a little under-confident": ("images", {"calibration": [0.05, 0.02, 1437]}),
    "grey images": ("images", {"image_shape": [8, 8, 1]}),
    "images with opacity": ("images", {"image_shape": [64, 48, 4]}),
    "a table of two values, where rows repeat": ("small-table", {"duplicates": [60, 0, 0, 178]}),
}


def healthy(name: str) -> dict[str, Series]:
    """Signals of one of `HEALTHY_BASES` or of `ODD_BUT_HEALTHY`."""
    if name in HEALTHY_BASES:
        return HEALTHY_BASES[name]()
    base, changes = ODD_BUT_HEALTHY[name]
    return {**HEALTHY_BASES[base](), **signals(**changes)}
