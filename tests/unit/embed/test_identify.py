"""Identification measured through an index."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from made_vectors import built

from vandap.cli.main import main
from vandap.embed import identify
from vandap.embed.identify import Sampled, measure_identification
from vandap.errors import DataError, UsageError
from vandap.search.delta import Delta
from vandap.search.index import Index
from vandap.search.searching import Hits


def _people(count: int, each: int, seed: int, noise: float = 0.08) -> tuple[np.ndarray, list[str]]:
    generator = np.random.default_rng(seed)
    centres = np.random.default_rng(0).standard_normal((200, 32))
    names = np.repeat(np.arange(count), each)
    vectors = centres[names] + noise * generator.standard_normal((len(names), 32)) * np.sqrt(32)
    return vectors.astype(np.float32), [f"p{name:03d}" for name in names]


def _index(folder: Path, count: int, each: int) -> Index:
    vectors, names = _people(count, each, seed=1)
    return built(folder, vectors, payload=pa.table({"person": names}))


def test_probes_are_mated_or_strangers(tmp_path: Path) -> None:
    """60 of 140 people are enrolled: rank-1 by hand, a threshold that strangers keep, FNIR at it."""
    index = _index(tmp_path, 60, 1)
    probes, people = _people(140, 3, seed=2)
    found = measure_identification(index, "person", probes, people, fpirs=(0.1,), fars=(0.01,))
    seen = found.identification
    assert (seen.gallery, found.people, seen.mated, seen.strangers) == (60, 60, 180, 240)
    ids = np.array([hits[0] for hits in index.search(probes[:180], 1).ids])
    assert seen.recalls[0].value == pytest.approx((ids == np.arange(180) // 3).mean())
    assert seen.points[0].fnir.value < 0.1 and seen.points[0].checked.low <= 0.1 <= seen.points[0].checked.high
    assert found.verification[0].value > 0.9
    one = measure_identification(index, "person", probes[0], people[:1]).identification
    assert (one.mated, one.strangers) == (1, 0)


def test_own_vectors_are_asked_without_themselves(tmp_path: Path) -> None:
    """Nobody finds himself; nobody finds his person as a stranger; who has one vector is a stranger only."""
    vectors, names = _people(40, 3, seed=1)
    index = built(tmp_path, vectors[:-2], payload=pa.table({"person": names[:-2]}))
    found = measure_identification(index, "person", fpirs=(0.2,)).identification
    assert (found.mated, found.strangers) == (117, 118)
    assert found.recalls[0].value > 0.95 and found.points[0].threshold.value < 0.9


def test_of_many_own_vectors_those_of_some_people_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of each, so many at most; no more are read, and what was sampled is told."""
    vectors, names = _people(150, 4, seed=1)
    index = built(tmp_path, vectors, payload=pa.table({"person": [*names[:-4], *[None] * 4]}))
    whole = measure_identification(index, "person", fpirs=(0.1,))
    assert whole.sampled is None and whole.identification.mated == 596
    read, asked, wide, near = [], [], Delta.wide, Index.rows_near
    monkeypatch.setattr(Delta, "wide", lambda self, rows: (read.append(rows), wide(self, rows))[1])
    monkeypatch.setattr(Index, "rows_near", lambda self, some, k: (asked.append(len(some)), near(self, some, k))[1])
    monkeypatch.setattr(identify, "_AT_ONCE", 100)
    found = measure_identification(index, "person", fpirs=(0.1,), count=243)
    assert found.sampled == Sampled(240, 60, 596, 149)
    assert [len(rows) for rows in read] == [240] and asked == [100, 100, 40] * 2
    people = index.delta.payload.column("person").take(read[0]).to_pylist()
    assert (np.unique(people, return_counts=True)[1] == 4).all()
    seen, all_ = found.identification, whole.identification
    assert (seen.gallery, seen.mated, seen.strangers) == (600, 240, 240)
    assert seen.recalls[0].low <= all_.recalls[0].value <= seen.recalls[0].high
    assert measure_identification(index, "person", fpirs=(0.1,), count=1).sampled == Sampled(4, 1, 596, 149)


