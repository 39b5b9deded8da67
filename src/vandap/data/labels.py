"""Labels that come as an array (or as folder names), and options that only tables have."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from vandap.core.recipe import DataSpec
from vandap.core.schema import Column, ColumnKind, Role
from vandap.data.column_store import CategoryStore
from vandap.data.target import Target, make_target
from vandap.errors import DataError, UsageError

_OPTIONS = {
    "target": "--target",
    "group": "--group",
    "time": "--time",
    "split_column": "--split",
    "ignore": "--ignore",
    "types": "--type",
    "delimiter": "--delimiter",
    "encoding": "--encoding",
    "image_size": "--image-size",
    "channels": "--channels",
    "test": "--test",
}


def refuse_options(spec: DataSpec, allowed: tuple[str, ...], what: str) -> None:
    """Refuse options that would have no effect on this form of data.

    Args:
        spec: What the user stated.
        allowed: Names of the fields of `DataSpec` that have an effect.
        what: The form of data, as a phrase.

    Raises:
        UsageError: An option without effect.
    """
    given = [name for name in _OPTIONS if name not in allowed and getattr(spec, name) not in (None, (), {})]
    if given:
        useful = ", ".join(_OPTIONS[name] for name in allowed) or "none of the data options"
        raise UsageError(
            f"{what} has no use for {_OPTIONS[given[0]]}.",
            received=f"{_OPTIONS[given[0]]} {getattr(spec, given[0])}",
            expected=useful,
            hint=f"Leave {_OPTIONS[given[0]]} away.",
        )


def target_column(target: Target, name: str) -> Column:
    """The schema of data whose only column is the target."""
    kind = ColumnKind.CATEGORY if target.classes else ColumnKind.NUMBER
    return Column(name, kind, Role.TARGET, "the target", target.classes)


def target_of_array(labels: np.ndarray, task: str | None, name: str) -> Target:
    """Make the target out of a label array: numbers, booleans, strings, or one column a class.

    Args:
        labels: Shape `(n,)`, `(n, 1)`, or one-hot `(n, classes)`.
        task: The task that the user states, or None.
        name: What to call the target in messages.

    Raises:
        DataError: Another shape or type, one class, a constant.
    """
    if labels.dtype.kind == "O":
        raise object_array(name)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim == 2 and _is_one_hot(labels):
        labels = labels.argmax(axis=1)
    if labels.ndim != 1:
        raise DataError(
            f"The labels {name!r} have a shape that vandap cannot read.",
            received=f"shape {labels.shape}",
            expected="shape (n,), (n, 1) or one-hot (n, classes)",
            hint="Give one label an example.",
        )
    if labels.dtype.kind in "US":
        store = CategoryStore(len(labels))
        store.put(0, pa.array(labels.astype(str).tolist()))
        words = store.finish()
        return make_target(store.values, words, task, name)
    if labels.dtype.kind not in "biuf":
        raise DataError(
            f"The labels {name!r} have a type that vandap cannot read.",
            received=str(labels.dtype),
            expected="numbers, booleans or strings",
            hint="Convert the labels before saving them.",
        )
    return make_target(labels.astype(np.float64), None, task, name)


def _is_one_hot(labels: np.ndarray) -> bool:
    return labels.dtype.kind in "biuf" and bool(
        ((labels == 0) | (labels == 1)).all() and (labels.sum(axis=1) == 1).all()
    )


def object_array(name: str) -> DataError:
    """The error for an array of Python objects."""
    return DataError(
        f"The array {name!r} holds Python objects, which are stored as pickles and could run code when opened.",
        received="dtype object",
        expected="an array of numbers, booleans or strings",
        hint="Save it with a plain dtype: numpy.asarray(x, dtype='float32'), or dtype=str for labels.",
    )
