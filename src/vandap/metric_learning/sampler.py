"""Batches of K examples of each of P identities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from vandap.core.dataset import Examples
from vandap.errors import DataError, UsageError


class IdentityBatches(keras.utils.PyDataset):
    """P identities times K examples a batch, for `model.fit`.

    An epoch shows as many examples as there are. Identities take turns in a random order that is drawn anew when all
    were seen, and so do the examples of an identity; one with fewer than K repeats some (Hermans et al. 2017). An
    identity with a single example can teach no triplet and is left out.

    Args:
        examples: `Examples` of a dataset, or anything that numpy rows select from: an array, a memory map.
        labels: Identity of each example: numbers or texts, shape `(n,)` or `(n, 1)`.
        identities: P, identities a batch.
        each: K, examples of each.
        seed: Of every random choice. Seed and number of an epoch decide its batches. The number is how often Keras has
            ended an epoch of this object, which is more often than it trained one: once more at the beginning of most
            fits, and for a model that its first fit builds. So the same calls on the same back end give the same
            batches; two halves of a training do not give those of the whole.
        epoch: Number of the first epoch. A training that goes on in another process gives one beyond those that were
            drawn, such as twice the epochs that were trained, or it would see the first batches again.
        kwargs: Of `keras.utils.PyDataset`, such as `workers`.

    Attributes:
        classes: The identities, sorted; labels of batches are places in it.
        left_out: Identities with a single example.

    Raises:
        DataError: Labels that do not fit the examples, or too few identities with two examples.
        UsageError: P or K below 2, or an epoch below 0.

    References:
        Hermans, Beyer and Leibe 2017, section 3.1.

    Example:
        >>> model.fit(IdentityBatches(photos, people, identities=16, each=4), epochs=30)  # doctest: +SKIP
    """

    def __init__(
        self,
        examples: Any,
        labels: Sequence[Any] | np.ndarray,
        identities: int = 16,
        each: int = 4,
        seed: int = 0,
        epoch: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._examples, self._shape, self._seed, self._epoch = examples, (identities, each), seed, epoch
        self.classes, codes = np.unique(_flat(labels), return_inverse=True)
        self._codes = codes.astype(np.int32)
        counts = np.bincount(self._codes)
        usable = np.flatnonzero(counts > 1)
        self.left_out = tuple(self.classes[counts == 1].tolist())
        _check(len(examples), len(codes), len(usable), identities, each)
        if epoch < 0:
            raise UsageError(
                "Epochs are counted from 0.",
                received=f"epoch={epoch}",
                expected="0 or more",
                hint="Leave epoch out for a training that begins.",
            )
        order = np.argsort(self._codes, kind="stable")
        parts = np.split(order, np.cumsum(counts)[:-1])
        self._rows = [parts[code] for code in usable]
        self._batches = max(1, int(counts[usable].sum()) // (identities * each))
        self._plan = self._planned()

    def __len__(self) -> int:
        return self._batches

    def __getitem__(self, batch: int) -> tuple[Any, np.ndarray]:
        """Examples and labels of a batch; K of one identity stand together."""
        rows = self._plan[batch]
        taken = self._examples.take(rows) if isinstance(self._examples, Examples) else self._examples[rows]
        return taken, self._codes[rows]

    def on_epoch_end(self) -> None:
        """Draw the next epoch; called by Keras."""
        self._epoch += 1
        self._plan = self._planned()

    def rows(self, batch: int) -> np.ndarray:
        """Numbers of the examples of a batch, shape `(P * K,)`."""
        return self._plan[batch]

    def _planned(self) -> np.ndarray:
        """Every batch of an epoch at once, so that workers may ask in any order: shape `(batches, P * K)`."""
        generator = np.random.default_rng((self._seed, self._epoch))
        many, each = self._shape
        turns = [_Turns(rows, generator) for rows in self._rows]
        chosen = _batches_of_distinct(len(turns), many, self._batches, generator)
        return np.array([np.concatenate([turns[one].next(each) for one in batch]) for batch in chosen])


class _Turns:
    """The examples of one identity, each shown before any is shown again, none twice at once unless all are."""

    def __init__(self, rows: np.ndarray, generator: np.random.Generator) -> None:
        self._rows, self._generator = rows, generator
        self._left = generator.permutation(rows)

    def next(self, count: int) -> np.ndarray:
        taken, self._left = self._left[:count], self._left[count:]
        while len(taken) < count:
            fresh, missing = self._generator.permutation(self._rows), count - len(taken)
            again = np.isin(fresh, taken)
            fresh = np.concatenate([fresh[~again], fresh[again]])
            taken, self._left = np.concatenate([taken, fresh[:missing]]), fresh[missing:]
        return taken


def _batches_of_distinct(count: int, many: int, batches: int, generator: np.random.Generator) -> list[np.ndarray]:
    """Places of identities, `many` different ones a batch, all in turn."""
    made, left = [], generator.permutation(count)
    for _ in range(batches):
        batch, left = left[:many], left[many:]
        if len(batch) < many:
            fresh = generator.permutation(count)
            first = np.isin(fresh, batch, invert=True)
            filling = fresh[first][: many - len(batch)]
            left = fresh[~np.isin(fresh, filling)]
            batch = np.concatenate([batch, filling])
        made.append(batch)
    return made


def _flat(labels: Sequence[Any] | np.ndarray) -> np.ndarray:
    names = np.asarray(labels)
    if names.ndim != 1 and names.shape[1:] != (1,):
        raise DataError(
            "Every example needs one identity.",
            received=f"labels of shape {names.shape}",
            expected="shape (n,) or (n, 1)",
            hint="Of one-hot labels give labels.argmax(axis=1).",
        )
    return names.reshape(-1)


def _check(examples: int, labels: int, usable: int, identities: int, each: int) -> None:
    if examples != labels:
        raise DataError(
            "Every example needs an identity.",
            received=f"{examples} examples, {labels} labels",
            expected="as many labels as examples",
            hint="Check that both come from the same list.",
        )
    if identities < 2 or each < 2:
        raise UsageError(
            "A triplet needs two identities and two examples of one.",
            received=f"identities={identities}, each={each}",
            expected="2 or more of both",
            hint="Usual are identities=16, each=4.",
        )
    if usable < identities:
        raise DataError(
            "There are too few identities with two examples.",
            received=f"{usable} identities with at least two examples",
            expected=f"at least {identities}, the identities of a batch",
            hint="Ask for fewer identities a batch.",
        )
