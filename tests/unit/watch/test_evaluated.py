"""Which rows that a program evaluates are its test."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from vandap.core.program import FitCall
from vandap.watch.course import Given
from vandap.watch.evaluated import Evaluated, evaluated
from vandap.watch.kept import Batch
from vandap.watch.leaks import LeakSearch
from vandap.watch.same_data import sources

X = np.random.default_rng(0).normal(size=(500, 4)).astype("float32")
TRAIN, TEST = X[:400].copy(), X[400:].copy()


def given(train: Any) -> Given:
    """A fit on these inputs."""
    return Given(FitCall(), inputs=tuple(sources(train)))


def found(test: Any, train: Any = TRAIN, result: Any = 0.5, targets: Any = None) -> Evaluated | None:
    """What is known of evaluated rows, after a fit on others that are still there."""
    labels = np.zeros(len(test)) if targets is None else targets
    return evaluated(given(train), None, (test, labels, None), result, LeakSearch())


def test_rows_that_were_not_fitted_are_a_test() -> None:
    """They are counted, compared and kept."""
    own = found(TEST)
    assert own is not None and own.rows == 100 and own.whole is not None and not own.is_known
    assert own.signals["test_loss"].values == 0.5 and own.signals["shared_test_rows"].at(fact="shared") == 0


@pytest.mark.parametrize("rows", [TRAIN, TRAIN[:50], TRAIN[10:], TRAIN.copy(), X])
def test_rows_that_were_fitted_are_none(rows: np.ndarray) -> None:
    """The array itself, a part of it, a copy of it, and all rows of the data."""
    assert found(rows) is None


def test_parts_of_one_array_are_told_apart() -> None:
    """Both are views of the same rows in memory."""
    own = found(X[400:], X[:400])
    assert own is not None and own.signals["shared_test_rows"].at(fact="shared") == 0
    assert found(X[380:], X[:400]) is None
    assert found(X[399::-1], X[:400]) is None


def test_rows_for_validation_are_no_test() -> None:
    """They are compared as such."""
    fit = Given(FitCall(), inputs=tuple(sources(TRAIN)), validation=tuple(sources(TEST)))
    assert evaluated(fit, None, (TEST, np.zeros(100), None), 0.5, LeakSearch()) is None


def test_copies_of_fitted_rows_leak() -> None:
    """All of a part of the training rows: another evaluation may be meant for the test, and until then this one is."""
    own = found(TRAIN[:100].copy())
    assert own is not None and own.is_known and own.signals["shared_test_rows"].at(fact="copies") == 100


def test_training_rows_that_are_gone_are_not_compared() -> None:
    """Nor those of an array that was filled anew; the rows are a test all the same."""
    refilled = TRAIN.copy()
    filled = given(refilled)
    refilled[:] = 0
    for fit in (filled, given(TRAIN.copy()), Given(FitCall())):
        own = evaluated(fit, None, (TEST, np.zeros(100), None), 0.5, LeakSearch())
        assert own is not None and own.shared is None and "shared_test_rows" not in own.signals


@pytest.mark.parametrize(
    ("result", "loss"),
    [(0.5, 0.5), ([0.5, 0.9], 0.5), ({"accuracy": 0.9, "loss": 0.5}, 0.5), ({"accuracy": 0.9}, None), ([], None)],
)
def test_the_loss_is_read_in_every_form(result: Any, loss: float | None) -> None:
    """A number, a list, a dict; none is none."""
    own = found(TEST, result=result)
    assert own is not None and own.signals.get("test_loss", np.nan) is not None
    known = own.signals.get("test_loss")
    assert (None if known is None else float(known.values)) == loss


def test_inputs_that_are_gone_are_compared_as_they_were_kept() -> None:
    """A table that was made in the call of fit; of more rows than are kept, only their number tells."""
    fit = Given(FitCall(examples=400), inputs=tuple(sources(TRAIN.copy())))
    targets = np.zeros(400)
    assert evaluated(fit, Batch(TRAIN, targets), (TRAIN.copy(), targets, None), 0.5, LeakSearch()) is None
    own = evaluated(fit, Batch(TRAIN, targets), (X[350:], targets[:150], None), 0.5, LeakSearch())
    assert own is not None and own.signals["shared_test_rows"].at(fact="shared") == 50
    some = Batch(TRAIN[::2], targets[::2])
    assert evaluated(fit, some, (TRAIN.copy(), targets, None), 0.5, LeakSearch()) is None
    other = evaluated(fit, some, (TEST, targets[:100], None), 0.5, LeakSearch())
    assert other is not None and other.shared is None
