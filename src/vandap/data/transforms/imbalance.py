"""One class made rare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from vandap.core.dataset import Dataset
from vandap.data.transforms._transform import Transform, need, without_rows


class Imbalance(Transform):
    """Drop rows of the smallest class from training and validation until the largest is `ratio` times as large."""

    slug = "imbalance"
    title = "make one class rare"
    defaults: ClassVar[Mapping[str, float]] = {"ratio": 50.0}

    def edit(self, dataset: Dataset, settings: Mapping[str, Any], rng: np.random.Generator) -> Dataset:
        """Edit the split; at least two rows of the class stay in the training part, one in the validation part."""
        need(dataset.task.is_classification, self.slug, "classes", dataset)
        split = dataset.split
        counts = np.bincount(dataset.target[split.train], minlength=len(dataset.classes))
        need(int((counts > 0).sum()) > 1, self.slug, "two classes in the training part", dataset)
        rare = int(np.where(counts > 0, counts, counts.max() + 1).argmin())
        biggest = int(np.delete(counts, rare).max())
        fewest = max(2, 2 * len(split.folds))
        wanted = max(fewest, round(biggest / settings["ratio"]))
        share = min(1.0, wanted / counts[rare])
        parts = split.folds or (split.train, split.validation)
        drop = [_surplus(rows[dataset.target[rows] == rare], share, rng) for rows in parts]
        name = dataset.classes[rare]
        note = f"The class {name!r} was made rare on purpose: {share:.1%} of its training rows stay."
        return without_rows(dataset, np.concatenate(drop), note)


def _surplus(rows: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    return rng.permutation(rows)[max(1, round(share * len(rows))) :]
