from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from vandap.core.recipe import DataSpec
from vandap.data.load import read
from vandap.errors import InputError

FIELD = st.one_of(
    st.integers(-(10**12), 10**12).map(str),
    st.floats().map(str),
    st.sampled_from(
        ["", "?", "NA", "yes", "no", "2024-02-30", "31/12/2023", "0", "1", "1,5", '"a', "é", "a b c d e f"]
    ),
    st.text(max_size=8),
)
UNEVEN = st.lists(st.lists(FIELD, min_size=1, max_size=4), max_size=8)
EVEN = st.lists(st.tuples(FIELD, FIELD, st.sampled_from(["cat", "dog"])).map(list), min_size=4, max_size=12)
TABLE = st.one_of(UNEVEN, EVEN, EVEN.map(lambda rows: [["first", "second", "label"], *rows]))
ENDINGS = ("t.csv", "t.jsonl", "t.parquet", "t.npz", "x.npy", "t.csv.gz")


def _reads_or_refuses(name: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            contents = read(DataSpec(str(path)), 0)
        except InputError as error:
            assert error.message and error.received and error.expected and error.hint
            return
        rows = len(contents.examples)
        assert rows == len(contents.target) == len(contents.hashes)
        contents.examples.take(np.arange(rows))


@settings(max_examples=80, deadline=None)
@given(
    table=TABLE, delimiter=st.sampled_from([",", ";", "\t"]), encoding=st.sampled_from(["utf-8", "utf-16", "cp1252"])
)
def test_any_text_table_is_read_or_refused(table: list[list[str]], delimiter: str, encoding: str) -> None:
    """However odd a table is, it becomes consistent contents or one full InputError; never another exception."""
    text = "\n".join(delimiter.join(row) for row in table)
    _reads_or_refuses("t.csv", text.encode(encoding, errors="replace"))


@settings(max_examples=40, deadline=None)
@given(content=st.binary(max_size=200), name=st.sampled_from(ENDINGS))
def test_any_bytes_are_read_or_refused(content: bytes, name: str) -> None:
    """No file, whatever its name and bytes, gives a traceback."""
    _reads_or_refuses(name, content)
