"""Rows in two lists."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_vectors import identities, row_file

from vandap.search.engines import ivf
from vandap.search.engines._engine import Job
from vandap.search.engines.ivf import Ivf, IvfLists, _once

COUNT, COLUMNS = 1500, 16


@pytest.fixture
def lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> IvfLists:
    """Lists with some rows in two of them."""
    monkeypatch.setattr(ivf, "_COARSE_CODES", 16)
    rows = row_file(tmp_path, identities(COUNT, COLUMNS))
    engine = Ivf()
    made = engine.start(Job(rows, np.random.default_rng(0).permutation(COUNT), {"lists": 32, "sample": COUNT}))
    assert isinstance(made, IvfLists)
    for _, block in rows.blocks(400):
        made.add(block)
    return made


def test_some_rows_are_in_two_lists_and_count_once(lists: IvfLists) -> None:
    """Three in ten; every row is in its nearest list."""
    assert lists.count == COUNT and lists.index.ntotal == round(COUNT * 1.3)


def test_a_candidate_comes_once(lists: IvfLists) -> None:
    """However many lists are looked into; and all that was asked for come."""
    queries = identities(COUNT + 50, COLUMNS)[COUNT:]
    for effort in (1, 4, 32):
        for row in lists.search(queries, 30, effort):
            kept = row[row >= 0]
            assert len(set(kept.tolist())) == len(kept)
    assert (lists.search(queries, COUNT, 32) >= 0).all()


def test_many_queries_that_look_into_many_lists_are_asked_for_in_turn(
    lists: IvfLists, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What faiss takes for each pair of the two is bounded; the answers are the same."""
    queries = identities(COUNT + 50, COLUMNS)[COUNT:]
    plain, asked, search = lists.search(queries, 30, 8), [], lists.index.search
    monkeypatch.setattr(ivf, "_PAIRS", 160)
    monkeypatch.setattr(
        lists.index, "search", lambda some, *rest, **more: (asked.append(len(some)), search(some, *rest, **more))[1]
    )
    assert np.array_equal(lists.search(queries, 30, 8), plain)
    assert asked == [20, 20, 10]
    monkeypatch.setattr(ivf, "_PAIRS", 16)
    lists.search(queries[:3], 30, 32)
    assert asked[3:] == [1, 1, 1]


def test_saved_lists_know_how_many_rows_they_hold(lists: IvfLists, tmp_path: Path) -> None:
    """Loaded, they go on where they were; a file of before, without the number, holds as many rows as labels."""
    lists.save(tmp_path / "engine")
    rows = row_file(tmp_path, identities(COUNT, COLUMNS))
    loaded = Ivf().load(tmp_path / "engine", Job(rows, np.zeros(0, np.int64), {"lists": 32}))
    late = identities(40, COLUMNS, seed=3)
    loaded.add(late)
    assert loaded.count == COUNT + 40
    assert (loaded.search(late, 20, 32) >= COUNT).any(axis=1).all()
    content = (tmp_path / "engine").read_bytes()
    (tmp_path / "engine").write_bytes(content[:-16])
    old = Ivf().load(tmp_path / "engine", Job(rows, np.zeros(0, np.int64), {"lists": 32}))
    assert old.count == lists.index.ntotal


def test_repeats_leave_their_order() -> None:
    """The first of each stays, the rest moves up."""
    found = np.array([[5, 3, 5, 2, -1, -1], [1, 1, 1, 1, 4, 0]])
    assert _once(found, 4).tolist() == [[5, 3, 2, -1], [1, 4, 0, -1]]


def test_members_go_into_the_lists_of_their_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with millions of rows: in several chunks, by several threads, each row by its own number."""
    faiss = pytest.importorskip("faiss")
    monkeypatch.setattr(ivf, "_COARSE_CODES", 16)
    monkeypatch.setattr(ivf, "_MANY", 16)
    monkeypatch.setattr(ivf, "_FOUND", 64)
    rows = row_file(tmp_path, identities(4000, 512))
    sample = np.random.default_rng(0).permutation(4000)
    made = Ivf().start(Job(rows, sample, {"lists": 64, "sample": 4000}, threads=3))
    assert isinstance(made, IvfLists) and made.groups is not None
    groups = made.groups
    for _, block in rows.blocks(700):
        made.add(block)
    lists = made.index.invlists
    held = [set(faiss.rev_swig_ptr(lists.get_ids(one), lists.list_size(one)).tolist()) for one in range(64)]
    assert made.count == 4000 and set().union(*held) == set(range(4000))
    assert 500 < len(groups.members) < 4000
    assert all(row in held[home] for row, home in zip(groups.members, groups.lists[groups.homes], strict=True))
    given = groups.of(rows.wide(np.arange(4000)), 0)
    sure = np.flatnonzero(given >= 0)
    assert len(sure) > 2500 and all(row in held[given[row]] for row in sure)
