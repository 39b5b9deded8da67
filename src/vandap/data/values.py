"""Arrow columns to numpy values: the one place where text becomes numbers, booleans and dates.

Training and prediction both read through these functions, so a value means the same in both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

MISSING_MARKERS = (
    *("", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "-nan"),
    *("null", "NULL", "Null", "None", "none", "?", "-"),
)
BOOLEAN_WORDS = (("false", "true"), ("no", "yes"), ("f", "t"), ("n", "y"), ("off", "on"))
ISO = "iso"
WIDE = "float64"
_MONTH_FORMATS = ("%Y-%m", "%Y/%m", "%m/%Y", "%b %Y", "%B %Y")
_DAY_FORMATS = (
    *("%Y/%m/%d", "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y"),
    *("%d %b %Y", "%d-%b-%Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y"),
)
_CLOCKS = ("", " %H:%M", " %H:%M:%S")
DATE_FORMATS = (ISO, *(day + clock for day in _DAY_FORMATS for clock in _CLOCKS), *_MONTH_FORMATS)
COMPACT_DATE = "%Y%m%d"
_TICKS = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}

_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?(inf|Inf|INF|infinity|Infinity)$"
_COMMA_NUMBER = r"^[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?$"
_ISO_DATE = r"^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?$"


@dataclass(frozen=True)
class Numbers:
    """Text read as numbers.

    Args:
        values: float64, shape `(n,)`; NaN where there is none.
        bad: Where a value stands that is no number, shape `(n,)`; None if nowhere.
        markers: Missing markers met, other than the empty field.
        plain: Whether Arrow's own conversion read the whole block.
    """

    values: np.ndarray
    bad: np.ndarray | None = None
    markers: frozenset[str] = frozenset()
    plain: bool = False


def is_text(kind: pa.DataType) -> bool:
    """Whether a column of this type holds strings."""
    if pa.types.is_dictionary(kind):
        return is_text(kind.value_type)
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


def is_number(kind: pa.DataType) -> bool:
    """Whether a column of this type holds numbers."""
    return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)


def is_date(kind: pa.DataType) -> bool:
    """Whether a column of this type holds dates or points in time."""
    return pa.types.is_date(kind) or pa.types.is_timestamp(kind)


def is_scalar(kind: pa.DataType) -> bool:
    """Whether a column of this type holds plain values (no lists, structs or bytes)."""
    if pa.types.is_dictionary(kind):
        return is_scalar(kind.value_type)
    return is_text(kind) or is_number(kind) or is_date(kind) or pa.types.is_boolean(kind) or pa.types.is_null(kind)


def flat(array: pa.Array) -> pa.Array:
    """Return the column with dictionaries, views and string sizes resolved to one plain type."""
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_null(array.type) or (is_text(array.type) and not pa.types.is_string(array.type)):
        return array.cast(pa.string())
    return array


def as_text(array: pa.Array) -> pa.Array:
    """Return the values as trimmed strings, null where missing; a number that is an integer has no decimal point."""
    array = flat(array)
    if pa.types.is_floating(array.type) or pa.types.is_decimal(array.type):
        numbers = np.asarray(array.cast(pa.float64()).to_numpy(zero_copy_only=False))
        return pa.array([None if value != value else number_name(value) for value in numbers.tolist()], pa.string())
    if not pa.types.is_string(array.type):
        array = array.cast(pa.string())
    return _without_markers(array)


def number_name(value: float) -> str:
    """Write a number as a class or category name: `3` for 3.0, `0.5` for 0.5."""
    return str(int(value)) if value == int_or_nan(value) else repr(float(value))


def int_or_nan(value: float) -> float:
    """Return the value rounded to an integer; NaN if it is not finite."""
    return float(int(value)) if np.isfinite(value) else np.nan


def parse_numbers(array: pa.Array, decimal_comma: bool = False) -> Numbers:
    """Read a column as numbers. Arrow's own conversion does the whole block where every field is a number.

    Args:
        array: A column of any plain type.
        decimal_comma: Whether the text writes `1,5` for one and a half.
    """
    array = flat(array)
    if is_date(array.type):
        return Numbers(_seconds(array))
    if not is_text(array.type):
        return Numbers(_float64(array.cast(pa.float64(), safe=False)))
    if not decimal_comma:
        try:
            return Numbers(_float64(array.cast(pa.float64())), plain=True)
        except pa.ArrowInvalid:
            pass
    return _parse_mixed(array, decimal_comma)


def _parse_mixed(array: pa.Array, decimal_comma: bool) -> Numbers:
    cleaned = _without_markers(array)
    markers = frozenset(_markers(array)) if cleaned.null_count > array.null_count else frozenset()
    if decimal_comma:
        with_comma = pc.fill_null(pc.match_substring_regex(cleaned, _COMMA_NUMBER), False)
        points = pc.replace_substring(pc.replace_substring(cleaned, ".", ""), ",", ".")
        cleaned = pc.if_else(with_comma, points, cleaned)
    matches = pc.match_substring_regex(cleaned, _NUMBER)
    values = _float64(pc.if_else(matches, cleaned, pa.scalar(None, pa.string())).cast(pa.float64()))
    bad = pc.fill_null(pc.invert(matches), False).to_numpy(zero_copy_only=False)
    return Numbers(values, bad if bad.any() else None, markers)


def parse_booleans(array: pa.Array) -> np.ndarray:
    """Read a column as booleans: float32 of 0 and 1 (also written 0.0 and 1.0), NaN where missing or not a boolean."""
    array = flat(array)
    if not is_text(array.type):
        numbers = _float64(array.cast(pa.float64(), safe=False))
        return np.where(np.isnan(numbers), np.nan, numbers != 0).astype(np.float32)
    words = pc.utf8_lower(pc.utf8_trim_whitespace(array))
    no, yes = (pa.array([pair[side] for pair in BOOLEAN_WORDS]) for side in (0, 1))
    numbers = parse_numbers(array).values
    values = np.where((numbers == 0) | (numbers == 1), numbers, np.nan).astype(np.float32)
    values[pc.is_in(words, no).to_numpy(zero_copy_only=False)] = 0.0
    values[pc.is_in(words, yes).to_numpy(zero_copy_only=False)] = 1.0
    return values


def parse_dates(array: pa.Array, format: str = ISO) -> np.ndarray:
    """Read a column as dates: float64 seconds since 1970-01-01 UTC, NaN where missing or not such a date.

    Args:
        array: A column of strings, dates, timestamps or (compact dates) integers.
        format: `iso` or a strptime format.
    """
    array = flat(array)
    if is_date(array.type):
        return _seconds(array)
    text = as_text(array)
    if format != ISO:
        return _seconds(pc.strptime(text, format=format, unit="s", error_is_null=True))
    text = pc.if_else(pc.match_substring_regex(text, _ISO_DATE), text, pa.scalar(None, pa.string()))
    try:
        return _seconds(text.cast(pa.timestamp("us")))
    except pa.ArrowInvalid:
        return np.array([_iso_seconds(value) for value in text.to_pylist()], np.float64)


def _iso_seconds(text: str | None) -> float:
    if text is None:
        return np.nan
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return np.nan
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _seconds(array: pa.Array) -> np.ndarray:
    if pa.types.is_date(array.type):
        array = array.cast(pa.timestamp("s" if pa.types.is_date32(array.type) else "ms"))
    ticks = _float64(array.cast(pa.int64()).cast(pa.float64(), safe=False))
    return ticks / _TICKS[array.type.unit]


def _float64(array: pa.Array) -> np.ndarray:
    return np.asarray(array.to_numpy(zero_copy_only=False), np.float64)


def _without_markers(array: pa.Array) -> pa.Array:
    trimmed = pc.utf8_trim_whitespace(array)
    missing = pc.is_in(trimmed, pa.array(MISSING_MARKERS))
    return pc.if_else(missing, pa.scalar(None, pa.string()), trimmed)


def _markers(array: pa.Array) -> list[str]:
    trimmed = pc.utf8_trim_whitespace(array)
    return [word for word in pc.unique(trimmed).to_pylist() if word in MISSING_MARKERS and word]
