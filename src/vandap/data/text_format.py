"""How a text table is written: its encoding, delimiter, quoting, header and decimal mark."""

from __future__ import annotations

import codecs
import csv
import gzip
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vandap.data.values import MISSING_MARKERS
from vandap.errors import DataError, UsageError

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", " ": "blank"}
_SAMPLE_BYTES = 1 << 20
_SAMPLE_LINES = 2_000
_CONSISTENT = 0.9
_UNEVEN = 0.3
_NUMERIC = 0.9
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNDEFINED_IN_CP1252 = b"\x81\x8d\x8f\x90\x9d"
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_DECIMAL_POINT = re.compile(r"[+-]?\d+\.\d+")
_NUMBER = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True)
class TextFormat:
    """How a text table is written.

    Args:
        encoding: Python's name of the encoding.
        delimiter: Field delimiter.
        quoted: Whether `"` quotes fields.
        header: Whether the first line names the columns.
        names: Column names.
        decimal_comma: Whether numbers are written `1,5`.
        multiline: Whether quoted fields may hold line ends.
        notes: What was guessed, each as one sentence.
    """

    encoding: str
    delimiter: str
    quoted: bool
    header: bool
    names: tuple[str, ...]
    decimal_comma: bool
    multiline: bool
    notes: tuple[str, ...] = ()


def sniff(path: Path, *, delimiter: str | None = None, encoding: str | None = None) -> TextFormat:
    """Find out how a text table is written, from its first megabyte.

    Args:
        path: The file; `.gz` is unpacked.
        delimiter: The delimiter that the user states, or None.
        encoding: The encoding that the user states, or None.

    Raises:
        DataError: An empty file, a header only, or one column only.
    """
    head = _head(path)
    code, notes = _encoding(head, encoding, path)
    text = _decode(head, code, path)
    if not text.strip():
        raise _empty(path)
    mark, quoted = _delimiter(text, delimiter, path)
    rows = list(_rows(text, mark, quoted))
    header, why = _header(rows)
    if len(rows) - header < 1:
        raise DataError(
            "The table has a header line but no rows.",
            received=str(path),
            expected="a header and at least two rows",
            hint="Check that the file was written completely.",
        )
    names, named = _names(rows, header)
    comma = mark != "," and _has_decimal_comma(rows[header:])
    plain = mark == "," or (mark == "\t" and ".tsv" in path.name.lower())
    notes += [f"The delimiter was detected: {DELIMITERS[mark]}."] if delimiter is None and not plain else []
    notes += [why, *named]
    notes += ["Numbers are written with a decimal comma."] if comma else []
    multiline = quoted and '"' in text
    return TextFormat(code, mark, quoted, header, names, comma, multiline, tuple(note for note in notes if note))


def open_bytes(path: Path) -> gzip.GzipFile:
    """Open a file for reading bytes, unpacking gzip."""
    return gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb")  # type: ignore[return-value]


def _head(path: Path) -> bytes:
    try:
        with open_bytes(path) as file:
            return file.read(_SAMPLE_BYTES)
    except (gzip.BadGzipFile, EOFError) as error:
        raise DataError(
            f"The file cannot be unpacked: {error}.",
            received=str(path),
            expected="a gzip file, as its name says",
            hint="Rename it if it is not packed, or fetch it again.",
        ) from None


def _empty(path: Path) -> DataError:
    return DataError(
        "The file is empty.",
        received=str(path),
        expected="a table with a header and rows",
        hint="Check that the file was written completely.",
    )


def _encoding(head: bytes, stated: str | None, path: Path) -> tuple[str, list[str]]:
    if stated is not None:
        try:
            codecs.lookup(stated)
        except LookupError:
            raise UsageError(
                "There is no such text encoding.",
                received=f"--encoding {stated}",
                expected="an encoding that Python knows, such as utf-8, cp1252, shift_jis",
                hint="Leave --encoding away to have it detected.",
            ) from None
        return stated, []
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name, [] if name == "utf-8-sig" else [f"The encoding was detected by its byte order mark: {name}."]
    if _is_utf8(path):
        return "utf-8", []
    name = "latin-1" if _holds(path, _UNDEFINED_IN_CP1252) else "cp1252"
    return name, [f"The file is not UTF-8; it was read as {name} (--encoding overrides)."]


