"""The triplet loss, with the three ways of choosing triplets inside a batch.

`batch_all` and `semi_hard` look at every triplet, which is n x n x n numbers. They do so some negatives at a time, on
distances without gradients, and keep n x n numbers: the gradient of each distance, or which negative was chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from vandap.errors import UsageError
from vandap.metric_learning._labels import one_a_row
from vandap.metric_learning._vectors import root, squared_distances, unit

_FAR = 1e9
"""Farther than any distance; finite, because infinity times zero is no number."""
_ACTIVE = 1e-16
"""A triplet with a loss below this is satisfied (the bound of the reference code of Hermans et al.)."""
_AT_ONCE = 2**22
"""Triplets that are looked at at a time, in a handful of arrays of 16 MiB; batches of up to 161 are looked at whole."""


@keras.saving.register_keras_serializable(package="vandap")
class TripletLoss(keras.losses.Loss):
    """Pull an anchor towards its own identity and push it a margin away from the others: `max(0, d(a,p) - d(a,n) + m)`.

    `y_true` are identity numbers, shape `(n,)` or `(n, 1)`, exact up to 2^24 in float32; `y_pred` are embeddings, shape
    `(n, columns)`. The value is one number for the batch, so sample weights weigh whole batches. Use batches of several
    examples of each of several identities (`IdentityBatches`); a batch without a pair of one identity costs nothing
    and teaches nothing.

    Args:
        mining: Which triplets of the batch count:

            * `batch_all`: every valid one, averaged over those that are not satisfied yet (Hermans et al., "BA != 0");
            * `batch_hard`: for each anchor its farthest positive and its nearest negative (Hermans et al.);
            * `semi_hard`: for each pair of one identity the nearest negative that is farther than the positive; where
              every negative is nearer than that, the farthest of them (FaceNet, and the fallback of the usual
              implementations).
        margin: The margin m, in units of the distance; `None` for the soft margin `log(1 + exp(d(a,p) - d(a,n)))`.
        distance: `euclidean` (Hermans et al.: the squared one collapses more easily) or `squared` (FaceNet).
        normalise: Bring embeddings to unit length first, as a search by cosine does.

    Raises:
        UsageError: An option has another value.

    References:
        Schroff, Kalenichenko and Philbin 2015, "FaceNet"; Hermans, Beyer and Leibe 2017, "In Defense of the Triplet
        Loss for Person Re-Identification".

    Example:
        >>> model.compile("adam", TripletLoss("batch_hard", margin=0.2))  # doctest: +SKIP
    """

    def __init__(
        self,
        mining: str = "batch_hard",
        margin: float | None = 0.2,
        distance: str = "euclidean",
        normalise: bool = True,
        name: str = "triplet",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        _one_of("mining", mining, tuple(_MINED))
        _one_of("distance", distance, ("euclidean", "squared"))
        if margin is not None and margin < 0:
            raise UsageError(
                "A margin cannot be negative.",
                received=f"margin={margin}",
                expected="0 or more, or None for the soft margin",
                hint="Usual values are 0.2 to 0.5 for unit vectors.",
            )
        self.mining, self.margin, self.distance, self.normalise = mining, margin, distance, normalise

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The mean loss over the triplets that were chosen; 0 where there is none."""
        labels = one_a_row(y_true)
        vectors = unit(y_pred) if self.normalise else ops.cast(y_pred, "float32")
        distances = squared_distances(vectors)
        if self.distance == "euclidean":
            distances = root(distances)
        same = ops.cast(labels[:, None] == labels[None, :], "float32")
        positive = same * (1.0 - ops.eye(ops.shape(labels)[0], dtype="float32"))
        return _MINED[self.mining](distances, positive, 1.0 - same, self._hinge, self._slope)

    def _hinge(self, excess: Any) -> Any:
        return ops.softplus(excess) if self.margin is None else ops.relu(excess + self.margin)

    def _slope(self, excess: Any) -> Any:
        """The derivative of the hinge."""
        return ops.sigmoid(excess) if self.margin is None else ops.cast(excess + self.margin > 0, "float32")

    def get_config(self) -> dict[str, Any]:
        """See `keras.losses.Loss`."""
        own = {name: getattr(self, name) for name in ("mining", "margin", "distance", "normalise")}
        return {**super().get_config(), **own}


_Function = Callable[[Any], Any]


