"""The target: which column it is, which task it sets, and which rows cannot be used for it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from vandap.core.rows import blocks, count_codes, picked
from vandap.core.schema import ColumnKind
from vandap.core.task import Task
from vandap.data.detect import Detected
from vandap.data.values import number_name
from vandap.errors import DataError, UsageError

TARGET_NAMES = (
    *("target", "label", "labels", "y", "outcome", "survived", "diagnosis", "churn", "is_fraud", "fraud"),
    *("class", "default", "income", "species", "quality", "medv", "saleprice", "price", "response"),
)
MANY_CLASSES = 20
_CLASS_ROWS = 5
_EVEN = 2.0
_UNUSABLE = (ColumnKind.TEXT, ColumnKind.IDENTIFIER, ColumnKind.CONSTANT, ColumnKind.DATE)


@dataclass(frozen=True)
class Target:
    """The target of the rows that can be used.

    Args:
        values: int32 codes or float64 numbers of the kept rows.
        classes: Class names by code; empty for regression.
        task: The task.
        keep: Which of all rows are kept, a mask.
        missing: Rows left out because their target is missing.
        notes: What was guessed and left out.
    """

    values: np.ndarray
    classes: tuple[str, ...]
    task: Task
    keep: np.ndarray
    missing: int
    notes: tuple[str, ...]


def unknown_column(name: str, names: Iterable[str], option: str) -> DataError:
    """The error for a column that the table does not have; it lists the closest names."""
    names = list(names)
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    close = close or [other for other in names if other.lower() == name.lower()]
    shown = ", ".join(names[:30]) + (f" and {len(names) - 30} more" if len(names) > 30 else "")
    return DataError(
        f"The table has no column {name!r}.",
        received=f"{option} {name}",
        expected=f"one of its columns: {shown}",
        hint=f"Did you mean {' or '.join(repr(other) for other in close)}?" if close else "Give one of these columns.",
    )


def guess_target(detected: Mapping[str, Detected], taken: Iterable[str]) -> tuple[str, str]:
    """Choose the target column by its name, else the last column that can be one.

    Args:
        detected: What each column holds, in the file's order.
        taken: Columns that have another role.

    Returns:
        The column's name and a note that says why it was chosen.

    Raises:
        DataError: No column can be a target.
    """
    taken = set(taken)
    usable = [name for name, found in detected.items() if name not in taken and found.kind not in _UNUSABLE]
    lower = {name.lower(): name for name in reversed(list(detected)) if name not in taken}
    if "z" in lower:
        lower.pop("y", None)  # a coordinate beside x and z
    for known in TARGET_NAMES:  # also one that is constant: better refused than silently passed over
        if known in lower:
            return lower[known], f"The target was guessed by its name: {lower[known]!r} (--target overrides)."
    if not usable:
        kinds = ", ".join(f"{name} ({found.kind.value})" for name, found in list(detected.items())[:20])
        raise DataError(
            "No column can be the target: each is constant, an identifier, a date or free text.",
            received=kinds,
            expected="a column of numbers or categories",
            hint="State it with --target COLUMN, and its kind with --type COLUMN=category if needed.",
        )
    return usable[-1], f"The target was guessed: the last usable column, {usable[-1]!r} (--target overrides)."


def check_target(name: str, found: Detected) -> None:
    """Refuse a target column that nothing can be learnt for.

    Raises:
        DataError: A constant, an identifier, a date or free text.
    """
    if found.kind in _UNUSABLE:
        raise DataError(
            f"The column {name!r} cannot be the target: {found.reason}.",
            received=f"--target {name}, a column of kind {found.kind.value}",
            expected="a column of numbers, or of classes that have several rows each",
            hint=f"Choose another column with --target, or state --type {name}=category or {name}=number.",
        )


def parse_task(word: str | None) -> Task | None:
    """Read the `--task` option.

    Raises:
        UsageError: No such task.
    """
    if word is None:
        return None
    try:
        return Task(word)
    except ValueError:
        raise UsageError(
            "There is no such task.",
            received=f"--task {word}",
            expected=f"one of {', '.join(task.value for task in Task)}",
            hint="Leave --task away to have it detected.",
        ) from None


def make_target(values: np.ndarray, words: tuple[str, ...] | None, task: str | None, name: str) -> Target:
    """Make the target out of a column.

    Args:
        values: Codes into `words` (-1 is missing), or numbers (NaN is missing); shape `(rows,)`.
        words: Names of the codes; None for numbers.
        task: The task that the user states, or None.
        name: The column's name.

    Raises:
        DataError: One class, a constant, or nothing but classes of one row.
        UsageError: The stated task does not fit the column.
    """
    stated = parse_task(task)
    keep = np.isfinite(values) if words is None else values >= 0
    missing = int(len(keep) - keep.sum())
    notes = [f"{missing:,} rows were left out because their target is missing."] if missing else []
    if not keep.any():
        raise DataError(
            f"Every value of the target {name!r} is missing.",
            received=f"{len(values)} rows",
            expected="rows with a target",
            hint="Choose another column with --target.",
        )
    if words is None:
        kept = values[keep] if missing else values
        chosen, why = _task_of_numbers(kept, stated)
        notes.append(f"The task is {chosen.value}: {why}.")
        if chosen is Task.REGRESSION:
            return _regression(kept, keep, missing, notes, name)
        distinct, codes = _coded(kept)
        words = tuple(number_name(value) for value in distinct.tolist())
    else:
        codes = values[keep] if missing else values
        if stated is Task.REGRESSION:
            raise _wrong_task(task, f"the target {name!r} holds words: {', '.join(words[:5])}", "binary or multiclass")
    return _classification(codes, words, keep, missing, notes, name, stated)


def _coded(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct numbers, ascending, and the place of each value among them (int32)."""
    distinct = np.unique(np.concatenate([np.unique(values[block]) for block in blocks(len(values))]))
    codes = np.empty(len(values), np.int32)
    for block in blocks(len(values)):
        codes[block] = np.searchsorted(distinct, values[block])
    return distinct, codes


