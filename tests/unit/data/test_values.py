from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

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
