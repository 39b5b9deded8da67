"""An input that gives the answer away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from vandap.core.dataset import IMAGES, TABLE, Dataset, Examples, Raw
from vandap.core.schema import Column, ColumnKind, Role
from vandap.data.transforms._transform import EditedExamples, Transform

COLUMN = "leaked_target"
_NOISE = 0.01
_CORNER = 2


class LeakTarget(Transform):
    """Write the target into every input: a column of a table, a corner of images, the first value of arrays."""

    slug = "leak-target"
    title = "write the target into the inputs"

    def edit(self, dataset: Dataset, settings: Mapping[str, Any], rng: np.random.Generator) -> Dataset:
        """Edit the inputs when they are read."""
        target = dataset.target.astype(np.float64)
        spread = float(np.ptp(target)) or 1.0
        leak = (target - target.min()) / spread + rng.normal(0.0, _NOISE, len(target))
        columns = dataset.columns
        if dataset.kind == TABLE:
            columns += (Column(COLUMN, ColumnKind.NUMBER, Role.FEATURE, "put in on purpose"),)
        examples = _Leaking(dataset.examples, leak.astype(np.float32))
        return replace(dataset, examples=examples, columns=columns).noted(
            "The target was leaked into the inputs on purpose."
        )


class _Leaking(EditedExamples):
    def __init__(self, base: Examples, leak: np.ndarray) -> None:
        super().__init__(base)
        self.leak = leak

    def edit(self, raw: Raw, rows: np.ndarray) -> Raw:
        leak = self.leak[rows]
        if isinstance(raw, Mapping):
            return {**raw, COLUMN: leak}
        edited = raw.copy()
        if self.kind == IMAGES:
            bright = np.clip(leak * 255.0, 0, 255).astype(raw.dtype)
            edited[:, :_CORNER, :_CORNER, :] = bright[:, None, None, None]
            return edited
        edited.reshape(len(raw), -1)[:, 0] = leak
        return edited
