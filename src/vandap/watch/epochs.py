"""Which labels came in which batch, and whether two epochs began with the same batches."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from typing import Any

import numpy as np

from vandap.core.signals import Series
from vandap.watch.sample import leaves

LABELLED_BATCHES = 64
COMPARED_BATCHES = 3
COMPARED_EPOCHS = 3
HASHED_BYTES = 65_536
ENOUGH_BITS = 40.0
"""Information above which equal targets mean the same order: by chance they agree once in 2^40 trainings."""


class Epochs:
    """Follows the first batches of the first epochs."""

    def __init__(self) -> None:
        self._epoch, self._batch = 0, 0
        self._prints: dict[int, list[tuple[bytes, bytes]]] = {}
        self.targets: list[np.ndarray] = []

    def begin(self, epoch: int) -> None:
        """An epoch begins, counted from 0."""
        self._epoch, self._batch = epoch, 0

    @property
    def wants_targets(self) -> bool:
        """Whether the next batch's labels are counted."""
        return self._epoch == 0 and self._batch < LABELLED_BATCHES

    @property
    def wants_inputs(self) -> bool:
        """Whether the next batch is compared between epochs."""
        return self._epoch < COMPARED_EPOCHS and self._batch < COMPARED_BATCHES

    def note(self, x: Any, y: Any) -> None:
        """Note a batch: inputs (None where they are not wanted) and targets, as NumPy arrays."""
        targets = leaves(y)
        if self.wants_targets and targets:
            self.targets.append(np.array(targets[0]))
        if self.wants_inputs and leaves(x):
            self._prints.setdefault(self._epoch, []).append((_print(leaves(x)), _print(targets)))
        self._batch += 1

    def order(self) -> Series | None:
        """The signal `batch_order`; None where fewer than two epochs were seen, or too little to compare."""
        epochs = [prints for prints in self._prints.values() if len(prints) == len(self._prints.get(0, ()))]
        if len(epochs) < 2:
            return None
        inputs, targets = ([tuple(batch[side] for batch in prints) for prints in epochs] for side in (0, 1))
        same = any(first == other for first, other in pairwise(inputs))
        if not same and self._bits() >= ENOUGH_BITS:
            same = any(first == other for first, other in pairwise(targets))
        return Series(np.array([float(same), float(len(epochs))]), {"fact": ("same_order", "epochs")})

    def _bits(self) -> float:
        """Shannon information of the compared targets, were their order a random one."""
        compared = self.targets[:COMPARED_BATCHES]
        if not compared:
            return 0.0
        rows = np.concatenate([batch.reshape(len(batch), -1)[:, :16] for batch in compared])
        _, counts = np.unique(rows, axis=0, return_counts=True)
        share = counts / counts.sum()
        return float(-(share * np.log2(share)).sum() * len(rows))


def _print(arrays: list[np.ndarray]) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for array in arrays:
        array = np.asarray(array)
        each = max(array.nbytes // max(len(array), 1), 1) if array.ndim else 1
        digest.update(np.ascontiguousarray(array[: max(HASHED_BYTES // each, 1)] if array.ndim else array).tobytes())
    return digest.digest()
