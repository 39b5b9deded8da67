"""Everything needed to repeat one training, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class DataSpec:
    """Which data to read and how. None means: detect it, and say what was detected.

    Args:
        source: A path, or `bundled:NAME` for a data set that scikit-learn ships.
        kind: Slug of a reader, such as `csv` or `image-folder`.
        target: The target column of a table, or the target array's name in an `.npz`.
        task: `binary`, `multiclass` or `regression`.
        group: Column whose equal values must stay in one part.
        time: Column by which the past trains and the future tests.
        split_column: Column that names the part of each row (train, validation, test).
        test: Path of a separate test set of the same kind.
        folds: K of a K-fold; 0 forbids it; None decides by size.
        ignore: Columns to leave out.
        types: Column kinds by column name, to override detection (`{"zip": "category"}`).
        delimiter: Field delimiter of a text table.
        encoding: Text encoding of a text table.
        image_size: (height, width) that images are resized to.
        channels: 1 (grey) or 3 (colour).
    """

    source: str
    kind: str | None = None
    target: str | None = None
    task: str | None = None
    group: str | None = None
    time: str | None = None
    split_column: str | None = None
    test: str | None = None
    folds: int | None = None
    ignore: tuple[str, ...] = ()
    types: Mapping[str, str] = field(default_factory=dict)
    delimiter: str | None = None
    encoding: str | None = None
    image_size: tuple[int, int] | None = None
    channels: int | None = None


@dataclass(frozen=True)
class Change:
    """One typed edit of a training.

    Args:
        slug: What is done: a data transform's slug.
        settings: With which values.
    """

    slug: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Recipe:
    """Everything needed to repeat one training.

    Args:
        data: Which data.
        transforms: Edits of the data, applied in order after the split was made.
        learners: Slugs of the rungs to fit; empty means every rung that fits the data.
        network: Settings of the network that override its plan (`learning_rate`, `epochs`, `width` ...).
        metric: Slug of the headline metric; None chooses by the task and the class balance.
        cost: Cost of a false positive and of a false negative, for a binary task; None means equal.
        seed: Seed of every random choice.
        backend: `auto`, `jax`, `tensorflow` or `torch`.
        budget: Seconds of wall clock for the whole run.
        weights: Path of pretrained weights for transfer, or None.
        plan: What was measured and frozen (steps, learning rate, back end ...); a recipe with a plan measures nothing
            again and so gives the same weights on the same machine.
    """

    data: DataSpec
    transforms: tuple[Change, ...] = ()
    learners: tuple[str, ...] = ()
    network: Mapping[str, Any] = field(default_factory=dict)
    metric: str | None = None
    cost: tuple[float, float] | None = None
    seed: int = 0
    backend: str = "auto"
    budget: float = 600.0
    weights: str | None = None
    plan: Mapping[str, Any] = field(default_factory=dict)
