"""Statistics of tensors inside a train step, on any back end, traced or eager: sums and maxima, nothing random.

Everything is taken in float32 over finite entries, so that one infinite entry does not hide the others; how many were
not finite is a statistic of its own.
"""

from __future__ import annotations

from typing import Any

from keras import ops

NEAR = 0.01
"""An entry this close to a bound counts as saturated."""

_TINY = 1e-30


def activation_statistics(output: Any, bounds: tuple[float, float] | None, axis: int) -> tuple[Any, Any, Any]:
    """Describe a layer's output.

    Args:
        output: Tensor of shape (examples, ...); integers and booleans are not described.
        bounds: Bounds of the layer's activation, where it saturates.
        axis: Axis of the units.

    Returns:
        Statistics, shape (7,) in the order of `ACTIVATION_STATISTICS`; the largest and the smallest output of each
        unit, shape (units,).
    """
    values = ops.cast(ops.stop_gradient(output), "float32")
    if len(values.shape) < 2:
        values, axis = ops.reshape(values, (-1, 1)), -1
    clean, finite, count = _finite(values)
    mean = ops.sum(clean) / count
    others = tuple(other for other in range(len(values.shape)) if other != axis % len(values.shape))
    largest, smallest = ops.max(clean, axis=others), ops.min(clean, axis=others)
    statistics = (
        mean,
        _deviation(clean, finite, mean, count),
        ops.maximum(ops.max(largest), -ops.min(smallest)),
        _share(ops.equal(values, 0.0)),
        ops.sum(1.0 - finite),
        _share(largest <= 0.0),
        _saturated(values, bounds),
    )
    return ops.stack(statistics), largest, smallest


def gradient_statistics(gradient: Any, scale: Any = 1.0) -> Any:
    """Describe a gradient.

    Args:
        gradient: Tensor of any shape.
        scale: What the loss was multiplied by (mixed precision).

    Returns:
        Shape (5,) in the order of `GRADIENT_STATISTICS`.
    """
    values = ops.cast(ops.stop_gradient(gradient), "float32") / scale
    clean, finite, count = _finite(values)
    size = ops.absolute(clean)
    largest = ops.max(size)
    return ops.stack(
        (_norm(clean, largest), ops.sum(size) / count, largest, _share(ops.equal(values, 0.0)), ops.sum(1.0 - finite))
    )


def weight_statistics(before: Any, after: Any) -> Any:
    """Describe a variable and what a step changed.

    Args:
        before: Its value before the step.
        after: Its value after the step, of the same shape.

    Returns:
        Shape (7,): `WEIGHT_STATISTICS` of the value before, and the update ratio.
    """
    values = ops.cast(ops.stop_gradient(before), "float32")
    clean, finite, count = _finite(values)
    mean, largest = ops.sum(clean) / count, ops.max(ops.absolute(clean))
    norm = _norm(clean, largest)
    change = ops.cast(ops.stop_gradient(after), "float32") - values
    update = _norm(change, ops.max(ops.absolute(change)))
    ratio = ops.where(norm > 0.0, update / ops.maximum(norm, _TINY), float("nan"))
    size = ops.cast(ops.size(values), "float32")
    deviation = _deviation(clean, finite, mean, count)
    return ops.stack((norm, mean, deviation, largest, ops.sum(1.0 - finite), size, ratio))


def _finite(values: Any) -> tuple[Any, Any, Any]:
    """Values with 0 for what is not finite, 1 or 0 for each entry, and how many are finite (at least 1)."""
    finite = ops.isfinite(values)
    mask = ops.cast(finite, "float32")
    return ops.where(finite, values, 0.0), mask, ops.maximum(ops.sum(mask), 1.0)


def _deviation(clean: Any, finite: Any, mean: Any, count: Any) -> Any:
    centred = finite * (clean - mean)
    return _norm(centred, ops.max(ops.absolute(centred))) / ops.sqrt(count)


def _norm(values: Any, largest: Any) -> Any:
    """Euclidean norm; divided by the largest entry first, as squares of large entries overflow float32."""
    safe = ops.maximum(largest, _TINY)
    return safe * ops.sqrt(ops.sum(ops.square(values / safe)))


def _share(condition: Any) -> Any:
    return ops.mean(ops.cast(condition, "float32"))


def _saturated(values: Any, bounds: tuple[float, float] | None) -> Any:
    if bounds is None:
        return ops.cast(float("nan"), "float32")
    low, high = bounds
    return _share(ops.logical_or(values < low + NEAR, values > high - NEAR))
