"""A file that is edited keeps its bytes, how its lines end, and which line is which."""

from __future__ import annotations

import ast
import codecs

import pytest

from vandap.repair.source.document import Document, Edit, RefusalError
from vandap.repair.source.write import before

TEXT = "first = 1\nsecond = [\n    2,\n]\nthird = f(3)\nfourth = 4\n"


def of(text: str) -> Document:
    """A file of this text."""
    return Document("train.py", text.encode())


def replaced(document: Document, old: str, new: str) -> Document:
    """The file with one text in the place of another."""
    start = document.content.decode().index(old)
    return document.edited(Edit(start, start + len(old), new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", "import numpy\n"),  # a statement before one
        ("second = [\n    2,\n]\n", ""),  # whole lines taken out
        ("    2,\n", "    2,\n    3,\n"),  # a line behind one
        ("[\n    2,\n]", "[2]"),  # several lines written as one
        ("[\n    2,\n]", "[\n    2,\n    3,\n    4,\n]"),
        ("1\n", "1  # one\n"),
    ],
)
def test_lines_are_followed_through_an_edit(old: str, new: str) -> None:
    """Forwards for what the run recorded, and back for what is told."""
    document = replaced(of(TEXT), old, new)
    lines = document.content.decode().splitlines()
    for line, text in enumerate(TEXT.splitlines(), start=1):
        if text in lines:
            assert lines[document.line_now(line) - 1] == text
            assert document.line_then(lines.index(text) + 1) == line


def test_a_layer_behind_an_edit_of_several_lines_is_found_where_it_went() -> None:
    """It stands on the line on which the edit ends, and moves with it."""
    text = "layers = [\n    Dropout(\n        0.5,\n    ), Dense(3),\n    Dense(4),\n]\n"
    document = replaced(of(text), "Dropout(\n        0.5,\n    ), ", "")
    assert document.content.decode() == "layers = [\n    Dense(3),\n    Dense(4),\n]\n"
    assert [document.line_now(line) for line in (4, 5)] == [2, 3]
    assert [document.line_then(line) for line in (1, 2, 3)] == [1, 4, 5]


def test_what_stands_before_an_edit_of_several_lines_keeps_its_line() -> None:
    """Its end moves up, its beginning stays."""
    document = replaced(of("f(g(\n    1,\n), 2)\nlast = 3\n"), "g(\n    1,\n)", "1")
    assert document.line_then(1) == 1 and document.line_then(2) == 4 and document.line_now(4) == 2


def test_a_line_that_was_put_there_is_told_as_the_place_where_it_was_put() -> None:
    """The user's file has no other."""
    place = TEXT.index("third")
    document = of(TEXT).edited(Edit(place, place, "one = 1\ntwo = 2\n"))
    assert [document.line_then(line) for line in (4, 5, 6, 7, 8)] == [4, 5, 5, 5, 6]


def test_new_lines_end_as_the_file_s_own() -> None:
    """Also those that were copied from it."""
    document = of("first = 1\r\nsecond = f(\r\n    2)\r\n")
    call = document.tree.body[1].value  # type: ignore[attr-defined]
    assert document.text(call) == "f(\n    2)"
    new = document.edited(before(document, document.tree.body[1], "zero = 0", f"copy = {document.text(call)}"))
    assert new.content == b"first = 1\r\nzero = 0\r\ncopy = f(\r\n    2)\r\nsecond = f(\r\n    2)\r\n"
    assert b"\r" not in of(TEXT).edited(Edit(0, 0, "zero = 0\r\n")).content


def test_a_mark_at_the_beginning_shifts_nothing() -> None:
    """Python does not count it as part of the first line."""
    document = Document("train.py", codecs.BOM_UTF8 + b"from keras import layers\nlast = 1\n")
    (first, last) = document.tree.body
    assert document.text(first) == "from keras import layers" and document.text(last) == "last = 1"
    new = document.edited(before(document, first, "import keras"))
    assert new.content == codecs.BOM_UTF8 + b"import keras\nfrom keras import layers\nlast = 1\n"


def test_a_semicolon_at_the_end_is_no_other_statement() -> None:
    """Only what stands behind it is."""
    alone, beside = of("fit(x, y);  # all\n"), of("fit(x, y); save()\n")
    assert alone.statement(alone.tree.body[0]) is alone.tree.body[0]
    with pytest.raises(RefusalError, match="Several statements"):
        beside.statement(beside.tree.body[0])


def test_what_is_no_python_is_told_with_its_line() -> None:
    """A file that was none before, and one that an edit would make none."""
    with pytest.raises(RefusalError, match="cannot be parsed") as broken:
        _ = of("first = 1\nsecond = (\n").tree
    assert broken.value.line == 2
    document = of("first = 1\nfit((x), (y))\n")
    call = document.tree.body[1].value  # type: ignore[attr-defined]
    assert isinstance(call, ast.Call)
    end = document.span(call.args[-1])[1]
    with pytest.raises(RefusalError, match="would be no valid Python") as bad:
        document.edited(Edit(end, end, ", epochs=3"))
    assert (bad.value.line, bad.value.file) == (2, "train.py")
