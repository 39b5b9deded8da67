"""Whether a column or two tell the answers."""

import numpy as np
import pytest

from vandap.exam.decisive._told import told_by_a_column


def test_a_flag_or_two_tell_all_answers():
    """Beside any numbers, and in another input."""
    random = np.random.default_rng(0)
    flags, numbers = random.integers(0, 2, (300, 2)), random.normal(size=(300, 3))
    either = flags[:, 0] ^ (flags[:, 0] & flags[:, 1])
    assert told_by_a_column([np.column_stack([numbers, flags])], flags[:, 0]) == 1
    assert told_by_a_column([numbers, flags], either) == 1


def test_a_limit_on_one_number_tells_nearly_all():
    """Numbers count in eighths; a flag beside the limit is seen, too."""
    random = np.random.default_rng(0)
    numbers, flag = random.normal(size=(800, 3)), random.integers(0, 2, 800)
    assert told_by_a_column([numbers], (numbers[:, 0] > 0.4).astype(int)) > 0.7
    assert told_by_a_column([numbers, flag], ((numbers[:, 0] > 0) & (flag == 1)).astype(int)) > 0.9


def test_several_numbers_together_are_not_told_by_one():
    """Neither are images, nor answers that are all the same."""
    random = np.random.default_rng(0)
    numbers = random.normal(size=(800, 3))
    answers = (numbers.sum(axis=1) > 0).astype(int)
    assert told_by_a_column([numbers], answers) < 0.5
    assert told_by_a_column([np.ones((800, 4, 4))], answers) == 0
    assert told_by_a_column([answers], np.zeros(800, int)) == 0


def test_a_column_that_tells_half_of_the_answers():
    """The share counts beyond the most frequent answer."""
    answers = np.array([0] * 50 + [1] * 50)
    column = np.array([0] * 75 + [1] * 25)
    assert told_by_a_column([column], answers) == pytest.approx(0.5)
