"""The ranks of given labels among answers."""

import numpy as np
import pytest

from vandap.exam.decisive._ranks import groups_of_ranks, lower_end


def _scores(right: np.ndarray, classes: int, random: np.random.Generator) -> np.ndarray:
    scores = random.normal(size=(len(right), classes))
    scores[np.arange(len(right)), right] += 20
    return scores


@pytest.mark.parametrize("classes", [4, 5, 10])
def test_the_share_of_labels_by_chance_is_estimated(classes):
    """Within its sampling error, in all rows and in the surer half; the interval lies below."""
    random = np.random.default_rng(0)
    right = random.integers(0, classes, 4000)
    given = np.where(random.random(4000) < 0.4, random.integers(0, classes, 4000), right)
    for group in groups_of_ranks(_scores(right, classes, random), given):
        assert group.noise == pytest.approx(0.4, abs=0.12)
        assert group.noise_low < group.noise
        assert group.agreement == pytest.approx(0.6 + 0.4 / classes, abs=0.08)


def test_confusion_of_two_classes_leaves_no_floor():
    """The label stands first or second."""
    random = np.random.default_rng(0)
    right = random.integers(0, 6, 1000)
    scores = _scores(right, 6, random)
    scores[np.arange(1000), right ^ 1] += 19.5
    everything, *_ = groups_of_ranks(scores, np.where(random.random(1000) < 0.5, right, right ^ 1))
    assert everything.noise == 0
    assert everything.agreement + everything.second == pytest.approx(1)


def test_rows_that_tell_nothing_are_not_among_the_surest():
    """Half of the rows have answers by chance, without a clear winner."""
    random = np.random.default_rng(0)
    right = random.integers(0, 8, 2000)
    scores = _scores(right, 8, random)
    scores[1000:] = random.normal(size=(1000, 8)) / 10
    everything, half, surest, _ = groups_of_ranks(scores, right)
    assert everything.noise > 0.4
    assert half.noise < 0.02
    assert surest.noise == 0


def test_wrong_labels_of_two_classes_contradict_each_answer_where_it_is_sure() -> None:
    """Three tenths are wrong everywhere; a class that is never the answer bounds nothing."""
    random = np.random.default_rng(0)
    right = random.integers(0, 2, 2000)
    given = np.where(random.random(2000) < 0.3, 1 - right, right)
    everything, half, _, rest = groups_of_ranks(_scores(right, 2, random), given)
    assert everything.examples == half.examples + rest.examples
    assert 0.2 < half.contradicted_low < 0.3
    assert rest.agreement == pytest.approx(half.agreement, abs=0.06)
    never = np.column_stack([np.ones(100), np.zeros(100)])
    assert groups_of_ranks(never, random.integers(0, 2, 100))[0].contradicted_low == 0


def test_bounds():
    """No success bounds nothing; the bound of a half of 100 is that of Clopper and Pearson."""
    assert lower_end(0, 50) == 0
    assert lower_end(50, 100) == pytest.approx(0.3983, abs=1e-3)
