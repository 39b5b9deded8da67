"""What watched examples look like: ranges of inputs and targets, classes, as signals of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from vandap.core.signals import Series

INPUT = ("minimum", "maximum", "mean", "deviation", "nonfinite", "integer", "whole", "rank", "examples")
LABEL = (
    *("minimum", "maximum", "mean", "deviation", "nonfinite", "integer", "whole"),
    *("distinct", "rank", "width", "one_hot", "sums_to_one", "examples", "absolute"),
)
FEATURE = ("minimum", "maximum", "mean", "deviation", "quartile_low", "quartile_high")
HELD_OUT = (
    *("shared", "columns", "rows", "minimum", "maximum", "standard"),
    *("validation_minimum", "validation_maximum", "validation_standard"),
)
PADDING = ("steps", "before", "behind", "rows")
MOST_FEATURES = 4_096
FEWEST_ROWS, MOST_COMPARED, MOST_COLUMNS = 20, 1_000_000, 1_000
"""Examples, and values of a column, below which two parts are not compared; numbers, roughly, and columns looked at."""
MOST_CLASSES = 1_000
MOST_CODES = 20
"""Distinct whole numbers up to which integer targets of a loss that is not for classes still count as classes."""
DECILES = 10


def input_statistics(inputs: Mapping[str, np.ndarray], nonfinite: Sequence[int] = ()) -> Series:
    """Describe each input of the model; the statistics of text are NaN.

    Args:
        inputs: Examples by the input's name.
        nonfinite: Values that are not finite in each input over all examples, where more were looked at than `inputs`.
    """
    rows = [[*_range(array), *_kind(array), array.ndim, len(array)] for array in inputs.values()]
    values = np.array(rows, dtype=np.float64).reshape(-1, len(INPUT))
    if len(nonfinite) == len(values):
        values[:, INPUT.index("nonfinite")] = np.maximum(values[:, INPUT.index("nonfinite")], nonfinite)
    return Series(values, {"input": tuple(inputs), "statistic": INPUT})


def padding(inputs: Mapping[str, np.ndarray]) -> Series | None:
    """Count the steps of zeros before and behind the rest of each sequence; None where no input holds sequences.

    Sequences are inputs of two axes that hold whole numbers, such as words, and inputs of three axes. A step is padding
    where all its values are 0, which is what Keras masks. Examples that are all padding are left out.

    Args:
        inputs: Examples by the input's name, shape (examples, steps) or (examples, steps, features).
    """
    found = {name: _padding(array) for name, array in inputs.items() if _is_sequence(array)}
    rows = {name: row for name, row in found.items() if row is not None}
    return Series(np.array(list(rows.values())), {"input": tuple(rows), "fact": PADDING}) if rows else None


def _is_sequence(array: np.ndarray) -> bool:
    whole = array.ndim == 2 and array.shape[1] > 1 and bool(_kind(array)[1])
    return _is_number(array) and array.size > 0 and (whole or array.ndim == 3)


def _padding(array: np.ndarray) -> list[float] | None:
    before, behind = ends(array)
    some = before < array.shape[1]
    if not some.any():
        return None
    return [array.shape[1], float(before[some].mean()), float(behind[some].mean()), float(some.sum())]


def ends(array: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Steps of zeros before the first value of each sequence and behind its last one.

    Args:
        array: Shape (examples, steps, ...).

    Returns:
        Two counts, int64, shape (examples,) each; all steps where a sequence holds nothing but zeros.
    """
    held = (array != 0).reshape(len(array), array.shape[1], -1).any(axis=2)
    empty, steps = ~held.any(axis=1), array.shape[1]
    before, behind = held.argmax(axis=1), held[:, ::-1].argmax(axis=1)
    return np.where(empty, steps, before), np.where(empty, steps, behind)


