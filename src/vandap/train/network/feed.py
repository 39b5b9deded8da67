"""Training batches: a seeded, endless, resumable stream of full-size batches."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Generator, Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from vandap.core.dataset import TABLE, Dataset, Raw
from vandap.core.permutation import Permutation
from vandap.core.prefetch import prefetch
from vandap.core.preprocess import Encoded, Encoder, Preprocess
from vandap.core.rows import every_row
from vandap.train.network.augment import augment
from vandap.train.preprocess import blocks

MEMORY_LIMIT = 1 << 30
"""Encoded training inputs up to this many bytes are kept in memory; larger ones are read again for each batch."""

TABLE_LIMIT = 1 << 27
"""The same for tables. Their columns are in memory anyway, and encoding 512 rows of 22 columns takes 0.7 ms in a thread
beside the training step, against 0.1 ms from here."""

SHUFFLED = 1 << 20
"""Rows whose order of an epoch is stored; that of more is computed batch by batch."""

Targets = Callable[[np.ndarray], np.ndarray]


def encoded_rows(dataset: Dataset, rows: np.ndarray, encoder: Encoder) -> Encoded:
    """Read and encode rows once, block by block, so that nothing but the result is held whole."""
    probe = encoder(dataset.examples.take(rows[:1]))
    numbers, categories = (
        np.empty((len(rows), *values.shape[1:]), values.dtype) for values in (probe.numbers, probe.categories)
    )
    start = 0
    for block in blocks(rows, probe.numbers.size + probe.categories.size):
        part, encoded = slice(start, start + len(block)), encoder(dataset.examples.take(block))
        numbers[part], categories[part] = encoded.numbers, encoded.categories
        start += len(block)
    return Encoded(numbers, categories)


def model_inputs(encoded: Encoded, offsets: np.ndarray) -> Any:
    """Arrange encoded inputs as the network's inputs: one array, or numbers and offset category indices."""
    if encoded.categories.shape[1] == 0:
        return encoded.numbers
    return {"numbers": encoded.numbers, "categories": encoded.categories + offsets}


def category_offsets(preprocess: Preprocess) -> np.ndarray:
    """First row of each category column in the network's one embedding table, int32."""
    sizes = [len(words) + 1 for words in preprocess.vocabularies.values()]
    return np.cumsum([0, *sizes])[:-1].astype(np.int32)


def mixed(
    encoded: Encoded, targets: np.ndarray, shape: float, generator: np.random.Generator
) -> tuple[Encoded, np.ndarray]:
    """Mix the examples of a batch in pairs, inputs and targets alike; categories cannot be mixed and must be none."""
    other = generator.permutation(len(targets))
    share = generator.beta(shape, shape, len(targets)).astype(np.float32)

    def mix(values: np.ndarray) -> np.ndarray:
        own = share.reshape(-1, *(1,) * (values.ndim - 1))
        return (own * values + (1 - own) * values[other]).astype(np.float32)

    return Encoded(mix(encoded.numbers), encoded.categories), mix(targets)


def balanced(rows: np.ndarray, classes: np.ndarray, seed: int) -> np.ndarray:
    """Repeat rows of rare classes until every class has as many rows as the most frequent one.

    Args:
        rows: Rows.
        classes: Class of each of them.
        seed: Seed of which rows of a class are repeated once more than others.
    """
    generator = np.random.default_rng((seed, 5))
    most = np.unique(classes, return_counts=True)[1].max()
    parts = [np.resize(generator.permutation(rows[classes == code]), most) for code in np.unique(classes)]
    return np.concatenate(parts)


def row_batches(count: int, batch_size: int, seed: int, start: int) -> Iterator[tuple[int, np.ndarray]]:
    """Yield `(step, positions)` endlessly from step `start`: each epoch is one seeded permutation of `count` positions.

    Batches run over the border of two epochs, so every batch has the full size (one compiled step) and every example
    is seen exactly once an epoch. Any step can be reached without replaying those before it.
    """

    @lru_cache(maxsize=1)
    def permutation(epoch: int) -> np.ndarray | Permutation:
        if count > SHUFFLED:
            return Permutation(count, (seed, 1, epoch))
        order = every_row(count)
        np.random.default_rng((seed, 1, epoch)).shuffle(order)
        return order

    for step in itertools.count(start):
        parts, wanted, position = [], batch_size, step * batch_size
        while wanted:
            epoch, offset = divmod(position, count)
            part = permutation(epoch)[offset : offset + wanted]
            parts.append(part)
            wanted, position = wanted - len(part), position + len(part)
        yield step, np.concatenate(parts)


class Feed:
    """Makes `(inputs, targets)` of training batches.

    Args:
        dataset: The data.
        rows: Training rows.
        encoder: Bound preprocessing.
        targets: Gives the targets of some rows as the loss reads them.
        seed: Seed of order and augmentation.
    """

    def __init__(self, dataset: Dataset, rows: np.ndarray, encoder: Encoder, targets: Targets, seed: int) -> None:
        self._dataset, self._rows, self._encoder, self._targets = dataset, rows, encoder, targets
        self._seed = seed
        self._offsets = category_offsets(encoder.preprocess)
        self._cache = encoded_rows(dataset, rows, encoder) if self._fits_in_memory() else None

    def _fits_in_memory(self) -> bool:
        probe = self._encoder(self._dataset.examples.take(self._rows[:1]))
        limit = min(TABLE_LIMIT, MEMORY_LIMIT) if self._dataset.kind == TABLE else MEMORY_LIMIT
        return (probe.numbers.nbytes + probe.categories.nbytes) * len(self._rows) <= limit

    def batches(
        self, start: int, batch_size: int, augmentations: tuple[str, ...] = (), mixup: float = 0.0
    ) -> Generator[tuple[Any, np.ndarray], None, None]:
        """Yield batches endlessly from step `start`, made ahead in a background thread."""
        return prefetch(self._batches(start, batch_size, augmentations, mixup), ahead=2)

    def _batches(
        self, start: int, batch_size: int, augmentations: tuple[str, ...], mixup: float
    ) -> Iterator[tuple[Any, np.ndarray]]:
        for step, positions in row_batches(len(self._rows), batch_size, self._seed, start):
            encoded = self._encoded(positions)
            if augmentations:
                generator = np.random.default_rng((self._seed, 2, step))
                encoded = Encoded(augment(encoded.numbers, augmentations, generator), encoded.categories)
            targets = self._targets(self._rows[positions])
            if mixup:
                generator = np.random.default_rng((self._seed, 4, step))
                encoded, targets = mixed(encoded, targets, mixup, generator)
            yield model_inputs(encoded, self._offsets), targets

    def _encoded(self, positions: np.ndarray) -> Encoded:
        if self._cache is not None:
            return Encoded(self._cache.numbers[positions], self._cache.categories[positions])
        raw: Raw = self._dataset.examples.take(self._rows[positions])
        return self._encoder(raw)
