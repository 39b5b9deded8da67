"""Unit vectors and distances whose gradients stay finite everywhere."""

from __future__ import annotations

from typing import Any

from keras import ops

_TINY = 1e-12
"""Squared lengths and distances below this count as zero: far above the smallest float32, far below any that matter."""


def unit(vectors: Any) -> Any:
    """Vectors at length 1, float32; a zero vector stays zero, and its gradient finite.

    Args:
        vectors: Shape `(n, columns)`.
    """
    vectors = ops.cast(vectors, "float32")
    return vectors * ops.rsqrt(ops.maximum(ops.sum(ops.square(vectors), axis=-1, keepdims=True), _TINY))


def squared_distances(vectors: Any) -> Any:
    """Squared Euclidean distances of all pairs, shape `(n, n)`; exactly 0 from a vector to itself.

    Args:
        vectors: Float32, shape `(n, columns)`.
    """
    squares = ops.sum(ops.square(vectors), axis=-1)
    dots = ops.matmul(vectors, ops.transpose(vectors))
    distances = ops.maximum(squares[:, None] - 2.0 * dots + squares[None, :], 0.0)
    return distances * (1.0 - ops.eye(ops.shape(vectors)[0], dtype="float32"))


def root(squared: Any) -> Any:
    """Square roots, with a gradient of 0 at 0, where the root's own is infinite."""
    positive = squared > _TINY
    return ops.where(positive, ops.sqrt(ops.where(positive, squared, 1.0)), 0.0)
