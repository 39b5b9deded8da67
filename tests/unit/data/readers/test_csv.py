from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from vandap.core.recipe import DataSpec
from vandap.data.contents import Contents
from vandap.data.readers.csv import CsvReader
from vandap.errors import DataError

ROWS = b"".join(b"%d,%d,%s\n" % (row, row * row, b"yes" if row % 2 else b"no") for row in range(300))


def _read(path: Path, content: bytes, **stated: object) -> Contents:
    path.write_bytes(content)
    return CsvReader().read(DataSpec(str(path), **stated), 0)  # type: ignore[arg-type]


def test_ragged_rows_are_skipped_and_reported(tmp_path: Path) -> None:
    """A few rows with a wrong number of fields are left out; their count and first lines are said."""
    contents = _read(tmp_path / "t.csv", b"a,b,label\n1,2\n" + ROWS + b"1,2,yes,4\n")
    assert len(contents.examples) == 300 and contents.facts["skipped_rows"] == 2
    assert any("2 rows" in note and "lines 2, 303" in note for note in contents.notes)


def test_quoted_fields_may_hold_line_ends(tmp_path: Path) -> None:
    """A line end within quotes belongs to the value."""
    content = b'kind,size,label\n"two\nlines",1,yes\n"one line",2,no\n' * 1 + b'"two\nlines",3,yes\n"one line",4,no\n'
    contents = _read(tmp_path / "t.csv", content)
    assert contents.columns[0].categories == ("one line", "two\nlines")


def test_gzip_and_plain_text_hold_the_same(tmp_path: Path) -> None:
    """Packing changes the fingerprint of the file, not the rows."""
    plain = _read(tmp_path / "t.csv", b"a,b,label\n" + ROWS)
    packed = _read(tmp_path / "t.csv.gz", gzip.compress(b"a,b,label\n" + ROWS))
    assert np.array_equal(plain.hashes, packed.hashes)


def test_other_encodings_keep_their_letters(tmp_path: Path) -> None:
    """A file of Western letters that is no UTF-8 is read, and the guess is said."""
    content = "größe,farbe,label\n".encode("cp1252") + "1.5,grün,ja\n2.5,weiß,nein\n".encode("cp1252") * 20
    contents = _read(tmp_path / "t.csv", content)
    assert contents.columns[1].name == "farbe" and contents.columns[1].categories == ("grün", "weiß")
    assert any("cp1252" in note for note in contents.notes)


def test_a_wrong_stated_encoding_is_an_error(tmp_path: Path) -> None:
    """What cannot be decoded as stated is refused, not garbled."""
    with pytest.raises(DataError, match="utf-8"):
        _read(tmp_path / "t.csv", "größe,label\n1,ja\n".encode("cp1252"), encoding="utf-8")


def test_a_separate_test_table_becomes_the_test_part(tmp_path: Path) -> None:
    """--test rows come after the others, coded by one vocabulary, and missing columns are refused."""
    (tmp_path / "test.csv").write_bytes(b"label,b,a\nyes,9,3\nno,16,4\n")
    contents = _read(tmp_path / "t.csv", b"a,b,label\n" + ROWS, test=str(tmp_path / "test.csv"))
    assert contents.parts is not None
    assert contents.parts.tolist() == ["train"] * 300 + ["test"] * 2
    last = contents.examples.take(np.array([300, 301]))
    assert last["a"].tolist() == [3, 4] and last["b"].tolist() == [9, 16]
    assert contents.hashes[300] == contents.hashes[3]
    (tmp_path / "test.csv").write_bytes(b"label,a\nyes,9\nno,16\n")
    with pytest.raises(DataError, match="lacks columns"):
        _read(tmp_path / "t.csv", b"a,b,label\n" + ROWS, test=str(tmp_path / "test.csv"))


def test_a_late_word_in_a_number_column_is_found(tmp_path: Path) -> None:
    """Detection reads every row, not the head of the file alone."""
    contents = _read(tmp_path / "t.csv", b"a,b,label\n" + ROWS * 300 + b"unknown,1,yes\n")
    assert np.isnan(contents.examples.take(np.array([len(contents.examples) - 1]))["a"][0])
    assert any("'a'" in note and "no numbers" in note for note in contents.notes)