def feature_statistics(inputs: Mapping[str, np.ndarray], columns: Sequence[str] = ()) -> Series | None:
    """Describe each column of the two-dimensional inputs; None where there is none, or there are too many columns.

    Args:
        inputs: Inputs by name.
        columns: Names of the columns of an only input, where the user gave it with names.
    """
    found = tables(inputs, columns)
    rows = [[*_range(column)[:4], *_quartiles(column)] for _, column in found]
    return Series(np.array(rows), {"feature": tuple(name for name, _ in found), "statistic": FEATURE}) if rows else None


def tables(inputs: Mapping[str, np.ndarray], columns: Sequence[str] = ()) -> list[tuple[str, np.ndarray]]:
    """The columns of the two-dimensional inputs with their names; none where there are too many.

    Args:
        inputs: Inputs by name.
        columns: Names of the columns of an only input, where the user gave it with names.
    """
    found = {name: array for name, array in inputs.items() if array.ndim == 2 and _is_number(array)}
    if sum(array.shape[1] for array in found.values()) > MOST_FEATURES:
        return []
    named = list[tuple[str, np.ndarray]]()
    for name, array in found.items():
        given = list(columns) if len(columns) == array.shape[1] else [str(place) for place in range(array.shape[1])]
        full = given if len(inputs) == 1 else [f"{name}/{column}" for column in given]
        named += zip(full, array.T, strict=True)
    return named


def label_statistics(targets: Mapping[str, np.ndarray]) -> Series:
    """Describe the targets of each output."""
    rows = [
        [
            *(*_range(array), *_kind(array), _distinct(array), array.ndim, _width(array), *_rows_of_ones(array)),
            *(len(array), _absolute(array)),
        ]
        for array in targets.values()
    ]
    values = np.array(rows, dtype=np.float64).reshape(-1, len(LABEL))
    return Series(values, {"output": tuple(targets), "statistic": LABEL})


def label_counts(codes: Mapping[str, np.ndarray], widths: Mapping[str, int]) -> Series | None:
    """Count the classes of each output; None where none has classes.

    Args:
        codes: Class codes by output, as `class_codes` gives them.
        widths: Classes that each output can tell apart; 0 where that is not known. Classes never seen count zero.
    """
    classes = class_names(codes, widths)
    if not classes:
        return None
    values = np.full((len(codes), len(classes)), np.nan)
    for row, (output, given) in enumerate(codes.items()):
        own = set(range(widths.get(output, 0))) | set(given.tolist())
        for column, name in enumerate(classes):
            if int(name) in own:
                values[row, column] = np.count_nonzero(given == int(name))
    return Series(values, {"output": tuple(codes), "class": classes})


def class_counts(parts: Mapping[str, np.ndarray], width: int) -> Series | None:
    """Count the examples of each class in each part; None where there are no classes, or too many.

    Args:
        parts: Class codes by part, those of training as `train`.
        width: Classes that the output can tell apart; 0 where that is not known.
    """
    names = class_names(parts, {"train": width})
    counts = [[np.count_nonzero(codes == int(label)) for label in names] for codes in parts.values()]
    return Series(np.array(counts, float), {"split": tuple(parts), "class": names}) if names else None


def class_names(codes: Mapping[str, np.ndarray], widths: Mapping[str, int]) -> tuple[str, ...]:
    """All classes as text, in the order of their codes; none where there are too many."""
    seen = {int(code) for given in codes.values() for code in np.unique(given)}
    for output in codes:
        if widths.get(output, 0) <= MOST_CLASSES:
            seen |= set(range(widths.get(output, 0)))
    return tuple(str(code) for code in sorted(seen)) if 0 < len(seen) <= MOST_CLASSES else ()


def class_codes(targets: np.ndarray, is_classes: bool) -> np.ndarray | None:
    """Decode targets to class codes.

    Args:
        targets: Targets of one output.
        is_classes: Whether the loss is one for classes, so that any whole numbers are.

    Returns:
        Codes, flat; None where the targets are no classes. Where the loss does not tell, whole numbers are classes if
        there is one an example, of an integer type, and few different ones.
    """
    if not _is_number(targets) or not targets.size or not np.isfinite(targets).all():
        return None
    if _width(targets) > 1 and _rows_of_ones(targets)[0] == 1.0:
        return targets.reshape(-1, targets.shape[-1]).argmax(axis=1)
    whole = bool(_kind(targets)[1])
    if not whole or np.abs(targets).max() > 1e9:
        return None
    few = len(np.unique(targets)) <= (MOST_CLASSES if is_classes else MOST_CODES)
    one_each = targets.dtype.kind in "iub" and targets.size == len(targets)  # bytes of pixels are no classes
    return targets.astype(np.int64).ravel() if few and (is_classes or one_each) else None


