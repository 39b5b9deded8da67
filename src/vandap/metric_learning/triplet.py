"""The triplet loss, with the three ways of choosing triplets inside a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from vandap.errors import UsageError
from vandap.metric_learning._vectors import root, squared_distances, unit

_FAR = 1e9
"""Farther than any distance; finite, because infinity times zero is no number."""
_ACTIVE = 1e-16
"""A triplet with a loss below this is satisfied (the bound of the reference code of Hermans et al.)."""


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
        labels = ops.reshape(y_true, (-1,))
        vectors = unit(y_pred) if self.normalise else ops.cast(y_pred, "float32")
        distances = squared_distances(vectors)
        if self.distance == "euclidean":
            distances = root(distances)
        same = ops.cast(labels[:, None] == labels[None, :], "float32")
        positive = same * (1.0 - ops.eye(ops.shape(labels)[0], dtype="float32"))
        return _MINED[self.mining](distances, positive, 1.0 - same, self._hinge)

    def _hinge(self, excess: Any) -> Any:
        return ops.softplus(excess) if self.margin is None else ops.relu(excess + self.margin)

    def get_config(self) -> dict[str, Any]:
        """See `keras.losses.Loss`."""
        own = {name: getattr(self, name) for name in ("mining", "margin", "distance", "normalise")}
        return {**super().get_config(), **own}


_Hinge = Callable[[Any], Any]


def _batch_all(distances: Any, positive: Any, negative: Any, hinge: _Hinge) -> Any:
    """Mean over the triplets that cost something."""
    losses = hinge(distances[:, :, None] - distances[:, None, :]) * positive[:, :, None] * negative[:, None, :]
    return _mean(losses, ops.cast(losses > _ACTIVE, "float32"))


def _batch_hard(distances: Any, positive: Any, negative: Any, hinge: _Hinge) -> Any:
    """Mean over the anchors that have both a positive and a negative."""
    farthest = ops.max(distances * positive, axis=1)
    nearest = ops.min(distances + _FAR * (1.0 - negative), axis=1)
    return _mean(_hinged(hinge, farthest, nearest), ops.max(positive, axis=1) * ops.max(negative, axis=1))


def _semi_hard(distances: Any, positive: Any, negative: Any, hinge: _Hinge) -> Any:
    """Mean over the pairs of one identity that have a negative."""
    farther = ops.cast(distances[:, None, :] > distances[:, :, None], "float32") * negative[:, None, :]
    nearest = ops.min(distances[:, None, :] + _FAR * (1.0 - farther), axis=2)
    farthest = ops.max(distances * negative, axis=1)[:, None]
    chosen = ops.where(ops.max(farther, axis=2) > 0, nearest, farthest)
    return _mean(_hinged(hinge, distances, chosen), positive * ops.max(negative, axis=1)[:, None])


def _hinged(hinge: _Hinge, near: Any, far: Any) -> Any:
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
