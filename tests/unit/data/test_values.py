from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from vandap.data.column_profile import ColumnProfile
from vandap.data.values import as_text, parse_booleans, parse_dates, parse_numbers

NEW_YEAR = 1_704_067_200.0


def test_plain_numbers_are_read_by_arrow() -> None:
    """Numbers and empty fields need no second look."""
    parsed = parse_numbers(pa.array(["1", "-2.5e3", None]))
    assert parsed.plain and parsed.bad is None
    np.testing.assert_array_equal(parsed.values, [1.0, -2500.0, np.nan])


def test_markers_are_missing_and_words_are_bad() -> None:
    """Missing markers become NaN and are named; other words are marked as no numbers."""
    parsed = parse_numbers(pa.array([" 1 ", "?", "N/A", "tall", "+3"]))
    np.testing.assert_array_equal(parsed.values, [1.0, np.nan, np.nan, np.nan, 3.0])
    assert parsed.bad is not None and parsed.bad.tolist() == [False, False, False, True, False]
    assert parsed.markers == {"?", "N/A"}


@pytest.mark.parametrize(("text", "value"), [("1,5", 1.5), ("1.234,5", 1234.5), ("-3", -3.0), ("2.000", 2000.0)])
def test_decimal_comma(text: str, value: float) -> None:
    """With a decimal comma, points separate thousands."""
    assert parse_numbers(pa.array([text]), decimal_comma=True).values.tolist() == [value]


def test_underscores_and_hexadecimal_are_no_numbers() -> None:
    """What only a programming language reads as a number is none."""
    parsed = parse_numbers(pa.array(["1_000", "0x10"]))
    assert parsed.bad is not None and parsed.bad.all()


@pytest.mark.parametrize(
    ("text", "format", "seconds"),
    [
        ("2024-01-01", "iso", NEW_YEAR),
        ("2024-01-01T00:00:30", "iso", NEW_YEAR + 30),
        ("2024-01-01T07:00:00+07:00", "iso", NEW_YEAR),
        ("2024-01-01 00:00:00Z", "iso", NEW_YEAR),
        ("01/02/2024", "%d/%m/%Y", NEW_YEAR + 31 * 86_400),
        ("20240101", "%Y%m%d", NEW_YEAR),
    ],
)
def test_dates(text: str, format: str, seconds: float) -> None:
    """Dates become seconds since 1970 in UTC; without a zone they are UTC."""
    assert parse_dates(pa.array([text]), format).tolist() == [seconds]


def test_what_is_no_date_is_missing() -> None:
    """A word among dates is NaN and hides none of them."""
    values = parse_dates(pa.array(["2024-01-01", "soon", None, "2024-13-01"]))
    assert values[0] == NEW_YEAR and np.isnan(values[1:]).all()


def test_booleans() -> None:
    """Words and digits for true and false become 1 and 0; anything else is missing."""
    values = parse_booleans(pa.array(["Yes", "no", "TRUE", "0", "maybe", None]))
    np.testing.assert_array_equal(values, [1, 0, 1, 0, np.nan, np.nan])


def test_text_of_numbers_does_not_depend_on_their_type() -> None:
    """3 and 3.0 are one category, so that a file and a data frame code it alike."""
    for array in (pa.array([3, None]), pa.array([3.0, None]), pa.array([" 3 ", "NA"])):
        assert as_text(array).to_pylist() == ["3", None]


@pytest.mark.parametrize("kind", [pa.timestamp("s"), pa.timestamp("ms"), pa.timestamp("us"), pa.timestamp("ns", "UTC")])
def test_points_in_time_of_every_resolution(kind: pa.DataType) -> None:
    """Seconds come out whatever the file counts in."""
    values = parse_dates(pa.array([int(NEW_YEAR), None], pa.int64()).cast(pa.timestamp("s")).cast(kind))
    assert values[0] == NEW_YEAR and np.isnan(values[1])


def test_nanoseconds_and_calendar_days() -> None:
    """What is finer than a microsecond is rounded and no error; days of both kinds are their midnight."""
    fine = pa.array([1, int(NEW_YEAR) * 10**9 + 123_456_789, None], pa.timestamp("ns"))
    np.testing.assert_allclose(parse_dates(fine), [1e-9, NEW_YEAR + 0.123456789, np.nan], rtol=1e-12)
    for kind in (pa.date32(), pa.date64()):
        day = pa.array([int(NEW_YEAR) // 86_400, None], pa.int32()).cast(pa.date32()).cast(kind)
        np.testing.assert_array_equal(parse_dates(day), [NEW_YEAR, np.nan])


@pytest.mark.parametrize("kind", [pa.timestamp("ns"), pa.date32(), pa.date64(), pa.bool_()])
def test_typed_columns_are_counted_without_a_detour(kind: pa.DataType) -> None:
    """Distinct dates and booleans are counted as the numbers that the file holds: datetime knows no nanoseconds."""
    column = ColumnProfile("when")
    ticks = pa.int32() if pa.types.is_date32(kind) or pa.types.is_boolean(kind) else pa.int64()
    column.feed(pa.array([0, 1, None, 1], ticks).cast(kind))
    assert (column.rows, column.missing, column.words) == (4, 1, 3)
    assert column.distinct == 2 and all(type(value) is int for value in column.text_values.values)