@pytest.mark.parametrize("own", [True, False])
def test_what_the_engine_misses_counts(own: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search for somebody is as wide as users' searches; only one that leaves out a person is wider."""
    vectors, names = _people(40, 30, seed=1)
    index = built(tmp_path, vectors, k=7, payload=pa.table({"person": names}))
    asked, near = set[int](), Index.rows_near

    def misses(self: Index, some: np.ndarray, k: int) -> list[Hits]:
        asked.add(k)
        return [Hits(hits.rows[1:], hits.scores[1:]) if k > 8 else Hits(hits.rows[:0], hits.scores[:0])
                for hits in near(self, some, k)]  # fmt: skip

    monkeypatch.setattr(Index, "rows_near", misses)
    probes = () if own else _people(40, 3, seed=2)
    found = measure_identification(index, "person", *probes, fpirs=(0.1,), leave_out=True).identification
    assert asked == {7 + own, 7 + 30}
    assert [recall.value for recall in found.recalls] == [0.0, 0.0]
    assert found.points[0].threshold.value < 0.9


def test_people_may_be_numbers_or_times(tmp_path: Path) -> None:
    """They are known by their names in words; those without a value are nobody's."""
    vectors = _people(4, 2, seed=1)[0]
    columns = {
        "number": pa.array([7, 7, 10, 10, None, 8, 8, None]),
        "truth": pa.array([True, True, False, False, None, False, False, None]),
        "day": pa.array([0, 0, 1, 1, None, 2, 2, None], pa.timestamp("us")),
    }
    index = built(tmp_path, vectors, payload=pa.table(columns))
    index.add(vectors[:1], payload={"number": [9]})
    assert [identify._gallery(index, name).count for name in columns] == [4, 2, 3]
    assert list(identify._gallery(index, "number").codes) == ["10", "7", "8", "9"]
    codes = {7: 1, 10: 0, None: -1, 8: 2, 9: 3}
    stored = index.delta.payload.column("number").to_pylist()
    assert identify._gallery(index, "number").people.tolist() == [codes[value] for value in stored]


def test_a_probe_can_be_a_stranger_to_others(tmp_path: Path) -> None:
    """With `leave_out` each mated probe is asked for twice, and as a stranger by the best of the others."""
    index = _index(tmp_path, 40, 1)
    probes, people = _people(40, 3, seed=2)
    found = measure_identification(index, "person", probes, people, fpirs=(0.2,), leave_out=True).identification
    assert (found.mated, found.strangers) == (120, 120)
    second = [scores[1] for scores in index.search(probes, 2).scores]
    assert found.points[0].threshold.value <= max(second)


def test_what_cannot_be_measured_is_told(tmp_path: Path) -> None:
    """No such column, nobody left in it, probes without people, another width."""
    index = _index(tmp_path, 30, 1)
    probes, people = _people(30, 1, seed=2)
    with pytest.raises(UsageError):
        measure_identification(index, "name")
    with pytest.raises(UsageError):
        measure_identification(index, "person", count=0)
    known = built(tmp_path / "known", probes, payload=pa.table({"person": [*people[:2], *[None] * 28]}))
    known.remove([0, 1])
    with pytest.raises(UsageError, match="none of 28 vectors"):
        measure_identification(known, "person")
    for wrong in ((probes, None), (probes, people[:-1]), (probes, [None] * 30), (probes[:, :5], people)):
        with pytest.raises(DataError):
            measure_identification(index, "person", *wrong)


@pytest.mark.parametrize("own", [True, False])
def test_one_person_with_very_many_vectors_is_no_stranger(
    own: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The others are measured as without limits; who was left out of which searches is told."""
    vectors, names = _people(30, 3, seed=1)
    names[:9] = ["p000"] * 9
    index = built(tmp_path / "index", vectors, payload=pa.table({"person": names}))
    probes = () if own else (*_people(30, 2, seed=2),)
    whole = measure_identification(index, "person", *probes, fpirs=(0.1,), leave_out=True)
    monkeypatch.setattr(identify, "_MOST_OF_ONE", 8)
    found = measure_identification(index, "person", *probes, fpirs=(0.1,), leave_out=True)
    of_one = 9 if own else 2
    assert (whole.large, found.large) == (0, 1)
    assert found.identification.mated == whole.identification.mated
    assert found.identification.strangers == whole.identification.strangers - of_one
    assert found.identification.recalls == whole.identification.recalls
    assert main(["index", "measure", str(index.path), "--labels", "person"]) == 0
    assert "1 people have too many vectors" in capsys.readouterr().out


def test_nobody_may_be_left_as_a_stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all have too many vectors, what needs strangers is not told, and the rest is."""
    monkeypatch.setattr(identify, "_MOST_OF_ONE", 2)
    found = measure_identification(_index(tmp_path, 40, 3), "person", fpirs=(0.1,))
    assert (found.large, found.identification.strangers) == (40, 0)
    assert found.identification.recalls[0].value > 0.9 and np.isnan(found.identification.points[0].threshold.value)
