from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_vectors import built, identities

from vandap.cli.main import main
from vandap.search import sampling
from vandap.search.compact import compact
from vandap.search.describe import document, holds, text
from vandap.search.index import Index
from vandap.search.sampling import Sample, Sampler, judged, read_sampled, write_sampled
from vandap.search.searching import Hits

VECTORS = identities(600, 16)


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """An exact index, which keeps every promise."""
    return built(tmp_path / "index", VECTORS[:500])


def _passed(sampler: Sampler, index: Index, queries: np.ndarray) -> Sample:
    sampler.offer(queries)
    sample = sampler.take(index)
    assert sample is not None
    sampler.compare(sample)
    return sample


def test_live_queries_are_compared_with_exact_search(index: Index) -> None:
    """Exact search finds all, so the promise holds, and `index info` says so."""
    sampler = Sampler(1.0, seed=0)
    _passed(sampler, index, VECTORS[500:550] * 3)
    assert sampler.last is not None and sampler.last.queries == 50
    assert sampler.last.estimate == 1 and not sampler.last.broken
    write_sampled(index.path, sampler.last)
    assert read_sampled(index.path, 1) == sampler.last and read_sampled(index.path, 2) is None
    assert document(index)["sampled"].queries == 50 and "the promise holds" in text(index)


def test_a_promise_that_is_broken_beyond_doubt_is_an_alarm(index: Index) -> None:
    """Half of the neighbours lost: broken. A little below by chance: not."""
    sample = _passed(Sampler(1.0, seed=0), index, VECTORS[500:540])
    assert judged(np.full(40, 0.5), sample).broken
    assert not judged(np.repeat([0.9, 1.0], [22, 18]), sample).broken
    assert judged(np.full(200, 0.96), Sample(**{**vars(sample), "lost": 0.2})).broken


def test_info_ends_with_1_where_the_promise_is_broken(index: Index) -> None:
    """By live queries of this generation beyond doubt; a compaction, which measures again, ends the alarm."""
    sample, words = (
        _passed(Sampler(1.0, seed=0), index, VECTORS[500:540]),
        ["index", "info", str(index.path), "--quiet"],
    )
    assert main(words) == 0
    write_sampled(index.path, judged(np.repeat([0.9, 1.0], [22, 18]), sample))
    assert main(words) == 0
    write_sampled(index.path, judged(np.full(40, 0.5), sample))
    assert main(words) == 1 and not holds(index)
    compact(index.path, 1)
    assert main(words) == 0


def test_repeats_of_a_live_query_are_no_neighbours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Photos are asked for again that are in the index four times: only the other six places count."""
    index = built(tmp_path / "index", np.repeat(VECTORS[:125], 4, axis=0))
    near = Index.rows_near

    def repeats_only(self: Index, queries: np.ndarray, k: int) -> list[Hits]:
        return [Hits(hits.rows[:4], hits.scores[:4]) for hits in near(self, queries, k)]

    for find, share in ((near, 1), (repeats_only, 0)):
        monkeypatch.setattr(Index, "rows_near", find)
        sampler = Sampler(1.0, seed=0)
        _passed(sampler, index, VECTORS[:50])
        assert sampler.last is not None and sampler.last.estimate == share


def test_removed_and_added_vectors_count_as_they_were(index: Index) -> None:
    """A sample sees the rows of its moment, whatever changes while it is compared."""
    sampler = Sampler(1.0, seed=0)
    sampler.offer(VECTORS[500:540])
    index.add(VECTORS[540:])
    sample = sampler.take(index)
    assert sample is not None and len(sample.alive) == 560
    index.remove(list(range(400)))
    assert sampler.compare(sample) is not None
    assert sampler.last is not None and sampler.last.estimate == 1


def test_few_are_chosen_and_a_pass_is_followed_by_rest(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """About the share that was asked for; a pass is due when enough wait, and not right after another."""
    sampler = Sampler(0.1, seed=0)
    sampler.offer(np.tile(VECTORS, (1, 1))[:200])
    assert not sampler.due
    sampler.offer(np.concatenate([VECTORS] * 3))
    assert sampler.due
    sample = sampler.take(index)
    assert sample is not None and 40 <= len(sample.queries) <= 64 and not sampler.due
    sampler.compare(sample)
    monkeypatch.setattr(sampling, "_LONGEST", 0.0)
    sampler._rest_until += 60
    sampler.offer(np.concatenate([VECTORS] * 3))
    assert not sampler.due
    sampler._rest_until = 0.0
    assert sampler.due


def test_nothing_is_chosen_when_nothing_was_asked(index: Index) -> None:
    """A share of nothing costs nothing; an index as small as k cannot be measured."""
    sampler = Sampler(0.0)
    sampler.offer(VECTORS)
    assert not sampler.due and sampler.take(index) is None
