"""Whether what a model answers for one example depends on the others of its batch: one is replaced, others watched."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.watch.forward import Forward
from vandap.watch.kept import Batch, Kept
from vandap.watch.sample import leaves

FACTS = ("own", "others", "repeated", "deviation", "tolerance", "examples", "batches")
FEWEST = 3
"""Examples of a batch below which nothing is replaced."""
_ROUNDING = {"float64": 1e-12, "float32": 1e-6, "bfloat16": 8e-3, "float16": 1e-3}
"""Relative rounding of one operation, about, by the dtype in which a layer computes."""
_OPERATIONS = 100.0
"""Roundings that may add up from the input to the output."""


def row_mixing(forward: Forward, batch: Batch, kept: Kept, program: Program) -> Series | None:
    """Replace the first, a middle and the last example of a batch by another one, each alone.

    The batch keeps its shape, so nothing is compiled anew, and sums are taken in the same order: where examples do not
    meet, the outputs of the others are equal to the last bits.

    Args:
        forward: Runs the model; no state changes.
        batch: Examples that the model was trained on.
        kept: What the fit left.
        program: Its structure.

    Returns:
        The signal `row_mixing`; None where the outputs have no row for each example.
    """
    count = batch.examples
    plain, again = _outputs(forward, batch), _outputs(forward, batch)
    if count < FEWEST or not plain or any(array.ndim == 0 or len(array) != count for array in plain):
        return None
    own = others = 0.0
    for place in (0, count // 2, count - 1):
        changed = _differences(plain, _outputs(forward, _replaced(batch, place)))
        own = max(own, changed[place])
        others = max(others, float(np.delete(changed, place).max()))
    deviation = max(float(np.std(array.astype(np.float64), axis=0).max()) for array in plain)
    facts = (
        own,
        others,
        float(_differences(plain, again).max()),
        deviation,
        _tolerance(program),
        count,
        _batches(kept),
    )
    return Series(np.array(facts, dtype=np.float64), {"fact": FACTS})


def _outputs(forward: Forward, batch: Batch) -> list[np.ndarray]:
    return [np.asarray(array) for array in forward(batch, False).outputs]


def _replaced(batch: Batch, place: int) -> Batch:
    """The batch with another of its own examples in one place: whatever the inputs are, these are valid ones."""
    rows = np.arange(batch.examples)
    rows[place] = _unlike(batch, place)
    return batch.take(rows)


def _unlike(batch: Batch, place: int) -> int:
    """An example whose inputs differ from those in this place; the next one, where none does."""
    for other in range(1, batch.examples):
        row = (place + other) % batch.examples
        if any(not np.array_equal(array[place], array[row]) for array in leaves(batch.x)):
            return row
    return (place + 1) % batch.examples


def _differences(first: Sequence[np.ndarray], second: Sequence[np.ndarray]) -> np.ndarray:
    """Largest absolute difference by example, over all outputs; values that are not finite on both sides are equal."""
    found = np.zeros(len(first[0]))
    for one, other in zip(first, second, strict=True):
        with np.errstate(invalid="ignore"):
            change = np.abs(one.astype(np.float64) - other.astype(np.float64)).reshape(len(one), -1)
        found = np.maximum(found, np.nan_to_num(change, nan=0.0).max(axis=1, initial=0.0))
    return found


def _tolerance(program: Program) -> float:
    dtypes = {layer.dtype for layer in program.layers} or {"float32"}
    return _OPERATIONS * max(_ROUNDING.get(dtype, _ROUNDING["float32"]) for dtype in dtypes)


def _batches(kept: Kept) -> float:
    """Batches of one epoch: a model that always sees all examples at once may mean to let them meet."""
    fit = kept.fit
    if fit.batches:
        return float(fit.batches)
    return fit.steps / fit.epochs_run if fit.epochs_run else math.nan
