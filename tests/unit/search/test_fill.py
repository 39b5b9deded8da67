"""The pass in which a structure takes in the rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from made_vectors import identities, row_file

from vandap.core.progress import silent
from vandap.search import fill
from vandap.search.engines import ivf
from vandap.search.engines._engine import Job, Structure
from vandap.search.engines._homes import Homes
from vandap.search.engines.ivf import Ivf
from vandap.search.fill import Fill
from vandap.search.rows import Rows

COUNT, COLUMNS = 3000, 512


class KilledError(Exception):
    """Stands for kill -9."""


class Cut(Rows):
    """Rows whose reading is killed at one of them."""

    at = COUNT

    def blocks(self, size: int, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, np.ndarray]]:
        """Rows up to the cut."""
        for first, block in super().blocks(size, start, stop):
            if first == self.at:
                raise KilledError
            yield first, block


def _filled(folder: Path, job: Job) -> bytes:
    folder.mkdir(exist_ok=True)
    structure = Fill(Ivf(), job, COUNT, folder).run(silent)
    structure.save(folder / "end")
    return (folder / "end").read_bytes()


@pytest.mark.parametrize("cuts", [(0,), (1000,), (500, 2000)])
def test_a_pass_that_was_cut_ends_as_one_that_was_not(
    cuts: tuple[int, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte by byte: the groups that were learnt are kept, and written once however many checkpoints there are."""
    pytest.importorskip("faiss")
    for name in ("_COARSE_CODES", "_MANY"):
        monkeypatch.setattr(ivf, name, 16)
    for name, value in {"BLOCK": 500, "_EVERY": -1.0, "_SHARE": 0.0}.items():
        monkeypatch.setattr(fill, name, value)
    plain = row_file(tmp_path, identities(COUNT, COLUMNS))
    rows, writes, save = Cut(plain.path, COLUMNS, plain.code), [], Homes.save

    def counted(homes: Homes, path: Path) -> None:
        writes.append(path)
        save(homes, path)

    monkeypatch.setattr(Homes, "save", counted)
    sample = np.random.default_rng(0).permutation(COUNT)
    job = Job(rows, sample, {"lists": 64, "sample": COUNT})
    for at in cuts:
        rows.at = at
        with pytest.raises(KilledError):
            _filled(tmp_path / "cut", job)
    rows.at = COUNT
    found = _filled(tmp_path / "cut", job)
    assert len(writes) == 1
    assert found == _filled(tmp_path / "uncut", job)


def test_a_structure_that_needs_no_aid_leaves_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nothing was learnt for is not looked for when the pass goes on."""
    pytest.importorskip("faiss")
    for name, value in {"BLOCK": 500, "_EVERY": -1.0, "_SHARE": 0.0}.items():
        monkeypatch.setattr(fill, name, value)
    plain, starts, start = row_file(tmp_path, identities(COUNT, 16)), [], Ivf.start

    def counted(engine: Ivf, job: Job) -> Structure:
        starts.append(1)
        return start(engine, job)

    monkeypatch.setattr(Ivf, "start", counted)
    rows = Cut(plain.path, 16, plain.code)
    rows.at = 1000
    job = Job(rows, np.random.default_rng(0).permutation(COUNT), {"lists": 16, "sample": COUNT})
    with pytest.raises(KilledError):
        _filled(tmp_path / "cut", job)
    rows.at = COUNT
    _filled(tmp_path / "cut", job)
    assert len(starts) == 1
    assert {path.name for path in (tmp_path / "cut").iterdir()} == {"fill.json", "engine-3000", "end"}
