from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_vectors import identities, row_file

from vandap.search import recall, rounding
from vandap.search.families import row_code
from vandap.search.nearest import Nearest, exact
from vandap.search.rounding import Choice, choose, loss, repack
from vandap.search.rows import Rows, normalised
from vandap.search.target import Target
from vandap.search.tune import KNOWN

COLUMNS = 32


def _tight(count: int) -> np.ndarray:
    """Vectors so close to each other that 8 bits cannot tell them apart."""
    generator = np.random.default_rng(0)
    centre = generator.standard_normal((1, COLUMNS))
    return normalised(centre + 0.02 * generator.standard_normal((count, COLUMNS)))


def _asked(folder: Path, vectors: np.ndarray) -> tuple[Rows, np.ndarray, Nearest]:
    """Rows as a build holds them, queries, and their neighbours among the vectors before they were rounded."""
    rows, code = row_file(folder, vectors[60:]), row_code("exact")
    (folder / code.file).write_bytes(code.pack(vectors[60:]).tobytes())
    return rows, vectors[:60], exact(Rows(folder / code.file, COLUMNS, code), vectors[:60], 10 + KNOWN)


def _chosen(asked: str, made: tuple[Rows, np.ndarray, Nearest], target: Target, **facts: bool) -> Choice:
    return choose(asked, *made, target, **{"exact": False, "rounded": False, **facts})


def test_eight_bits_are_taken_where_the_promise_bears_the_loss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For many rows without being asked; what is lost is measured."""
    made = _asked(tmp_path, identities(1500, COLUMNS))
    assert _chosen("auto", made, Target()).code.slug == "half"
    assert _chosen("auto", made, Target(0.8, bytes=50)).code.slug == "8bit"
    monkeypatch.setattr(rounding, "_SMALL", 0)
    chosen = _chosen("auto", made, Target(0.8))
    assert chosen.code.slug == "8bit" and 0 < chosen.lost < 0.05 and not chosen.notes


def test_exact_search_reads_the_vectors_themselves(tmp_path: Path) -> None:
    """Unless other rows were asked for, or the vectors come from rounded ones."""
    made = _asked(tmp_path, identities(1500, COLUMNS))
    assert _chosen("auto", made, Target(), exact=True) == Choice(row_code("exact"))
    assert _chosen("auto", made, Target(), exact=True, rounded=True).code.slug == "half"
    for asked in ("8bit", "half"):
        assert _chosen(asked, made, Target(), exact=True).code.slug == asked


@pytest.mark.parametrize("asked", ["auto", "8bit"])
def test_rows_stay_in_half_precision_where_it_does_not(
    asked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The note tells what 8 bits would lose."""
    monkeypatch.setattr(rounding, "_SMALL", 0)
    monkeypatch.setattr(recall, "SAME", 2.0)  # all are near each other here
    chosen = _chosen(asked, _asked(tmp_path, _tight(600)), Target())
    assert chosen.code.slug == "half" and 0 <= chosen.lost < 0.0125
    assert "8-bit rows loses" in chosen.notes[0] and "half precision" in chosen.notes[1]


def test_rows_stay_in_single_precision_where_half_loses_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What half precision loses is measured like any rounding; asked for by name it is taken, with its loss."""
    monkeypatch.setattr(recall, "SAME", 2.0)
    made = _asked(tmp_path, _tight(600))
    chosen = _chosen("auto", made, Target(0.99))
    assert chosen.code.slug == "exact" and chosen.lost == 0
    assert "half precision loses" in chosen.notes[0] and "single precision" in chosen.notes[1]
    asked = _chosen("half", made, Target(0.99))
    assert asked.code.slug == "half" and asked.lost > 0.0025 and not asked.notes


def test_what_is_lost_is_what_an_exact_search_loses(tmp_path: Path) -> None:
    """The fifty nearest say as much as a pass over all rows."""
    rows, queries, truth = _asked(tmp_path, identities(1500, COLUMNS))
    eight = repack(rows, row_code("8bit"), tmp_path, 2)
    found = exact(eight, queries, 10).rows
    kth = truth.scores[:, 9, None] - 1e-6
    single = Rows(tmp_path / row_code("exact").file, COLUMNS, row_code("exact"))
    right = np.stack([single.scores(query, near) for query, near in zip(queries, found, strict=True)]) >= kth
    assert loss(row_code("8bit"), rows, queries, truth, 10) == pytest.approx(1 - right.mean(), abs=1e-9)
    assert loss(row_code("exact"), single, queries, truth, 10) == 0


def test_packing_goes_on_after_a_kill(tmp_path: Path) -> None:
    """A file that is not whole is written again, one that is whole is kept."""
    rows = row_file(tmp_path, identities(500, COLUMNS))
    code = row_code("8bit")
    (tmp_path / code.file).write_bytes(b"cut")
    packed = repack(rows, code, tmp_path, 1)
    assert packed.count == 500 and np.array_equal(packed.gather(np.arange(500)), code.pack(rows.wide(np.arange(500))))
    before = packed.path.stat().st_mtime_ns
    assert repack(rows, code, tmp_path, 1).path.stat().st_mtime_ns == before
