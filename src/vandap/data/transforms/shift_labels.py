"""Labels that count from another number than the loss expects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from vandap.core.dataset import Dataset
from vandap.data.transforms._transform import Transform, need, with_target


class ShiftLabels(Transform):
    """Add a number to every class code, in every part."""

    slug = "shift-labels"
    title = "shift the class codes"
    defaults: ClassVar[Mapping[str, float]] = {"by": 1}

    def edit(self, dataset: Dataset, settings: Mapping[str, Any], rng: np.random.Generator) -> Dataset:
        """Edit the target."""
        need(dataset.task.is_classification, self.slug, "classes", dataset)
        by = int(settings["by"])
        shifted = (dataset.target + by).astype(dataset.target.dtype)
        return with_target(dataset, shifted, f"Every class code was shifted by {by} on purpose.")
