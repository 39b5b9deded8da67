"""The same input under two labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from vandap.core.dataset import Dataset
from vandap.data.transforms._transform import Transform, append_rows, choose, need


class ConflictLabels(Transform):
    """Append copies of a share of the training rows, each with another label."""

    slug = "conflict-labels"
    title = "copy training rows under other labels"
    defaults: ClassVar[Mapping[str, float]] = {"share": 0.3}

    def edit(self, dataset: Dataset, settings: Mapping[str, Any], rng: np.random.Generator) -> Dataset:
        """Append the copies."""
        need(dataset.task.is_classification, self.slug, "classes", dataset)
        origin = choose(dataset.split.train, settings["share"], rng)
        classes = len(dataset.classes)
        other = (dataset.target[origin] + rng.integers(1, classes, len(origin))) % classes
        note = f"{len(origin)} training rows were copied under another label on purpose."
        return append_rows(dataset, origin, other, "train", note)