def _task_of_numbers(values: np.ndarray, stated: Task | None) -> tuple[Task, str]:
    if stated is not None:
        return stated, "stated by the user"
    head = values if len(values) <= 1 << 20 else values[:: len(values) // (1 << 20) + 1]
    distinct, counts = np.unique(head, return_counts=True)
    if len(distinct) == 2:
        return Task.BINARY, "the target has two distinct values"
    integral = bool((head == np.rint(head)).all())
    if integral and len(distinct) <= MANY_CLASSES and np.median(counts) >= _CLASS_ROWS:
        return Task.MULTICLASS, f"the target holds integers with {len(distinct)} distinct values (--task overrides)"
    if integral and _numbers_of_classes(distinct, counts):
        why = "consecutive integers, about equally frequent"
        return Task.MULTICLASS, f"the target holds {len(distinct)} {why} (--task overrides)"
    return Task.REGRESSION, f"the target holds numbers with {len(distinct):,} distinct values (--task overrides)"


def _numbers_of_classes(distinct: np.ndarray, counts: np.ndarray) -> bool:
    """Whether many integers look like numbered classes: they count from 0 or 1, and each is about as frequent."""
    consecutive = distinct[0] in (0, 1) and len(distinct) == distinct[-1] - distinct[0] + 1
    return bool(consecutive and counts.min() >= _CLASS_ROWS and counts.max() <= _EVEN * counts.min())


def _regression(values: np.ndarray, keep: np.ndarray, missing: int, notes: list[str], name: str) -> Target:
    if values.min() == values.max():
        raise DataError(
            f"The target {name!r} is constant, so there is nothing to predict.",
            received=f"the value {values[0]:g} in all {len(values)} rows",
            expected="a target that varies",
            hint="Choose another column with --target.",
        )
    return Target(values.astype(np.float64, copy=False), (), Task.REGRESSION, keep, missing, tuple(notes))


def _classification(
    codes: np.ndarray,
    words: tuple[str, ...],
    keep: np.ndarray,
    missing: int,
    notes: list[str],
    name: str,
    stated: Task | None,
) -> Target:
    counts = count_codes(codes, len(words))
    lone = [word for word, count in zip(words, counts, strict=True) if count == 1]
    usable = np.flatnonzero(counts > 1)
    if len(usable) < 2:
        raise _too_few_classes(name, words, counts)
    if lone:
        shown = ", ".join(map(repr, lone[:5])) + (" ..." if len(lone) > 5 else "")
        notes.append(f"{len(lone)} classes have one row and were left out, since one row cannot be split: {shown}.")
        several = counts[codes] > 1
        keep = keep.copy()
        keep[np.flatnonzero(keep)[~several]] = False
        codes = codes[several]
    recode = np.full(len(words), -1, np.int32)
    recode[usable] = np.arange(len(usable))
    task = Task.BINARY if len(usable) == 2 else Task.MULTICLASS
    if stated is Task.BINARY and task is not Task.BINARY:
        raise _wrong_task("binary", f"the target {name!r} has {len(usable)} classes", "multiclass")
    return Target(picked(recode, codes), tuple(words[code] for code in usable), task, keep, missing, tuple(notes))


def _too_few_classes(name: str, words: tuple[str, ...], counts: np.ndarray) -> DataError:
    shown = ", ".join(f"{word} ({count})" for word, count in zip(words[:8], counts[:8].tolist(), strict=True))
    one = int((counts > 0).sum()) == 1
    message = (
        f"The target {name!r} has one class only, so there is nothing to predict."
        if one
        else f"Fewer than two classes of the target {name!r} have two rows or more."
    )
    return DataError(
        message,
        received=f"classes with their rows: {shown}{' ...' if len(words) > 8 else ''}",
        expected="at least two classes with two rows each",
        hint="Choose another column with --target, or add examples of the other classes.",
    )


def _wrong_task(task: str | None, received: str, expected: str) -> UsageError:
    return UsageError(
        f"The task {task} does not fit the target.",
        received=received,
        expected=f"--task {expected}",
        hint="Leave --task away to have it detected.",
    )
