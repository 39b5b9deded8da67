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
