"""Rank-1, recall, FNIR and FPIR beside their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from vandap.errors import DataError
from vandap.evaluate.identification.open_set import identification, operating_point
from vandap.evaluate.identification.searches import Searches, fnir, fpir, recall_at


def made(seed: int, count: int = 40, k: int = 5, mated: float = 0.6) -> Searches:
    """Random searches."""
    generator = np.random.default_rng(seed)
    people = generator.integers(0, 15, count)
    found = generator.integers(-1, 15, (count, k))
    scores = -np.sort(-np.round(generator.random((count, k)), 2), axis=1)
    scores[found < 0] = np.where(np.arange(k) > 2, -np.inf, scores)[found < 0]
    scores = -np.sort(-scores, axis=1)
    return Searches(people, found, scores, generator.random(count) < mated, 15)


@settings(max_examples=60, deadline=None)
@given(seed=some.integers(0, 10_000), threshold=some.floats(0, 1), k=some.integers(1, 5))
def test_measures_are_their_definitions(seed: int, threshold: float, k: int) -> None:
    """Counted one by one; every interval holds its value and stays within 0 and 1."""
    searches = made(seed)
    hits, misses, alarms = [], [], []
    for person, found, scores, mated in zip(
        searches.people, searches.found, searches.scores, searches.mated, strict=True
    ):
        if mated:
            own = [score for name, score in zip(found, scores, strict=True) if name == person]
            hits.append(person in found[:k])
            misses.append(not own or own[0] < threshold)
        else:
            alarms.append(bool((scores >= threshold).any()))
    for estimate, counted in (
        (recall_at(searches, k), hits),
        (fnir(searches, threshold), misses),
        (fpir(searches, threshold), alarms),
    ):
        assert (not counted and np.isnan(estimate.value)) or estimate.value == pytest.approx(np.mean(counted))
        assert not estimate.has_interval or 0 <= estimate.low <= estimate.value <= estimate.high <= 1


@settings(max_examples=30, deadline=None)
@given(seed=some.integers(0, 10_000))
def test_more_candidates_find_more_and_a_higher_threshold_less(seed: int) -> None:
    """Recall rises with k; FNIR rises and FPIR falls with the threshold."""
    searches = made(seed)
    recalls = [recall_at(searches, k).value for k in range(1, 6)]
    missed = [fnir(searches, bound).value for bound in (0.2, 0.5, 0.9)]
    taken = [fpir(searches, bound).value for bound in (0.2, 0.5, 0.9)]
    assert recalls == sorted(recalls) and missed == sorted(missed) and taken == sorted(taken, reverse=True)


def _two_groups(seed: int, people: int = 60, each: int = 4) -> Searches:
    """Enrolled people with scores around 0.8, strangers around 0.4, each with a level of their own."""
    generator = np.random.default_rng(seed)
    names = np.repeat(np.arange(2 * people), each)
    mated = names < people
    level = np.where(mated, 0.8, 0.4) + 0.05 * generator.standard_normal(2 * people)[names]
    scores = (level + 0.05 * generator.standard_normal(len(names)))[:, None]
    return Searches(names, np.where(mated, names, -2)[:, None], scores, mated, people)


def test_the_threshold_keeps_its_promise_on_other_strangers() -> None:
    """FPIR on strangers who took no part is about what was asked; FNIR holds what the threshold costs."""
    point = operating_point(_two_groups(0), 0.1)
    assert point.threshold.low <= point.threshold.value <= point.threshold.high
    assert point.checked.low < 0.1 < point.checked.high
    assert 0 <= point.fnir.low <= point.fnir.value <= point.fnir.high < 0.1
    other = _two_groups(1)
    assert fpir(other, point.threshold.value).low < 0.1 < fpir(other, point.threshold.value).high


def test_a_threshold_that_might_be_lower_might_miss_nobody() -> None:
    """Where all mates lie just below it, resamples of strangers say how far FNIR may fall."""
    strangers = np.random.default_rng(1).uniform(0, 1, 400)
    drawn = Searches(np.arange(400), np.full((400, 1), -2), strangers[:, None], np.zeros(400, bool), 100)
    bound = operating_point(drawn, 0.1).threshold
    assert bound.low < bound.value - 0.01
    mates = np.full(100, bound.value - 1e-3)
    both = Searches(
        np.arange(500),
        np.r_[np.full(400, -2), np.arange(400, 500)][:, None],
        np.r_[strangers, mates][:, None],
        np.arange(500) >= 400,
        100,
    )
    missed = operating_point(both, 0.1).fnir
    assert missed.value == 1 and missed.low < 0.1


def test_a_whole_record() -> None:
    """Recalls beyond the candidates are left out; what cannot be told says why."""
    found = identification(_two_groups(0), (0.1, 1e-6), (1, 5))
    assert [recall.name for recall in found.recalls] == ["rank-1"]
    assert (found.mated, found.strangers) == (240, 240)
    assert np.isnan(found.points[1].fnir.value) and "cannot tell" in found.points[1].fnir.method


def test_without_strangers_only_recall_is_told() -> None:
    """And without mated probes only the threshold."""
    searches = _two_groups(0)
    closed = identification(searches.part(np.flatnonzero(searches.mated)), (0.1,))
    assert closed.recalls[0].value == 1 and np.isnan(closed.points[0].threshold.value)
    only = identification(searches.part(np.flatnonzero(~searches.mated)), (0.1,))
    assert np.isnan(only.recalls[0].value) and np.isfinite(only.points[0].threshold.value)


@pytest.mark.parametrize("scores", [[[0.1, 0.2]], [[np.nan, 0.1]], [[0.2]]])
def test_what_is_no_search_is_told(scores: list[list[float]]) -> None:
    """Rising scores, no numbers, another shape."""
    with pytest.raises(DataError):
        Searches(np.array([0]), np.array([[0, 1]]), np.array(scores), np.array([True]), 2)
