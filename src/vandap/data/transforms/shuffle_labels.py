"""Labels that have nothing to do with their inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from vandap.core.dataset import Dataset
from vandap.data.transforms._transform import Transform, choose, with_target


class ShuffleLabels(Transform):
    """Shuffle the targets of a share of the training and validation rows among themselves."""

    slug = "shuffle-labels"
    title = "shuffle targets"
    defaults: ClassVar[Mapping[str, float]] = {"share": 1.0}

    def edit(self, dataset: Dataset, settings: Mapping[str, Any], rng: np.random.Generator) -> Dataset:
        """Edit the target."""
        rows = choose(np.concatenate([dataset.split.train, dataset.split.validation]), settings["share"], rng)
        target = dataset.target.copy()
        target[rows] = target[rng.permutation(rows)]
        return with_target(dataset, target, f"The targets of {len(rows)} rows were shuffled on purpose.")
