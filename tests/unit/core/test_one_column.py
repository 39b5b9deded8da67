"""The small tree on one column."""

import tracemalloc

import numpy as np
import pytest

from vandap.core.one_column import one_column_skill

RNG = np.random.default_rng(0)
NUMBERS = RNG.normal(size=600)


def test_a_column_that_decides_is_perfect_and_noise_knows_nothing():
    """Classes by a bound, and by several intervals."""
    assert one_column_skill(NUMBERS, (NUMBERS > 0.5).astype(int), True) > 0.97
    assert one_column_skill(NUMBERS, (np.abs(NUMBERS) > 0.5).astype(int), True) > 0.9
    assert one_column_skill(NUMBERS, RNG.integers(0, 3, 600), True) < 0.1


def test_numbers_are_judged_by_their_variance():
    """Sixteen steps explain nearly all of a straight line, and nothing of another column."""
    assert one_column_skill(NUMBERS, 3 * NUMBERS + 7, False) > 0.95
    assert one_column_skill(RNG.normal(size=600), NUMBERS, False) < 0.1


def test_what_is_missing_is_a_value():
    """A refund date that is missing where there was no refund gives the answer away."""
    target = RNG.integers(0, 2, 600)
    assert one_column_skill(np.where(target == 1, NUMBERS, np.nan), target, True) == pytest.approx(1.0)


def test_a_constant_column_and_a_constant_target_know_nothing():
    """There is nothing to split, or nothing to say."""
    assert one_column_skill(np.ones(60), np.arange(60) % 2, True) <= 0
    assert one_column_skill(NUMBERS, np.zeros(600), False) == 0


def test_groups_are_held_out_as_a_whole() -> None:
    """A number that only names the patient, whose rows share a label by chance, tells nothing about other patients."""
    patient = np.repeat(np.arange(20), 40)
    target = np.random.default_rng(0).permutation(20)[patient] % 2
    assert one_column_skill(patient, target, True) > 0.3
    assert one_column_skill(patient, target, True, groups=patient) < 0.1


def test_many_classes_take_no_square_of_their_number():
    """Of 10,000 classes a few occur among the rows: only those are answers."""
    target = np.where(NUMBERS > 0, 9_999, 3)
    tracemalloc.start()
    assert one_column_skill(NUMBERS, target, True) > 0.9
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5e6