def beyond_training(train: np.ndarray, validation: np.ndarray) -> Series | None:
    """Count the validation targets that are outside of the training targets' range.

    Args:
        train: Targets of all training examples, one number each.
        validation: The same of all validation examples.
    """
    if not all(_is_number(part) and part.size == len(part) > 0 for part in (train, validation)):
        return None
    low, high = float(np.min(train)), float(np.max(train))
    if not (np.isfinite([low, high]).all() and np.isfinite(validation).all()):
        return None
    outside = float(np.mean((validation < low) | (validation > high)))
    facts = {"minimum": low, "maximum": high, "outside": outside, "rows": float(len(validation))}
    return Series(np.array(list(facts.values())), {"fact": tuple(facts)})


def held_out_inputs(train: Mapping[str, np.ndarray], validation: Mapping[str, np.ndarray]) -> Series | None:
    """Compare the ranges of validation inputs with those of training inputs, column by column.

    The range of a column is what lies between its first and its last decile, zeros left out, since they often stand for
    nothing. Columns without a range in one of the parts, or with few values, tell nothing. Of inputs with more than two
    axes, the last axis is that of the columns.

    Args:
        train: Examples by the input's name.
        validation: The same of validation.

    Returns:
        None where no input has enough examples of numbers in both parts.
    """
    rows = dict[str, list[float]]()
    for name, array in train.items():
        other = validation.get(name)
        if other is not None and _is_number(array) and _is_number(other) and array.shape[1:] == other.shape[1:]:
            row = _side_by_side(array, other)
            rows |= {} if row is None else {name: row}
    return Series(np.array(list(rows.values())), {"input": tuple(rows), "fact": HELD_OUT}) if rows else None


def _side_by_side(train: np.ndarray, validation: np.ndarray) -> list[float] | None:
    few = min(len(train), len(validation))
    if few < FEWEST_ROWS or train.ndim < 2:
        return None
    parts = [_columns(part) for part in (train, validation)]
    shared = [_shared_range(*pair) for pair in zip(*(part.T for part in parts), strict=True)]
    known = [value for value in shared if np.isfinite(value)]
    if not known:
        return None
    return [float(np.median(known)), len(known), few, *(fact for part in parts for fact in _scale(part))]


def _scale(part: np.ndarray) -> list[float]:
    """Minimum and maximum, and the share of the columns with about mean zero and deviation one."""
    finite = part[np.isfinite(part)]
    moments = [(column.mean(), column.std()) for column in (each[np.isfinite(each)] for each in part.T) if column.size]
    standard = np.mean([abs(mean) < 0.5 and 0.5 < deviation < 2 for mean, deviation in moments])
    return [float(finite.min()), float(finite.max()), float(standard)]


