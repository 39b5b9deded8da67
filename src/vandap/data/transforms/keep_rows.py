"""Too few training rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from vandap.core.dataset import Dataset
from vandap.data.transforms._transform import Transform, without_rows


class KeepRows(Transform):
    """Keep `count` rows of the training part, its classes in proportion (at least one row each)."""

    slug = "keep-rows"
    title = "keep few training rows"
    defaults: ClassVar[Mapping[str, float]] = {"count": 40}

    def edit(self, dataset: Dataset, settings: Mapping[str, Any], rng: np.random.Generator) -> Dataset:
        """Edit the split."""
        split = dataset.split
        share = min(1.0, settings["count"] / max(1, len(split.train)))
        parts = split.folds or (split.train,)
        drop = [_dropped(rows, dataset, share, rng) for rows in parts]
        kept = len(split.train) - sum(map(len, drop))
        return without_rows(dataset, np.concatenate(drop), f"{kept} training rows were kept on purpose.")


def _dropped(rows: np.ndarray, dataset: Dataset, share: float, rng: np.random.Generator) -> np.ndarray:
    strata = dataset.target[rows] if dataset.task.is_classification else np.zeros(len(rows), int)
    drop = []
    for value in np.unique(strata):
        own = rng.permutation(rows[strata == value])
        drop.append(own[max(1, round(share * len(own))) :])
    return np.concatenate(drop)