def _is_utf8(path: Path) -> bool:
    """Whether the whole file, not its head alone, is UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in _blocks(path):
            if decoder.getstate()[0] or not block.isascii():
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _holds(path: Path, some: bytes) -> bool:
    return any(bytes([byte]) in block for block in _blocks(path) for byte in some)


def _blocks(path: Path) -> Iterator[bytes]:
    with open_bytes(path) as file:
        while block := file.read(_SAMPLE_BYTES):
            yield block


def _decode(head: bytes, encoding: str, path: Path) -> str:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeError as error:
        raise DataError(
            f"The file is not written in {encoding}: {error}.",
            received=str(path),
            expected=f"text in {encoding}",
            hint="Leave --encoding away to have it detected.",
        ) from None


def _rows(text: str, delimiter: str, quoted: bool) -> list[list[str]]:
    lines = text.splitlines(keepends=True)
    cut = lines[:-1] if len(text) >= _SAMPLE_BYTES // 4 and len(lines) > 1 and not text.endswith("\n") else lines
    reader = csv.reader(cut, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE)
    found = []
    try:
        for row in reader:
            if row:
                found.append(row)
            if len(found) >= _SAMPLE_LINES:
                break
    except csv.Error:
        return found
    return found


def _delimiter(text: str, stated: str | None, path: Path) -> tuple[str, bool]:
    """Choose the delimiter under which most lines have the same number of fields (more than one)."""
    if stated is not None:
        return _stated_delimiter(text, stated, path)
    scores, uneven = {}, False
    for order, mark in enumerate(DELIMITERS):
        for quoted in (True, False):
            rows = _rows(text, mark, quoted)
            consistency, width, first = _consistency(rows)
            uneven = uneven or (mark != " " and sum(len(row) > 1 for row in rows) > _UNEVEN * len(rows))
            if width > 1 and consistency >= _CONSISTENT:
                scores[mark, quoted] = (mark != " ", first, round(consistency, 2), width, quoted, -order)
    if not scores:
        raise _uneven(path, text) if uneven else _one_column(path, text)
    return max(scores, key=lambda key: scores[key])


def _consistency(rows: list[list[str]]) -> tuple[float, int, int]:
    if not rows:
        return 0.0, 0, 0
    body = rows[1:] or rows
    width, lines = Counter(len(row) for row in body).most_common(1)[0]
    # a first line as wide as the others is better than one that lacks a name for the row names
    return lines / len(body), width, {width: 2, width - 1: 1}.get(len(rows[0]), 0)


def _stated_delimiter(text: str, stated: str, path: Path) -> tuple[str, bool]:
    mark = {"\\t": "\t", "tab": "\t"}.get(stated, stated)
    if len(mark) != 1:
        raise UsageError(
            "A delimiter is one character.",
            received=f"--delimiter {stated!r}",
            expected="one character, such as ',' ';' '|' or '\\t'",
            hint="Leave --delimiter away to have it detected.",
        )
    quoted, plain = (_consistency(_rows(text, mark, quoting)) for quoting in (True, False))
    if max(quoted[1], plain[1]) < 2:
        raise _one_column(path, text, mark)
    return mark, quoted[0] >= plain[0]


def _one_column(path: Path, text: str, delimiter: str | None = None) -> DataError:
    first = text.splitlines()[0][:80]
    using = f" with the delimiter {delimiter!r}" if delimiter else ""
    return DataError(
        f"The file has one column only{using}, so there is nothing to predict from.",
        received=f"{path}, whose first line is {first!r}",
        expected="a table with a target and at least one other column",
        hint="Leave --delimiter away to have it detected." if delimiter else "If it is a table, state its --delimiter.",
    )


def _uneven(path: Path, text: str) -> DataError:
    return DataError(
        "The lines have different numbers of fields, whatever the delimiter.",
        received=f"{path}, whose first line is {text.splitlines()[0][:80]!r}",
        expected=f"the same number of fields in at least {_CONSISTENT:.0%} of the lines",
        hint="Repair the file; lists of items need one column an item.",
    )


def is_number(field: str) -> bool:
    """Whether a field is written as a number."""
    return bool(_NUMBER.fullmatch(field.strip()))


def _header(rows: list[list[str]]) -> tuple[bool, str]:
    """Tell names from values: a word above a column of numbers is a name; a value that its column repeats is none."""
    first, body = [field.strip() for field in rows[0]], rows[1:]
    none = "No header line was found; the columns are named column_1, column_2, ..."
    if len(first) > 2 and first == [str(place) for place in range(len(first))]:
        return True, "The first line counts the columns from 0, so it was taken for the header."
    columns = [[row[place].strip() for row in body if place < len(row)] for place in range(len(first))]
    for field, column in zip(first, columns, strict=True):
        present = [value for value in column if value not in MISSING_MARKERS]
        named = field not in MISSING_MARKERS and not is_number(field)
        if named and present and sum(map(is_number, present)) >= _NUMERIC * len(present):
            return True, ""
    if any(is_number(field) or field in MISSING_MARKERS[1:] for field in first):
        return False, none
    repeated = len(set(first)) < len(first) - first.count("")
    if (
        repeated
        or not any(first)
        or any(field and field in column for field, column in zip(first, columns, strict=True))
    ):
        return False, none
    return True, "No column holds numbers, so the first line was taken for the header because it never recurs."


def _names(rows: list[list[str]], header: bool) -> tuple[tuple[str, ...], list[str]]:
    width = Counter(len(row) for row in rows[header:]).most_common(1)[0][0]
    if not header:
        return tuple(f"column_{place}" for place in range(1, width + 1)), []
    names = [field.strip() for field in rows[0]]
    notes = []
    if len(names) == width - 1:
        names.insert(0, "row_name")
        notes.append("The header has one name fewer than the rows have fields; the first column was named row_name.")
    return unique_names(names, notes), notes


def unique_names(names: list[str], notes: list[str]) -> tuple[str, ...]:
    """Name empty columns and number repeated names, saying so in `notes`."""
    taken: set[str] = set()
    result = []
    for place, name in enumerate(names, start=1):
        base = name or f"column_{place}"
        chosen, number = base, 2
        while chosen in taken:
            chosen, number = f"{base}_{number}", number + 1
        if name and chosen != name:
            notes.append(f"The column name {name!r} occurs more than once; a later one is called {chosen!r}.")
        taken.add(chosen)
        result.append(chosen)
    return tuple(result)


def _has_decimal_comma(rows: list[list[str]]) -> bool:
    fields = [field.strip() for row in rows for field in row]
    comma = sum(bool(_DECIMAL_COMMA.fullmatch(field)) for field in fields)
    point = sum(bool(_DECIMAL_POINT.fullmatch(field)) for field in fields)
    return comma > 0 and comma > point