def _columns(array: np.ndarray) -> np.ndarray:
    """Examples and columns from end to end, not more than it takes, as numbers."""
    array = array[..., :: -(-array.shape[-1] // MOST_COLUMNS)]
    step = max(1, min(len(array) // FEWEST_ROWS, array.size // MOST_COMPARED))
    return array[::step].reshape(-1, array.shape[-1]).astype(np.float64)


def _shared_range(first: np.ndarray, second: np.ndarray) -> float:
    """What the ranges of two columns share, as a part of what they cover; NaN where one has none."""
    pair = [column[np.isfinite(column) & (column != 0)] for column in (first, second)]
    if min(column.size for column in pair) < FEWEST_ROWS:
        return np.nan
    (low, high), (other_low, other_high) = (np.quantile(column, (0.1, 0.9)) for column in pair)
    if low == high or other_low == other_high:
        return np.nan
    return float(max(0.0, min(high, other_high) - max(low, other_low)) / (max(high, other_high) - min(low, other_low)))


def batch_labels(batches: Sequence[np.ndarray], codes: bool) -> Series | None:
    """Count classes, or deciles of the target over all batches, in each of consecutive batches.

    Args:
        batches: Targets of the first output, batch by batch: class codes, or numbers.
        codes: Whether they are class codes.
    """
    batches = [np.asarray(batch, np.float64).ravel() for batch in batches]
    together = np.concatenate(batches) if batches else np.zeros(0)
    if not together.size or not np.isfinite(together).all():
        return None
    if codes:
        classes = np.unique(together)
        if len(classes) > MOST_CLASSES:
            return None
        names = tuple(str(int(code)) for code in classes)
        places = [np.searchsorted(classes, batch) for batch in batches]
    else:
        edges = np.quantile(together, np.linspace(0, 1, DECILES + 1)[1:-1])
        names = tuple(f"decile {place + 1}" for place in range(DECILES))
        places = [np.searchsorted(edges, batch, side="right") for batch in batches]
    counts = np.array([np.bincount(place, minlength=len(names)) for place in places], dtype=np.float64)
    return Series(counts, {"batch": tuple(str(place) for place in range(len(batches))), "class": names})


def _is_number(array: np.ndarray) -> bool:
    return array.dtype.kind in "iufb" or array.dtype.name in ("bfloat16", "float8_e4m3fn")


def _range(array: np.ndarray) -> list[float]:
    """Minimum, maximum, mean and deviation of the finite values, and how many are not finite."""
    if not _is_number(array) or not array.size:
        return [np.nan] * 4 + [0.0]
    values = array.astype(np.float64).ravel()
    finite = values[np.isfinite(values)]
    if not finite.size:
        return [np.nan] * 4 + [float(values.size)]
    return [finite.min(), finite.max(), finite.mean(), finite.std(), float(values.size - finite.size)]


def _quartiles(array: np.ndarray) -> list[float]:
    finite = array[np.isfinite(array)]
    return np.quantile(finite.astype(np.float64), (0.25, 0.75)).tolist() if finite.size else [np.nan] * 2


def _absolute(array: np.ndarray) -> float:
    """Mean distance from the median of each number of an example: the mean absolute error of the best constant answer.

    NaN where a value is not finite.
    """
    if not _is_number(array) or not array.size:
        return np.nan
    columns = array.reshape(len(array), -1).astype(np.float64)
    return float(np.abs(columns - np.median(columns, axis=0)).mean()) if np.isfinite(columns).all() else np.nan


def _kind(array: np.ndarray) -> list[float]:
    """Whether the dtype is an integer's, and whether every finite value is whole."""
    if not _is_number(array) or not array.size:
        return [0.0, 0.0]
    values = array.astype(np.float64)
    values = values[np.isfinite(values)]
    return [float(array.dtype.kind in "iub"), float(values.size > 0 and bool((values == np.round(values)).all()))]


def _distinct(array: np.ndarray) -> float:
    return float(len(np.unique(array))) if array.dtype.kind != "O" else float(len(set(array.ravel().tolist())))


def _width(array: np.ndarray) -> int:
    return int(array.shape[-1]) if array.ndim > 1 else 1


def _rows_of_ones(array: np.ndarray) -> list[float]:
    """Share of rows (last axis) with one 1 and zeros elsewhere, and of rows that sum to one; NaN for single numbers."""
    if _width(array) < 2 or not _is_number(array) or not array.size:
        return [np.nan, np.nan]
    rows = array.reshape(-1, array.shape[-1]).astype(np.float64)
    one_hot = ((rows == 1).sum(axis=1) == 1) & ((rows == 0).sum(axis=1) == rows.shape[1] - 1)
    sums = np.isfinite(rows).all(axis=1) & (rows >= 0).all(axis=1) & (np.abs(rows.sum(axis=1) - 1) < 1e-3)
    return [float(one_hot.mean()), float(sums.mean())]
