"""Small data sets in memory for tests of the training engine."""

from __future__ import annotations

import numpy as np

from vandap.core.dataset import Dataset, Examples, Raw, Split
from vandap.core.task import Task


class MadeExamples(Examples):
    """Examples that are one array."""

    def __init__(self, values: np.ndarray, kind: str) -> None:
        self.values, self.kind = values, kind

    def __len__(self) -> int:
        return len(self.values)

    def take(self, rows: np.ndarray) -> Raw:
        """See `Examples.take`."""
        return self.values[rows]


def made_dataset(kind: str = "array", task: Task = Task.MULTICLASS, rows: int = 240, seed: int = 0) -> Dataset:
    """Three separable classes (or a smooth number) over `rows` examples, split 60 / 20 / 20."""
    generator = np.random.default_rng(seed)
    codes = generator.integers(0, 3, rows)
    if kind == "images":
        values = generator.integers(0, 60, (rows, 8, 8, 1)).astype(np.uint8)
        for code in range(3):
            values[codes == code, :, 2 * code : 2 * code + 2] += 150
    else:
        values = generator.normal(size=(rows, 5)).astype(np.float32)
        values[:, 0] += 3.0 * codes
    regression = task is Task.REGRESSION
    target = codes + 0.1 * generator.normal(size=rows) if regression else codes.astype(np.int32)
    order = generator.permutation(rows)
    parts = [np.sort(part) for part in np.split(order, [int(0.6 * rows), int(0.8 * rows)])]
    classes = () if regression else ("low", "middle", "high")
    return Dataset("made", "made", task, MadeExamples(values, kind), target, classes, (), Split(*parts), "0" * 16)
