from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_vectors import identities, row_file

from vandap.search import rounding
from vandap.search.families import row_code
from vandap.search.nearest import Nearest, exact
from vandap.search.rounding import choose, loss, repack
from vandap.search.rows import Rows, normalised
from vandap.search.target import Target

COLUMNS = 32


def _tight(count: int) -> np.ndarray:
    """Vectors so close to each other that 8 bits cannot tell them apart."""
    generator = np.random.default_rng(0)
    centre = generator.standard_normal((1, COLUMNS))
    return normalised(centre + 0.02 * generator.standard_normal((count, COLUMNS)))


def _asked(folder: Path, vectors: np.ndarray) -> tuple[Rows, np.ndarray, Nearest]:
    rows = row_file(folder, vectors[60:])
    return rows, vectors[:60], exact(rows, vectors[:60], 20)


def test_eight_bits_are_taken_where_the_promise_bears_the_loss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For many rows without being asked; what is lost is measured."""
    rows, queries, truth = _asked(tmp_path, identities(1500, COLUMNS))
    assert choose("auto", rows, queries, truth, Target(), exact=False).code.slug == "half"
    assert choose("auto", rows, queries, truth, Target(0.8, bytes=50), exact=False).code.slug == "8bit"
    monkeypatch.setattr(rounding, "_SMALL", 0)
    chosen = choose("auto", rows, queries, truth, Target(0.8), exact=False)
    assert chosen.code.slug == "8bit" and 0 < chosen.lost < 0.05 and not chosen.notes
    assert choose("auto", rows, queries, truth, Target(0.8), exact=True).code.slug == "half"


@pytest.mark.parametrize("asked", ["auto", "8bit"])
def test_rows_stay_in_half_precision_where_it_does_not(
    asked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The note tells what 8 bits would lose."""
    monkeypatch.setattr(rounding, "_SMALL", 0)
    monkeypatch.setattr(rounding, "_SAME", 2.0)  # all are near each other here
    rows, queries, truth = _asked(tmp_path, _tight(600))
    chosen = choose(asked, rows, queries, truth, Target(), exact=False)
    assert chosen.code.slug == "half" and chosen.lost == 0 and "8-bit rows lose" in chosen.notes[0]


def test_what_is_lost_is_what_an_exact_search_loses(tmp_path: Path) -> None:
    """The twenty nearest say as much as a pass over all rows; half precision loses nothing against itself."""
    rows, queries, truth = _asked(tmp_path, identities(1500, COLUMNS))
    eight = repack(rows, row_code("8bit"), tmp_path, 2)
    found = exact(eight, queries, 10).rows
    kth = truth.scores[:, 9, None] - 1e-6
    right = np.stack([rows.scores(query, near) for query, near in zip(queries, found, strict=True)]) >= kth
    assert loss(row_code("8bit"), rows, queries, truth, 10) == pytest.approx(1 - right.mean(), abs=1e-9)
    assert loss(row_code("half"), rows, queries, truth, 10) == 0


def test_packing_goes_on_after_a_kill(tmp_path: Path) -> None:
    """A file that is not whole is written again, one that is whole is kept."""
    rows = row_file(tmp_path, identities(500, COLUMNS))
    code = row_code("8bit")
    (tmp_path / code.file).write_bytes(b"cut")
    packed = repack(rows, code, tmp_path, 1)
    assert packed.count == 500 and np.array_equal(packed.gather(np.arange(500)), code.pack(rows.wide(np.arange(500))))
    before = packed.path.stat().st_mtime_ns
    assert repack(rows, code, tmp_path, 1).path.stat().st_mtime_ns == before
