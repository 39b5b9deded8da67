from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vandap.errors import IndexFolderError
from vandap.search import journal as journal_module
from vandap.search.journal import Change, Journal


def _changes() -> list[Change]:
    rows = np.random.default_rng(0).integers(0, 256, (3, 8), np.uint8)
    return [
        Change(np.array([], np.int64), (7, 8, 9), rows, b"columns"),
        Change(np.array([2, 5])),
        Change(np.array([1]), ("ngọc",), rows[:1]),
    ]


def _written(path: Path, generation: int = 1) -> list[int]:
    """Write the changes one by one; the end of each record."""
    journal = Journal(path, generation)
    journal.create()
    ends = [0]
    for change in _changes():
        journal.append([change])
        ends.append(journal.end)
    return ends


def _same(one: Change, other: Change) -> bool:
    arrays = np.array_equal(one.gone, other.gone) and np.array_equal(one.rows.ravel(), other.rows.ravel())
    return arrays and (one.ids, one.payload) == (other.ids, other.payload)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Ids, rows, payload and removals come back, and a reader that waits sees only what is new."""
    _written(tmp_path / "j")
    journal = Journal(tmp_path / "j", 1)
    read = list(journal.read())
    assert all(_same(one, other) for one, other in zip(read, _changes(), strict=True))
    assert list(journal.read()) == []


def test_cut_at_any_byte_the_whole_records_remain(tmp_path: Path) -> None:
    """A kill while a record is written loses that record and nothing else, and the next one follows."""
    ends = _written(tmp_path / "j")
    content = (tmp_path / "j").read_bytes()
    for cut in range(len(content) + 1):
        (tmp_path / "cut").write_bytes(content[:cut])
        journal = Journal(tmp_path / "cut", 1)
        whole = sum(end <= cut for end in ends) - 1
        assert len(list(journal.read())) == whole
        journal.append([Change(np.array([3]))])
        assert len(list(Journal(tmp_path / "cut", 1).read())) == whole + 1


def test_a_change_before_the_end_is_no_kill(tmp_path: Path) -> None:
    """A damaged record with others after it is said, not dropped."""
    ends = _written(tmp_path / "j")
    content = bytearray((tmp_path / "j").read_bytes())
    content[ends[1] + 20] ^= 1
    (tmp_path / "j").write_bytes(content)
    with pytest.raises(IndexFolderError, match="damaged"):
        list(Journal(tmp_path / "j", 1).read())


@pytest.mark.parametrize("piece", [1, 2, 3, 5, 7, 1 << 20])
@pytest.mark.parametrize("record", [0, 1, 2])
def test_a_changed_length_is_no_kill(record: int, piece: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record that seems to reach beyond the end, and is whole by its checksum: what follows it was acknowledged.

    However the tail is cut into the pieces that are looked at.
    """
    monkeypatch.setattr(journal_module, "_PIECE", piece)
    ends = _written(tmp_path / "j")
    content = bytearray((tmp_path / "j").read_bytes())
    content[ends[record] + 4 + 3] ^= 1
    (tmp_path / "j").write_bytes(content)
    journal = Journal(tmp_path / "j", 1)
    with pytest.raises(IndexFolderError, match=f"changed at byte {ends[record]:,}"):
        list(journal.read())


def test_space_that_was_never_filled_is_dropped(tmp_path: Path) -> None:
    """After a loss of power a file may end in zeros."""
    _written(tmp_path / "j")
    with (tmp_path / "j").open("ab") as file:
        file.write(bytes(4096))
    assert len(list(Journal(tmp_path / "j", 1).read())) == 3


def test_another_generations_journal_is_refused(tmp_path: Path) -> None:
    """Row numbers of one generation mean nothing in another."""
    _written(tmp_path / "j", generation=1)
    with pytest.raises(IndexFolderError):
        list(Journal(tmp_path / "j", 2).read())


class _Busy:
    """A file that a writer goes on with as soon as a reader has met its end."""

    def __init__(self, file: Any, path: Path, more: bytes) -> None:
        self._file, self._path, self._more = file, path, more

    def __enter__(self) -> _Busy:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def read(self, size: int = -1) -> bytes:
        """What is there now."""
        found = self._file.read(size)
        if len(found) < size:
            self._path.write_bytes(self._path.read_bytes() + self._more)
            self._more = b""
        return found


def test_a_record_that_is_being_written_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever its end is met, the writer finishing it and the next one at once: both are read the next time."""
    path = tmp_path / "j"
    ends = _written(path)
    content, plain = path.read_bytes(), Path.open
    for cut in range(ends[1] + 1, ends[2]):
        path.write_bytes(content[:cut])
        journal = Journal(path, 1)
        with monkeypatch.context() as patched:
            busy = partial(_Busy, path=path, more=content[cut:])
            patched.setattr(Path, "open", lambda self, *mode, busy=busy, **more: busy(plain(self, *mode, **more)))
            assert len(list(journal.read())) == 1
        path.write_bytes(content)
        assert len(list(journal.read())) == 2


def test_a_record_that_was_taken_back_is_noticed(tmp_path: Path) -> None:
    """Read before it was acknowledged, it could not be flushed, and another is in its place or none."""
    ends = _written(tmp_path / "j")
    content = (tmp_path / "j").read_bytes()
    reader, writer = Journal(tmp_path / "j", 1), Journal(tmp_path / "j", 1)
    list(writer.read(ends[2]))
    assert not reader.rewound and len(list(reader.read())) == 3 and not reader.rewound
    (tmp_path / "j").write_bytes(content[: ends[2]])
    assert reader.rewound
    writer.append([Change(np.array([7, 8]), ("a", "b"), _changes()[0].rows[:2])])
    assert reader.rewound and not writer.rewound


_CUT = """
import sys, zlib
from pathlib import Path
from vandap.search.journal import _HEAD, _MARK, Journal

path, crc32 = Path(sys.argv[1]), zlib.crc32
path.write_bytes(_HEAD.pack(_MARK, 10**6, 0) + _MARK.join([b"a" * 9000] * 3))

def cut(*given):
    path.write_bytes(b"")
    return crc32(*given)

zlib.crc32 = cut
print(list(Journal(path, 1).read()))
"""


def test_a_tail_that_is_cut_while_it_is_looked_at_ends_nothing(tmp_path: Path) -> None:
    """A writer drops what a kill left under a reader's eyes: the reader looks again later."""
    done = subprocess.run([sys.executable, "-c", _CUT, str(tmp_path / "j")], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
