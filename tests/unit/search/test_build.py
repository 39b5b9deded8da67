from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from made_vectors import built, identities

from vandap.core.progress import silent
from vandap.errors import DataError, IndexFolderError, UsageError
from vandap.search import fill, intake, rounding
from vandap.search.build import build
from vandap.search.compact import compact
from vandap.search.describe import text
from vandap.search.families import row_code
from vandap.search.folder import write_manifest
from vandap.search.index import Index
from vandap.search.plan import Contents, Plan
from vandap.search.rows import normalised
from vandap.search.target import Target
from vandap.search.truth import Truth
from vandap.search.vectors import Array


class KilledError(Exception):
    """Stands for kill -9."""


class Cut(Array):
    """Vectors whose reading is killed at a row."""

    def __init__(self, array: np.ndarray, at: int) -> None:
        super().__init__(array)
        self._at = at

    def blocks(self, size: int, start: int = 0) -> Iterator[np.ndarray]:
        """Rows up to the cut."""
        for first in range(start, self.count, 100):
            if first >= self._at:
                raise KilledError
            yield self._array[first : first + 100]


def test_the_promise_is_measured_on_vectors_that_the_engine_had_not_seen(tmp_path: Path) -> None:
    """The bound is below the estimate, the queries are held out, and in the end every vector is in the structure."""
    index = built(tmp_path / "index", identities(4000, 32), "ivf")
    manifest = index.generation.manifest
    assert manifest.met and 0.95 <= manifest.recall.lower95 < manifest.recall.estimate <= 1
    assert manifest.build["held_out"] == 300 and manifest.recall.queries == 200
    assert index.generation.structure.count == len(index) == 4000
    assert sorted(index.generation.ids.values.tolist()) == list(range(4000))


