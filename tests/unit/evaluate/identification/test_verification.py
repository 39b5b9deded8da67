"""TAR at FAR beside its definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from vandap.errors import DataError
from vandap.evaluate.identification import verification
from vandap.evaluate.identification.verification import pairs, tar_at_far, threshold_at_far


def made(seed: int, people: int = 12, each: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Pictures around people."""
    generator = np.random.default_rng(seed)
    centres = np.repeat(generator.standard_normal((people, 8)), each, axis=0)
    names = np.repeat([f"p{n}" for n in range(people)], each)
    return centres + generator.standard_normal(centres.shape), names


@settings(max_examples=25, deadline=None)
@given(seed=some.integers(0, 1000), far=some.floats(0.02, 0.5))
def test_tar_is_its_definition(seed: int, far: float) -> None:
    """All pairs, one by one: at most the share of impostors is above the threshold, and as many as can be."""
    vectors, names = made(seed)
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines, one, other = (units @ units.T).astype(np.float64), *np.triu_indices(len(names), 1)
    same = names[one] == names[other]
    impostor, genuine = np.sort(cosines[one, other][~same])[::-1], cosines[one, other][same]
    found = pairs(vectors, names)
    bound = threshold_at_far(found, far)
    assert bound == pytest.approx(impostor[int(far * len(impostor))], abs=1e-5)
    assert tar_at_far(found, far).value == pytest.approx((genuine > bound + 1e-6).mean(), abs=0.02)


def test_the_interval_is_over_people() -> None:
    """It holds the value, narrows with more people, and there is none for few."""
    few, many = (tar_at_far(pairs(*made(1, people)), 0.1) for people in (12, 60))
    assert few.low <= few.value <= few.high and many.high - many.low < few.high - few.low
    assert not tar_at_far(pairs(*made(1, 6)), 0.1).has_interval


def test_a_perfect_separation_is_not_certain() -> None:
    """All right on 12 people is bounded as by Wilson."""
    vectors, names = np.repeat(np.eye(12), 3, axis=0), np.repeat(np.arange(12), 3)
    found = tar_at_far(pairs(vectors + 0.01, names), 0.1)
    assert found.value == 1 and 0.7 < found.low < 0.8


@pytest.mark.parametrize("owners", [3, 12])
def test_people_with_one_picture_do_not_narrow_it(owners: int) -> None:
    """They are in no pair of one person: as sure as with those alone who are, and unsure where these are few."""
    alone = np.eye(200)
    vectors, names = np.concatenate([alone, alone[:owners]]) + 0.01, np.r_[np.arange(200), np.arange(owners)]
    found = tar_at_far(pairs(vectors, names), 0.1)
    assert found.value == 1 and found.count == owners and found.has_interval is (owners == 12)
    assert owners == 3 or 0.7 < found.low < 0.8


def test_too_few_pairs_tell_nothing() -> None:
    """The estimate says how many are needed."""
    found = tar_at_far(pairs(*made(0)), 1e-4)
    assert np.isnan(found.value) and "100,000" in found.method


def test_many_pairs_are_sampled() -> None:
    """A part of them gives nearly the same."""
    vectors, names = made(3, 40)
    whole, part = (tar_at_far(pairs(vectors, names, most), 0.05).value for most in (10**6, 6000))
    assert part == pytest.approx(whole, abs=0.05)


def test_of_one_person_so_many_pairs_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of two pictures, drawn by the seed; of people with few pictures all, and the value is nearly the same."""
    vectors, names = made(3, 10, 40)
    vectors, names = np.concatenate([vectors, vectors[:3]]), np.r_[names, ["other"] * 3]
    whole = pairs(vectors, names)
    monkeypatch.setattr(verification, "_MOST_OF_ONE", 300)
    part, again = pairs(vectors, names), pairs(vectors, names)
    assert np.bincount(whole.owner).tolist() == [3, *[780] * 10]
    assert np.bincount(part.owner).tolist() == [3, *[300] * 10]
    assert np.array_equal(part.genuine, again.genuine) and part.genuine.max() < 0.999
    assert tar_at_far(part, 0.05).value == pytest.approx(tar_at_far(whole, 0.05).value, abs=0.05)


def test_no_pairs_are_told() -> None:
    """One picture each, or one person."""
    for names in (np.arange(4), np.zeros(4)):
        with pytest.raises(DataError):
            pairs(np.eye(4), names)
