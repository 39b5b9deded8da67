from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_vectors import identities

from vandap.search.build import build
from vandap.search.codes._code import RowCode
from vandap.search.compact import compact
from vandap.search.families import row_code, row_codes
from vandap.search.index import Index
from vandap.search.plan import Contents, Plan
from vandap.search.rows import Rows, normalised
from vandap.search.target import Target
from vandap.search.vectors import Array

every = pytest.mark.parametrize("code", row_codes(), ids=lambda code: code.slug)
COLUMNS = 37
"""No multiple of four: records need not be aligned."""
VECTORS = identities(500, COLUMNS)


@every
def test_a_record_is_as_wide_as_it_says(code: RowCode) -> None:
    """Bytes of every record."""
    assert code.pack(VECTORS).shape == (500, code.width(COLUMNS))


@every
def test_what_is_packed_stays_what_it_is(code: RowCode) -> None:
    """Unpacked and packed again, also by way of the half-precision rows of a build, a record is the same."""
    records = code.pack(VECTORS)
    wide = code.unpack(records, COLUMNS)
    assert np.array_equal(code.pack(wide), records)
    if code.rounds:
        assert np.array_equal(code.pack(row_code("half").pack(wide).view(np.float16)), records)


@every
def test_scores_are_cosines_with_the_unpacked_rows(code: RowCode, tmp_path: Path) -> None:
    """To float32 rounding; by number, by block and in the file."""
    records, queries = code.pack(VECTORS), VECTORS[:7]
    (tmp_path / code.file).write_bytes(records.tobytes())
    rows = Rows(tmp_path / code.file, COLUMNS, code)
    expected = queries @ normalised(code.unpack(records, COLUMNS)).T
    assert np.allclose(code.scores(records, queries), expected, atol=1e-6)
    rows.release()  # and what was let go of is read again
    assert np.allclose(rows.scores(queries[2], np.array([5, 3, 499])), expected[2, [5, 3, 499]], atol=1e-6)
    assert np.allclose(np.concatenate([part for _, part in rows.all_scores(queries, 90)], axis=1), expected, atol=1e-6)


@every
def test_what_is_lost_is_little(code: RowCode) -> None:
    """Cosines are right to thousandths, to five digits, and to the rounding of float32."""
    error = np.abs(code.scores(code.pack(VECTORS), VECTORS[:50]) - VECTORS[:50] @ VECTORS.T).max()
    assert error < {"8bit": 6e-3, "half": 2e-4, "exact": 2e-6}[code.slug]


def test_rows_of_great_and_small_numbers_are_whole_numbers_of_the_greatest() -> None:
    """The largest entry is 127 whatever its sign."""
    rows = np.array([[-0.8, 0.6, 0.0], [0.0, 1.0, 0.0]], np.float32)
    code = row_code("8bit")
    assert code.pack(rows)[:, :3].view(np.int8).tolist() == [[-127, 95, 0], [0, 127, 0]]


@pytest.mark.parametrize("slug", ["8bit", "exact"])
def test_an_index_of_other_rows_finds_adds_and_compacts(slug: str, tmp_path: Path) -> None:
    """The same answers as ever; what was added is found; compaction changes no row."""
    vectors = identities(2600, 32)
    plan = Plan(Target(0.9), "ivf", rows=slug)
    manifest = build(Contents(Array(vectors[:2500])), tmp_path / "index", plan)
    assert manifest.rows == slug and manifest.met
    index = Index(tmp_path / "index", threads=1)
    assert (index.generation.manifest.lost > 0) == row_code(slug).rounds
    index.add(vectors[2500:], [f"{n}" for n in range(2500, 2600)] if index.generation.ids.texts else range(2500, 2600))
    assert Index(tmp_path / "index").search(vectors[2550], 1).ids == ((2550,),)
    index.remove([0])
    before = index.delta.gather(index.delta.rows_of([1, 2550]))
    after = compact(tmp_path / "index", threads=1)
    assert np.array_equal(after.delta.gather(after.delta.rows_of([1, 2550])), before)
    assert after.generation.manifest.lost == pytest.approx(manifest.lost)
    names = {path.name for path in (tmp_path / "index" / "generation-000002").iterdir()}
    assert row_code(slug).file in names and not any(name.endswith(".f16") for name in names)
