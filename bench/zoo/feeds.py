"""The ways in which a user hands data to `fit`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import keras
import numpy as np
from zoo.records import Part, Plan


def fed(part: Part, plan: Plan, seed: int) -> dict[str, Any]:
    """Return the arguments of `fit` that say what is trained on, for feeds other than arrays."""
    if plan.feed == "generator":
        return {"x": _batches(part, plan.batch, seed), "steps_per_epoch": -(-len(part[0]) // plan.batch)}
    return {"x": {"pydataset": Batches, "tf_data": _tf_data, "loader": _loader}[plan.feed](part, plan.batch, seed)}


def sample_weights(target: np.ndarray) -> np.ndarray:
    """Weights of the rows that make the classes weigh alike, 1 on average."""
    return np.array([balanced(target)[label] for label in target], dtype="float32")


def balanced(target: np.ndarray) -> Mapping[int, float]:
    """Weights of the classes that make them weigh alike."""
    counts = np.bincount(target)
    return {label: len(target) / len(counts) / max(count, 1) for label, count in enumerate(counts)}


def _tf_data(part: Part, size: int, seed: int) -> Any:
    import tensorflow

    rows = tensorflow.data.Dataset.from_tensor_slices(part)
    return rows.shuffle(len(part[0]), seed=seed).batch(size).prefetch(1)


def _loader(part: Part, size: int, seed: int) -> Any:
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    order = torch.Generator().manual_seed(seed)
    return DataLoader(TensorDataset(*map(torch.from_numpy, part)), batch_size=size, shuffle=True, generator=order)


def _batches(part: Part, size: int, seed: int) -> Iterator[Part]:
    generator = np.random.default_rng(seed)
    while True:
        order = generator.permutation(len(part[0]))
        for start in range(0, len(order), size):
            rows = order[start : start + size]
            yield part[0][rows], part[1][rows]


class Batches(keras.utils.PyDataset):
    """Batches by number, shuffled after each epoch."""

    def __init__(self, part: Part, size: int, seed: int) -> None:
        super().__init__()
        self.part, self.size, self.generator = part, size, np.random.default_rng(seed)
        self.order = self.generator.permutation(len(part[0]))

    def __len__(self) -> int:
        return -(-len(self.order) // self.size)

    def __getitem__(self, index: int) -> Part:
        rows = self.order[index * self.size : (index + 1) * self.size]
        return self.part[0][rows], self.part[1][rows]

    def on_epoch_end(self) -> None:
        """Shuffle."""
        self.order = self.generator.permutation(len(self.order))