@pytest.mark.parametrize("at", [0, 300, 900, 1900])
def test_a_build_killed_while_reading_goes_on(at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows before the last checkpoint are not read again, and the rows are those of an uncut build."""
    monkeypatch.setattr(intake, "_EVERY", 0.0)
    vectors = identities(2000, 16)
    plan = Plan(engine="ivf")
    with pytest.raises(KilledError):
        build(Contents(Cut(vectors, at)), tmp_path / "index", plan)
    reread: list[int] = []

    class Watched(Array):
        def blocks(self, size: int, start: int = 0) -> Iterator[np.ndarray]:
            reread.append(start)
            return super().blocks(size, start)

    build(Contents(Watched(vectors)), tmp_path / "index", plan)
    assert reread == ([at] if at else [0, 0])  # a block is tried before all are read
    built(tmp_path / "other", vectors, "ivf")
    for name in ("rows.f16", "ids.npy"):
        one, other = (tmp_path / folder / "generation-000001" / name for folder in ("index", "other"))
        assert one.read_bytes() == other.read_bytes()
    truths = [_truth(tmp_path / folder) for folder in ("index", "other")]
    assert all(np.array_equal(truths[0][name], truths[1][name]) for name in ("queries", "rows"))


def _truth(index: Path) -> dict[str, np.ndarray]:
    with np.load(index / "generation-000001" / "truth.npz") as file:
        return dict(file)


@pytest.mark.parametrize("threads", [2, 5])
def test_threads_read_the_same_in_the_same_order(threads: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows, their fingerprints and the exact answers are those of one thread."""
    monkeypatch.setattr(intake, "BLOCK", 64)
    vectors, code = Array(identities(1000, 16)), row_code("half")
    held, read = intake.hold_out(1000, 100, 0), []
    for count in (1, threads):
        folder = tmp_path / str(count)
        folder.mkdir()
        queries, _ = intake.set_aside(vectors, held, np.zeros(0, np.int64), folder, code)
        truth = Truth(queries, 20, folder)
        hashes = intake.take_in(vectors, folder, held, code, silent, count, truth)
        read.append(((folder / code.file).read_bytes(), hashes.tobytes(), truth.found.rows.tolist()))
    assert read[0] == read[1]


def test_a_build_killed_while_filling_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the last checkpoint of structure and exact answers, to the same answers and a recall that is as good."""
    monkeypatch.setattr(fill, "_EVERY", 0.0)
    monkeypatch.setattr(fill, "_SHARE", 0.0)
    monkeypatch.setattr(fill, "BLOCK", 500)
    vectors = identities(3000, 16)
    seen: list[str] = []

    def killer(event: str, facts: Mapping[str, Any]) -> None:
        seen.append(str(facts))
        if "1,000 of" in seen[-1]:
            raise KilledError

    plan = Plan(engine="ivf")
    with pytest.raises(KilledError):
        build(Contents(Array(vectors)), tmp_path / "index", plan, say=killer)
    said: list[str] = []
    made = build(Contents(Array(vectors)), tmp_path / "index", plan, say=lambda _, facts: said.append(str(facts)))
    assert any("going on" in line for line in said) and not any("'500 of" in line for line in said)
    other = built(tmp_path / "other", vectors, "ivf").generation.manifest
    assert made.met and other.met  # the setting follows measured times, so the recall is not the same number
    truths = [_truth(tmp_path / folder) for folder in ("index", "other")]
    assert np.array_equal(truths[0]["rows"], truths[1]["rows"])


def _with_offset(count: int, columns: int) -> np.ndarray:
    """Vectors that have much in common: what rounding changes is as large as what tells them apart."""
    generator = np.random.default_rng(0)
    common, own = (normalised(generator.standard_normal((rows, columns))) for rows in (1, count))
    return normalised(0.995 * common + np.sqrt(1 - 0.995**2) * own)


def _found(index: Index, vectors: np.ndarray, queries: np.ndarray) -> float:
    """Share of the ten nearest of the vectors as they were given."""
    true, found = np.argsort(-(queries @ vectors.T), axis=1)[:, :10], index.search(queries, 10).ids
    return float(np.mean([len({*near} & {*ids}) / 10 for near, ids in zip(true.tolist(), found, strict=True)]))


@pytest.mark.parametrize(("engine", "rows"), [("exact", "half"), ("exact", "8bit"), ("hnsw", "auto"), ("ivf", "8bit")])
def test_a_promise_holds_for_the_vectors_as_they_were_given(engine: str, rows: str, tmp_path: Path) -> None:
    """What any rounding loses is measured and in the recall; what was not measured is not claimed."""
    vectors = _with_offset(3600, 48)
    index = built(tmp_path / "index", vectors[:3000], engine, rows=rows)
    manifest, found = index.generation.manifest, _found(index, vectors[:3000], vectors[3000:])
    assert manifest.recall.lower95 <= found + 0.01 and manifest.build["judged"]
    assert manifest.lost > 0 or manifest.rows == "exact"
    assert manifest.met == (manifest.recall.lower95 >= 0.95) and "by exact search" not in text(index)
    if engine == "exact":
        assert manifest.recall.estimate == pytest.approx(found, abs=0.03)
        assert 1 - manifest.lost == pytest.approx(found, abs=0.03)


def test_exact_search_is_exact_for_the_vectors_as_they_were_given(tmp_path: Path) -> None:
    """Without being asked for, its rows are not rounded; a compaction leaves it so."""
    vectors = _with_offset(2600, 48)
    index = built(tmp_path / "index", vectors[:2500])
    assert _found(index, vectors[:2500], vectors[2500:]) > 0.999
    assert index.generation.manifest.rows == "exact" and "1, by exact search" in text(index)
    index.remove([0])
    assert "1, by exact search" in text(compact(index.path, threads=1))


def test_rows_that_lose_too_much_are_read_again_in_single_precision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A promise that half precision cannot bear: the note says why, and the recall is kept."""
    monkeypatch.setattr(rounding, "_BEARABLE", 0.001)
    vectors = _with_offset(2600, 48)
    index = built(tmp_path / "index", vectors[:2500], "hnsw")
    manifest = index.generation.manifest
    assert manifest.rows == "exact" and manifest.lost == 0 and manifest.met
    assert "half precision loses" in manifest.notes[0]
    assert np.array_equal(index.delta.wide(index.delta.rows_of([7])), normalised(vectors[7:8]))
    index.remove([0])
    assert compact(index.path, threads=1).generation.manifest.rows == "exact"


def test_reading_again_goes_on_after_a_kill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the last checkpoint of the second pass, to the rows of an uncut build."""
    monkeypatch.setattr(rounding, "_BEARABLE", 0.001)
    monkeypatch.setattr(intake, "_EVERY", 0.0)
    vectors, passes = _with_offset(2600, 48), []

    class CutAgain(Array):
        def blocks(self, size: int, start: int = 0) -> Iterator[np.ndarray]:
            passes.append(start)
            return Cut(vectors, 900 if passes == [0, 0, 0] else 2600).blocks(size, start)

    for _ in range(2):
        with suppress(KilledError):
            build(Contents(CutAgain(vectors)), tmp_path / "index", Plan(engine="hnsw"))
    assert passes == [0, 0, 0, 900]  # a block to try, all, all again
    stored = Index(tmp_path / "index").delta
    assert np.array_equal(stored.wide(stored.rows_of(list(range(2600)))), normalised(vectors))


def test_what_was_not_measured_is_not_claimed(tmp_path: Path) -> None:
    """An index built when rounding was not measured says so, also after it was compacted."""
    index = built(tmp_path / "index", identities(1200, 16), rows="half")
    manifest = index.generation.manifest
    facts = {name: value for name, value in manifest.build.items() if name != "judged"}
    write_manifest(index.path, replace(manifest, build=facts))
    old = Index(index.path, threads=1)
    assert "not measured" in text(old)
    old.remove([0])
    assert "not measured" in text(compact(index.path, threads=1))


def test_other_vectors_begin_anew(tmp_path: Path) -> None:
    """A cut build of other data is thrown away, not mixed in."""
    with pytest.raises(KilledError):
        build(Contents(Cut(identities(2000, 16), 300)), tmp_path / "index", Plan(engine="exact"))
    vectors = identities(500, 16, seed=1)
    build(Contents(Array(vectors)), tmp_path / "index", Plan(engine="exact"))
    assert Index(tmp_path / "index").search(vectors[3], 1).ids == ((3,),)


def test_an_index_is_replaced_only_when_asked(tmp_path: Path) -> None:
    """And then at once, with its changes forgotten."""
    index = built(tmp_path / "index", identities(100, 16))
    index.remove([0])
    other = Contents(Array(identities(120, 16, seed=1)))
    with pytest.raises(UsageError, match="already"):
        build(other, tmp_path / "index", Plan())
    assert build(other, tmp_path / "index", Plan(), overwrite=True).generation == 2
    assert len(Index(tmp_path / "index")) == 120


@pytest.mark.parametrize("wrong", [b"", b'{"schema": 99, "checksum": ""}', b'{"schema": 2, "checksum": ""}'])
def test_an_index_whose_manifest_cannot_be_read_is_replaced_when_asked(wrong: bytes, tmp_path: Path) -> None:
    """As the message about it says; what there is of it stays until the new one is whole."""
    held = compact(built(tmp_path / "index", identities(100, 16)).path, 1)
    held.add(identities(5, 16, seed=2))
    manifest = held.path / "manifest.json"
    before, vectors = manifest.read_bytes(), identities(300, 16, seed=1)
    manifest.write_bytes(wrong)
    with pytest.raises(IndexFolderError):
        Index(held.path)
    with pytest.raises(UsageError, match="already"):
        build(Contents(Array(vectors)), held.path, Plan())
    with pytest.raises(KilledError):
        build(Contents(Cut(vectors, 200)), held.path, Plan(engine="exact"), overwrite=True)
    manifest.write_bytes(before)
    assert len(Index(held.path)) == 105
    manifest.write_bytes(wrong)
    assert build(Contents(Array(vectors)), held.path, Plan(engine="exact"), overwrite=True).generation == 3
    assert len(Index(held.path)) == 300
    assert not list(held.path.glob("*-000002*"))


def test_what_cannot_be_met_is_said_with_what_can(tmp_path: Path) -> None:
    """An impossible latency: the index is built all the same, not met, and the note names what is possible."""
    plan = Plan(Target(latency=1e-7), "ivf")
    manifest = build(Contents(Array(identities(2000, 16))), tmp_path / "index", plan)
    assert not manifest.met and "ms" in manifest.notes[0]
    assert manifest.recall.lower95 >= 0.95


def test_given_queries_are_used(tmp_path: Path) -> None:
    """Nothing is held out then."""
    vectors, queries = identities(3000, 16)[:2500], identities(3000, 16)[2500:]
    index = built(tmp_path / "index", vectors, "hnsw", queries=queries)
    assert index.generation.manifest.build["held_out"] == 0
    assert index.generation.ids.values.tolist() == list(range(2500))
    assert index.generation.manifest.recall.queries == 333


@pytest.mark.parametrize("count", [1, 2, 5, 11, 60, 199])
def test_few_vectors_are_searched_exactly(count: int, tmp_path: Path) -> None:
    """However few: any engine asked for, nothing to learn from."""
    vectors = identities(count, 16)
    index = built(tmp_path / "index", vectors, "ivf")
    assert index.generation.manifest.engine == "exact"
    assert index.search(vectors[count - 1], 1).ids == ((count - 1,),)


def test_duplicates_are_counted(tmp_path: Path) -> None:
    """And change neither the recall nor the build."""
    vectors = np.concatenate([identities(1000, 16)] * 2)
    manifest = built(tmp_path / "index", vectors, "ivf").generation.manifest
    assert any("1,000 vectors repeat" in note for note in manifest.notes) and manifest.met


def test_vectors_that_are_all_the_same_are_searched_exactly(tmp_path: Path) -> None:
    """Nothing can be measured where every vector is there many times; a search still gives k."""
    manifest = built(tmp_path / "index", np.tile(identities(5, 16), (500, 1)), "auto").generation.manifest
    assert manifest.engine == "exact"
    assert len(Index(tmp_path / "index").search(identities(5, 16)[0], 7).ids[0]) == 7


def test_bad_vectors_are_named(tmp_path: Path) -> None:
    """NaN and zero vectors are refused with their rows."""
    for value in (np.nan, 0.0):
        vectors = identities(300, 16)
        vectors[[17, 250]] = value
        with pytest.raises(DataError) as caught:
            built(tmp_path / "index", vectors)
        assert "17, 250" in caught.value.received


def test_the_race_is_won_by_an_engine_that_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every engine is in the record, with a reason where it could not win; the winner is the fastest that could."""
    from vandap.search import race

    monkeypatch.setattr(race, "SAMPLE", 1500)
    manifest = built(tmp_path / "index", identities(2600, 16), "auto").generation.manifest
    runners = manifest.build["race"]
    assert {runner["engine"] for runner in runners} == {"annoy", "exact", "hnsw", "ivf", "lsh", "rabitq", "voyager"}
    fit = [runner for runner in runners if not runner["why_not"]]
    assert manifest.engine == fit[0]["engine"]
    assert fit[0]["query_seconds"] == min(runner["query_seconds"] for runner in fit)


def test_memory_rules_engines_out_before_they_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What will not fit is not raced; when nothing fits the least hungry is taken and the note says so."""
    from vandap.search import race

    monkeypatch.setattr(race, "SAMPLE", 1500)
    plan = Plan(Target(memory=1000.0))
    manifest = build(Contents(Array(identities(2600, 16))), tmp_path / "index", plan)
    assert all("GiB" in runner["why_not"] or "installed" in runner["why_not"] for runner in manifest.build["race"])
    assert not manifest.met and any("memory" in note for note in manifest.notes)


@pytest.mark.parametrize("engine", ["ivf", "hnsw"])
def test_filters_keep_the_recall(engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tuned at build time for shares of the rows, so that neighbours among strangers are found as well."""
    from vandap.search import searching

    monkeypatch.setattr(searching, "_SCAN_NUMBERS", 0)
    vectors, draw = identities(4000, 64), np.random.default_rng(0).random(4000)
    index = built(tmp_path / "index", vectors, engine, payload=pa.table({"draw": draw}))
    filters = index.generation.manifest.filters
    assert [item.share for item in filters] == [0.5, 0.1, 0.01]
    assert [item.setting.effort for item in filters] == sorted(item.setting.effort for item in filters)
    stored = vectors.astype(np.float16).astype(np.float32)
    for share in (0.5, 0.1, 0.02):
        rows = np.flatnonzero(draw < share)
        found = index.search(vectors[:100], 10, where=f"draw < {share}").ids
        true = rows[np.argsort(-(vectors[:100] @ stored[rows].T), axis=1)[:, :10]]
        shares = [len(set(ids) & set(near)) / 10 for ids, near in zip(found, true.tolist(), strict=True)]
        assert np.mean(shares) > 0.9
