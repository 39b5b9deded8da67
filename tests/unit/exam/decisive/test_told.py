"""Whether columns of few values tell the answers."""

import numpy as np
import pytest

from vandap.exam.decisive._told import told_by_few_values


def test_a_flag_or_two_tell_all_answers():
    """Beside any numbers, and in another input."""
    random = np.random.default_rng(0)
    flags, numbers = random.integers(0, 2, (300, 2)), random.normal(size=(300, 3))
    either = flags[:, 0] ^ (flags[:, 0] & flags[:, 1])
    assert told_by_few_values([np.column_stack([numbers, flags])], flags[:, 0]) == 1
    assert told_by_few_values([numbers, flags], either) == 1


def test_numbers_tell_nothing():
    """However well they would; neither do images, nor rows that have all the same answer."""
    random = np.random.default_rng(0)
    numbers = random.normal(size=(300, 3))
    answers = (numbers[:, 0] > 0).astype(int)
    assert told_by_few_values([numbers], answers) == 0
    assert told_by_few_values([np.ones((300, 4, 4))], answers) == 0
    assert told_by_few_values([answers], np.zeros(300, int)) == 0


def test_a_column_that_tells_half_of_the_answers():
    """The share counts beyond the most frequent answer."""
    answers = np.array([0] * 50 + [1] * 50)
    column = np.array([0] * 75 + [1] * 25)
    assert told_by_few_values([column], answers) == pytest.approx(0.5)
