"""One call of a train function under watch: what goes in, what comes out, and what was seen."""

from __future__ import annotations

import inspect
import os
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np

from vandap.watch.describe import Look


class CannotLookError(Exception):
    """The back end finds, when it traces a step, that it must not run it twice."""


@dataclass(slots=True)
class Execution:
    """One call of the train function.

    Args:
        state: The training's state, where it passes through the train function (JAX).
        source: Where the batches come from; a list of batches on PyTorch.
        data: The next batch, once it is known.
        fetched: Batches that were taken from the source and that the plain function must still be given.
        count: Steps that are run.
        examples: Examples of the batches; 0 where that is not known.
        wait: Seconds that the batches took to come; NaN where that is not known.
        signature: Equal for batches for which one compiled step serves; known where a compiled step is probed.
        tracing: Seconds that the plain step took to be traced ahead of its run.
        numbers: States of the random generators before that; None where it was not traced.
    """

    state: Any
    source: Any
    data: Any = None
    fetched: tuple[Any, ...] = ()
    count: int = 1
    examples: int = 0
    wait: float = float("nan")
    signature: Hashable = None
    tracing: float = 0.0
    numbers: tuple[Any, Any] | None = None


@dataclass(frozen=True)
class Rehearsal:
    """What a step that was compiled with statistics gave.

    Args:
        result: What the plain train function would return.
        state: The new state.
        look: The statistics; None where they could not be described.
        compiled: Whether it had to be compiled first.
        waited: Seconds that it waited for earlier steps, which are no cost of its own.
    """

    result: Any
    state: Any
    look: Look | None
    compiled: bool
    waited: float = 0.0


@dataclass(frozen=True)
class Probed:
    """A step that was looked into.

    Args:
        result: What the train function returns.
        look: What was seen; None if we failed.
        usual: Seconds that the plain step took of it, or would have.
        compiled: Whether the rest was mostly for compiling.
    """

    result: Any
    look: Look | None
    usual: float
    compiled: bool = False


def enclosed(function: Any, name: str) -> Any:
    """What a function of Keras has from the one that made it; raises where this Keras names it otherwise."""
    return inspect.getclosurevars(function).nonlocals[name]


def examples_of(data: Any) -> int:
    """Examples in a batch: the first axis of the first input; 0 where that cannot be told."""
    first = data[0] if isinstance(data, (tuple, list)) and data else data
    if isinstance(first, np.ndarray) and first.ndim:
        return len(first)  # of most batches, and this is asked of each
    while isinstance(first, (dict, list, tuple)) and first:
        first = next(iter(first.values() if isinstance(first, dict) else first))
    shape = tuple(getattr(first, "shape", ()))
    return int(shape[0]) if shape and shape[0] is not None else 0


def largest_raw() -> float:
    """Bytes of tensors that a probe may bring back to be described after the step: little of what is free."""
    try:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):
        free = 2_000_000_000
    return min(0.1 * free, 2e9)