def _batch_all(distances: Any, positive: Any, negative: Any, hinge: _Function, slope: _Function) -> Any:
    """Mean over the triplets that cost something."""
    known, count = ops.stop_gradient(distances), ops.shape(distances)[0]

    def step(numbers: Any, real: Any, found: Any) -> Any:
        total, active, gradient = found
        excess = known[:, :, None] - ops.take(known, numbers, axis=1)[:, None, :]
        counted = positive[:, :, None] * (ops.take(negative, numbers, axis=1) * real)[:, None, :]
        losses, slopes = hinge(excess) * counted, slope(excess) * counted
        pushed = ops.matmul(ops.sum(slopes, axis=1), ops.one_hot(numbers, count, dtype="float32"))
        more = ops.sum(ops.cast(losses > _ACTIVE, "float32"))
        return total + ops.sum(losses), active + more, gradient + ops.sum(slopes, axis=2) - pushed

    nothing = ops.zeros((), "float32")
    total, active, gradient = _over_negatives(step, (nothing, nothing, ops.zeros_like(known)), count)
    active = ops.maximum(active, 1.0)
    leaning = ops.sum(ops.stop_gradient(gradient) * distances) / active
    return leaning + ops.stop_gradient(total / active - leaning)  # the value of the one, the gradient of the other


def _batch_hard(distances: Any, positive: Any, negative: Any, hinge: _Function, slope: _Function) -> Any:
    """Mean over the anchors that have both a positive and a negative."""
    farthest = ops.max(distances * positive, axis=1)
    nearest = ops.min(distances + _FAR * (1.0 - negative), axis=1)
    return _mean(_hinged(hinge, farthest, nearest), ops.max(positive, axis=1) * ops.max(negative, axis=1))


def _semi_hard(distances: Any, positive: Any, negative: Any, hinge: _Function, slope: _Function) -> Any:
    """Mean over the pairs of one identity that have a negative."""
    known, count = ops.stop_gradient(distances), ops.shape(distances)[0]

    def step(numbers: Any, real: Any, found: Any) -> Any:
        nearest, which = found
        far = ops.take(known, numbers, axis=1)
        far = ops.where(ops.take(negative, numbers, axis=1) * real > 0, far, 0.0)[:, None, :]
        farther = ops.where(far > known[:, :, None], far, _FAR)
        here = ops.min(farther, axis=2)
        chosen = ops.take(numbers, ops.argmin(farther, axis=2))
        return ops.minimum(here, nearest), ops.where(here < nearest, chosen, which)

    farthest = ops.argmax(known * negative, axis=1)[:, None]
    start = (ops.full_like(known, _FAR), ops.zeros_like(known, "int32") + ops.cast(farthest, "int32"))
    _, which = _over_negatives(step, start, count)
    chosen = ops.take_along_axis(distances, which, axis=1)
    return _mean(_hinged(hinge, distances, chosen), positive * ops.max(negative, axis=1)[:, None])


def _over_negatives(step: Callable[[Any, Any, Any], Any], start: Any, count: Any) -> Any:
    """Fold over all examples as negatives, some at a time.

    Args:
        step: Takes numbers of examples, shape `(some,)`, whether each counts as 1 or 0, and what was found so far.
        start: What was found before the first.
        count: Examples; a tensor where a graph of TensorFlow does not know it.
    """
    some = ops.maximum(_AT_ONCE // (count * count), 1) if ops.is_tensor(count) else max(1, _AT_ONCE // max(1, count**2))
    some = ops.minimum(some, count) if ops.is_tensor(count) else min(some, count)

    def block(number: Any, found: Any) -> Any:
        numbers = number * some + ops.arange(some, dtype="int32")
        return step(ops.minimum(numbers, count - 1), ops.cast(numbers < count, "float32"), found)

    blocks = (count + some - 1) // some
    return ops.fori_loop(0, blocks, block, start)


def _hinged(hinge: _Function, near: Any, far: Any) -> Any:
    """The hinge; of no interest, but finite, where the far one is missing."""
    return hinge(near - ops.minimum(far, _FAR / 2))


def _mean(losses: Any, counted: Any) -> Any:
    return ops.sum(losses * counted) / ops.maximum(ops.sum(counted), 1.0)


_MINED = {"batch_all": _batch_all, "batch_hard": _batch_hard, "semi_hard": _semi_hard}


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise UsageError(
            f"There is no such {name}.",
            received=f"{name}={value!r}",
            expected="one of " + ", ".join(known),
            hint=f"Write {name}={known[0]!r}.",
        )
