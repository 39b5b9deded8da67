from __future__ import annotations

from pathlib import Path

import pytest

from vandap.data.text_format import TextFormat, sniff
from vandap.errors import DataError, UsageError


def _sniff(tmp_path: Path, content: str | bytes, **stated: str) -> TextFormat:
    path = tmp_path / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return sniff(path, **stated)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " "])
def test_delimiter_is_detected(tmp_path: Path, delimiter: str) -> None:
    """The delimiter that gives every line the same number of fields wins."""
    lines = [delimiter.join(row) for row in (("a", "b", "c"), ("1", "x", "2.5"), ("2", "y", "3.5"))]
    assert _sniff(tmp_path, "\n".join(lines)).delimiter == delimiter


def test_decimal_comma_beside_semicolons(tmp_path: Path) -> None:
    """`1,5;2,5` is two numbers, not three."""
    found = _sniff(tmp_path, "a;b\n1,5;2,5\n3,5;4,5\n")
    assert found.delimiter == ";" and found.decimal_comma


def test_quoted_delimiters_do_not_count(tmp_path: Path) -> None:
    """A comma within quotes separates nothing."""
    found = _sniff(tmp_path, 'name,age\n"Smith, John",31\n"Doe, Jane",29\n')
    assert found.names == ("name", "age") and found.quoted


def test_no_header_is_found_and_said(tmp_path: Path) -> None:
    """A first line of numbers is a row."""
    found = _sniff(tmp_path, "6,148,72\n1,85,66\n")
    assert not found.header and found.names == ("column_1", "column_2", "column_3")
    assert any("column_1" in note for note in found.notes)


@pytest.mark.parametrize("first", ["0,1,2", "0,1,label", "2019,2020,label"])
def test_headers_of_numbers(tmp_path: Path, first: str) -> None:
    """Columns counted from 0, and a word above numbers, show a header even where other names are numbers."""
    found = _sniff(tmp_path, first + "\n1.5,2.5,1\n3.5,?,0\n")
    assert found.header and found.names == tuple(first.split(","))


def test_no_header_among_words_that_recur(tmp_path: Path) -> None:
    """Words of the first line that stand in their column again are values."""
    assert not _sniff(tmp_path, "yes,left\nno,right\nyes,left\n").header


def test_header_above_words(tmp_path: Path) -> None:
    """Words that never recur are names."""
    found = _sniff(tmp_path, "colour,side\nred,left\nblue,right\nred,left\n")
    assert found.header and found.names == ("colour", "side")


def test_repeated_and_empty_names_become_unique(tmp_path: Path) -> None:
    """Every column can be called by one name, and the change is said."""
    found = _sniff(tmp_path, "a,b,,b2\n1,2,3,4\n")
    assert found.names == ("a", "b", "column_3", "b2")


def test_row_names_without_a_title(tmp_path: Path) -> None:
    """A header one field short means that the rows are named, as R writes them."""
    found = _sniff(tmp_path, "a,b\nr1,2,3\nr2,4,5\nr3,6,7\n")
    assert found.names == ("row_name", "a", "b")


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("naïve,b\n1,2\n".encode(), "utf-8"),
        ("naïve,b\n1,2\n".encode("utf-8-sig"), "utf-8-sig"),
        ("naïve,b\n1,2\n".encode("utf-16"), "utf-16"),
        ("naïve,b\n1,2\n".encode("cp1252"), "cp1252"),
        (b"a\x81,b\n1,2\n", "latin-1"),
        (b"a,b\n" + b"1,2\n" * 400_000 + "é,2\n".encode("cp1252"), "cp1252"),
    ],
)
def test_encoding_is_detected(tmp_path: Path, content: bytes, encoding: str) -> None:
    """Byte order marks win, then UTF-8 if the whole file is, then the Western encodings."""
    assert _sniff(tmp_path, content).encoding == encoding


def test_a_stated_delimiter_that_gives_one_column_is_refused(tmp_path: Path) -> None:
    """The error names the delimiter and shows the first line."""
    with pytest.raises(DataError, match="a,b"):
        _sniff(tmp_path, "a,b\n1,2\n", delimiter=";")


def test_nonsense_options_are_refused(tmp_path: Path) -> None:
    """A delimiter of two characters and an unknown encoding are usage errors."""
    with pytest.raises(UsageError):
        _sniff(tmp_path, "a,b\n1,2\n", delimiter="::")
    with pytest.raises(UsageError):
        _sniff(tmp_path, "a,b\n1,2\n", encoding="klingon")
