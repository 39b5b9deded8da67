"""One class that is labelled as another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from vandap.core.dataset import Dataset
from vandap.data.transforms._transform import Transform, choose, need, with_target


class RelabelClass(Transform):
    """Label a share of the training rows of the last class as the class before it."""

    slug = "relabel-class"
    title = "label rows of one class as another"
    defaults: ClassVar[Mapping[str, float]] = {"share": 0.8}

    def edit(self, dataset: Dataset, settings: Mapping[str, Any], rng: np.random.Generator) -> Dataset:
        """Edit the target."""
        need(dataset.task.is_classification, self.slug, "classes", dataset)
        train = dataset.split.train
        last = int(dataset.target[train].max())
        rows = choose(train[dataset.target[train] == last], settings["share"], rng)
        target = dataset.target.copy()
        target[rows] = last - 1
        names = dataset.classes
        note = f"{len(rows)} training rows of {names[last]!r} were labelled {names[last - 1]!r} on purpose."
        return with_target(dataset, target, note)
