"""What one column holds, gathered block by block in bounded memory: the first of the two passes over a table."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vandap.data.values import (
    COMPACT_DATE,
    DATE_FORMATS,
    as_text,
    flat,
    is_date,
    is_scalar,
    parse_dates,
    parse_numbers,
)

NUMBER_VALUES = 1_024
TEXT_VALUES = 1 << 20
UNIQUE_AFTER = 200_000
UNIQUE_SHARE = 0.95
_SAMPLE = 65_536
_MERGED_SHARE = 0.01
_FEW = 1_000
_LARGEST = float(np.finfo(np.float32).max)
_SMALLEST = float(np.finfo(np.float32).tiny)
_NARROW = 0.01


class DistinctValues:
    """The set of distinct values of a column, until there are too many to matter.

    Args:
        limit: Above this many the set is given up; `overflow` then says so.
    """

    def __init__(self, limit: int) -> None:
        self.values: set = set()
        self.limit = limit
        self.seen = 0
        self.overflow = False
        self.unique = False

    def add(self, values: list, count: int) -> None:
        """Add the distinct values of a block of `count` values."""
        if self.overflow:
            return
        self.values.update(values)
        self.seen += count
        nearly_all = len(self.values) > UNIQUE_SHARE * self.seen
        if len(self.values) > self.limit or (nearly_all and self.seen > UNIQUE_AFTER):
            self.overflow, self.unique = True, nearly_all
            self.values = set()


class ColumnProfile:
    """Statistics of one column.

    Args:
        name: The column's name.
        decimal_comma: Whether its text writes `1,5` for one and a half.

    Attributes:
        rows: Values seen, missing ones included.
        missing: Missing values.
        numbers: Values that are numbers.
        integral: Whether every number is an integer.
        low: Smallest finite number.
        high: Largest finite number.
        running: Whether the numbers count up by one from row to row.
        coded: Whether numbers are written with leading zeros (`007`), as codes are.
        merged: Whether float32 would merge distinct numbers.
        infinite: Infinite numbers.
        words: Values that are no numbers.
        number_values: Distinct numbers.
        text_values: Distinct values that are no numbers (their hashes beyond the first thousand).
        letters: Length of the distinct texts together.
        spaces: Blanks in the distinct texts together.
        texts: Distinct texts counted for `letters` and `spaces`.
        dates: How many words each date format reads.
        markers: Missing markers met, other than the empty field.
        type: Arrow type of the first block.
        plain: Whether every field is empty or a number that Arrow itself reads.
        nested: Whether the values are lists, structs or bytes.
    """

    def __init__(self, name: str, decimal_comma: bool = False) -> None:
        self.name = name
        self.decimal_comma = decimal_comma
        self.rows = self.missing = self.numbers = self.infinite = self.words = 0
        self.integral = self.running = True
        self.coded = self.merged = self.nested = False
        self.plain = True
        self.low, self.high, self.last = np.inf, -np.inf, np.nan
        self.number_values = DistinctValues(NUMBER_VALUES)
        self.text_values = DistinctValues(TEXT_VALUES)
        self.samples: dict[str, None] = {}
        self.letters = self.spaces = self.texts = 0
        self.dates: dict[str, int] | None = None
        self.compact_dates = True
        self.markers: set[str] = set()
        self.type: pa.DataType | None = None

    @property
    def present(self) -> int:
        """Values that are not missing."""
        return self.rows - self.missing

    @property
    def distinct(self) -> int:
        """Distinct values, as far as they were counted."""
        return len(self.number_values.values) + len(self.text_values.values)

    @property
    def many(self) -> bool:
        """Whether there were too many distinct values to count them all."""
        return self.number_values.overflow or self.text_values.overflow

    def feed(self, array: pa.Array) -> None:
        """Take in the next block."""
        self.type = self.type or array.type
        self.rows += len(array)
        if not is_scalar(array.type):
            self.nested = True
            return
        array = flat(array)
        if pa.types.is_boolean(array.type) or is_date(array.type):
            self._feed_typed(array)
            return
        parsed = parse_numbers(array, self.decimal_comma)
        self.markers |= parsed.markers
        self.plain = self.plain and parsed.plain
        good = parsed.values[~np.isnan(parsed.values)]
        bad = 0 if parsed.bad is None else int(parsed.bad.sum())
        self.missing += len(array) - len(good) - bad
        self._feed_numbers(good, array)
        if bad:
            self.words += bad
            self._feed_words(array.filter(pa.array(parsed.bad)) if bad < len(array) else array, bad)

    def _feed_typed(self, array: pa.Array) -> None:
        self.missing += array.null_count
        self.words += len(array) - array.null_count
        ticks = pa.int32() if pa.types.is_date32(array.type) else pa.int64()  # datetime knows no nanoseconds
        self.text_values.add(pc.unique(array.drop_null()).cast(ticks).to_pylist(), len(array))

    def _feed_numbers(self, values: np.ndarray, array: pa.Array) -> None:
        if not len(values):
            return
        self.numbers += len(values)
        finite = values[np.isfinite(values)]
        self.infinite += len(values) - len(finite)
        if not len(finite):
            return
        self.low, self.high = min(self.low, float(finite.min())), max(self.high, float(finite.max()))
        self.integral = self.integral and bool((finite == np.rint(finite)).all())
        self.running = self.running and self.integral and self._counts_up(finite)
        sample = finite[:_SAMPLE]
        if not self.number_values.overflow:
            distinct = np.unique(values)
            self.number_values.add(distinct[: NUMBER_VALUES + 1].tolist(), len(values))
        if not self.integral or abs(self.high) > 2**24 or abs(self.low) > 2**24:
            self._check_precision(sample)
        if self.integral:
            self._check_codes(array)

    def _counts_up(self, values: np.ndarray) -> bool:
        joined = (np.isnan(self.last) or values[0] == self.last + 1) and bool((np.diff(values) == 1).all())
        self.last = float(values[-1])
        return bool(joined)

    def _check_precision(self, sample: np.ndarray) -> None:
        """Float32 keeps 24 bits and ends at 3e38: large offsets (1e8 + small steps) would merge values that differ."""
        if self.merged:
            return
        largest = max(abs(self.low), abs(self.high))
        if largest > _LARGEST or 0 < largest < _SMALLEST:
            self.merged = True
        elif self.integral or float(sample.max()) / 2 - float(sample.min()) / 2 < _NARROW * largest:
            exact, rounded = len(np.unique(sample)), len(np.unique(sample.astype(np.float32)))
            self.merged = rounded < (1 - _MERGED_SHARE) * exact

    def _check_codes(self, array: pa.Array) -> None:
        if pa.types.is_string(array.type) and not self.coded:
            head = array.slice(0, _FEW)
            self.coded = bool(pc.any(pc.match_substring_regex(head, r"^\s*0\d+\s*$")).as_py())
        if self.compact_dates and pa.types.is_string(array.type):
            self.compact_dates = bool(np.isfinite(parse_dates(array.slice(0, _FEW), COMPACT_DATE)).any())

    def _feed_words(self, array: pa.Array, count: int) -> None:
        if self.text_values.overflow and self.dates == {}:
            return
        encoded = as_text(array).dictionary_encode()
        unique = encoded.dictionary
        self._feed_dates(unique, encoded)
        if self.text_values.overflow:
            return
        if len(self.samples) < _FEW:
            self.samples.update(dict.fromkeys(unique.slice(0, _FEW).to_pylist()))
        self.texts += len(unique)
        self.letters += pc.sum(pc.utf8_length(unique)).as_py() or 0
        self.spaces += pc.sum(pc.count_substring(unique, " ")).as_py() or 0
        self.text_values.add([hash(value) for value in unique.to_pylist()], count)

    def _feed_dates(self, unique: pa.Array, encoded: pa.Array) -> None:
        if self.dates is None:
            head = unique.slice(0, _FEW)
            self.dates = dict.fromkeys(_plausible_formats(head), 0)
        if not self.dates:
            return
        counts = np.bincount(encoded.indices.drop_null().to_numpy(), minlength=len(unique))
        totals = {
            candidate: total + int(counts[np.isfinite(parse_dates(unique, candidate))].sum())
            for candidate, total in self.dates.items()
        }
        self.dates = {candidate: total for candidate, total in totals.items() if total >= 0.5 * self.words}


def _plausible_formats(texts: pa.Array) -> list[str]:
    with_digits = pc.sum(pc.match_substring_regex(texts, r"\d.*\d").cast(pa.int64())).as_py() or 0
    if with_digits < 0.5 * len(texts) or not len(texts):
        return []
    return [format for format in DATE_FORMATS if np.isfinite(parse_dates(texts, format)).mean() >= 0.5]
