"""The rows that a program tests its model on itself: the arrays that `evaluate` is given once a fit is over."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from vandap.core.signals import Series
from vandap.watch.course import Given
from vandap.watch.kept import Batch
from vandap.watch.leaks import LeakSearch
from vandap.watch.overlap import overlap
from vandap.watch.plain import attempt
from vandap.watch.recorder import Signals
from vandap.watch.same_data import sources
from vandap.watch.sample import examples, leaves, of_arrays, sliceable

_MOSTLY = 0.5
"""Share of the rows that training holds, above which other rows are waited for: these may not be meant for a test."""
_ALL = 0.9
"""Of as many rows as training has, copies of them, above which everything was evaluated, as no test does."""


@dataclass(frozen=True)
class Evaluated:
    """Rows that a program tested its model on.

    Args:
        sample: Some of them.
        rows: How many there are.
        loss: Their loss; NaN where `evaluate` did not give it.
        shared: The signal `shared_test_rows`; None where the training rows are no longer there to compare.
    """

    sample: Batch
    rows: int
    loss: float = math.nan
    shared: Series | None = None

    @property
    def whole(self) -> Batch | None:
        """All rows; None where they are too many to be kept."""
        return self.sample if self.sample.examples == self.rows else None

    @property
    def signals(self) -> Signals:
        """What was measured of them."""
        loss = {"test_loss": Series(np.array(self.loss))} if math.isfinite(self.loss) else {}
        return loss if self.shared is None else {**loss, "shared_test_rows": self.shared}

    @property
    def is_known(self) -> bool:
        """Whether most rows stand in training, too."""
        return self.shared is not None and self._share(self.shared, "validation") > _MOSTLY

    @property
    def is_everything(self) -> bool:
        """Whether the training rows are among them, with others or alone."""
        return self.shared is not None and self._share(self.shared, "train") > _ALL

    @staticmethod
    def _share(shared: Series, part: str) -> float:
        return shared.at(fact="shared") / max(shared.at(fact=part), 1.0)


def evaluated(
    given: Given, kept: Batch | None, arrays: tuple[Any, Any, Any], result: Any, search: LeakSearch
) -> Evaluated | None:
    """Describe evaluated rows.

    Args:
        given: What the fit was given.
        kept: Its examples, or some of them; they stand for inputs that the program has let go.
        arrays: Inputs, targets and weights that `evaluate` was given.
        result: What it returned.
        search: Asks whether rows are shared.

    Returns:
        None for rows that the fit had as such, for all rows of a data set, and for what is no array.
    """
    inputs = tuple(sources(arrays[0]))
    if any(one.meets(other) for one in inputs for other in (*given.inputs, *given.validation)):
        return None
    sample = of_arrays(arrays)
    if sample is None or sample.y is None:
        return None
    rows, fitted, shared = examples(leaves(sliceable(arrays[0]))[0]), [one.array() for one in given.inputs], Signals()
    if any(part is None for part in fitted):
        fitted = leaves(kept.x) if kept is not None and kept.examples == given.call.examples else []
    if fitted:
        shared = search.ask("test", (fitted, leaves(arrays[0])), lambda: _shared(fitted, leaves(arrays[0])))
    elif rows == given.call.examples:
        return None  # as many as were fitted, and most likely the same
    found = Evaluated(sample, rows, _loss(result), shared.get("shared_test_rows"))
    return None if found.is_everything else found


def _shared(train: list[Any], test: list[Any]) -> Signals:
    found = overlap(train, test)
    return {} if found is None else {"shared_test_rows": found}


def _loss(result: Any) -> float:
    """The loss among what `evaluate` returned: a number, a list that begins with it, or a dict."""
    if isinstance(result, Mapping):
        result = result.get("loss")
    first = result[0] if isinstance(result, list | tuple) and result else result
    return attempt(lambda: float(first), math.nan)
