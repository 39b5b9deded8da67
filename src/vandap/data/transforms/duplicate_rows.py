"""Copies among the training rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from vandap.core.dataset import Dataset
from vandap.data.transforms._transform import Transform, append_rows, choose


class DuplicateRows(Transform):
    """Append copies of a share of the training rows to the training part."""

    slug = "duplicate-rows"
    title = "copy training rows"
    defaults: ClassVar[Mapping[str, float]] = {"share": 0.3}

    def edit(self, dataset: Dataset, settings: Mapping[str, Any], rng: np.random.Generator) -> Dataset:
        """Append the copies."""
        origin = choose(dataset.split.train, settings["share"], rng)
        note = f"{len(origin)} training rows were duplicated on purpose."
        return append_rows(dataset, origin, dataset.target[origin], "train", note)
