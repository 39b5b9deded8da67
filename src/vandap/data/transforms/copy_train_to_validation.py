"""Training rows in the validation part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from vandap.core.dataset import Dataset
from vandap.data.transforms._transform import Transform, append_rows, choose


class CopyTrainToValidation(Transform):
    """Append copies of training rows to the validation part, or into other folds.

    `share` is the share of the validation part that the copies make up beside the rows that were there (with folds: of
    the training rows).
    """

    slug = "copy-train-to-validation"
    title = "copy training rows into the validation part"
    defaults: ClassVar[Mapping[str, float]] = {"share": 0.3}

    def edit(self, dataset: Dataset, settings: Mapping[str, Any], rng: np.random.Generator) -> Dataset:
        """Append the copies."""
        split = dataset.split
        share = settings["share"]
        if not split.folds:
            share = share * len(split.validation) / max(1, len(split.train))
        origin = choose(split.train, share, rng)
        note = f"{len(origin)} training rows were copied into the validation part on purpose."
        return append_rows(dataset, origin, dataset.target[origin], "validation", note)
