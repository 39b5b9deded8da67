"""How examples are divided and differences are judged."""

import numpy as np
import pytest

pytest.importorskip("keras")

from vandap.exam.decisive._comparison import GROUPS, LARGEST_HELD_OUT, divisions, grouped, paired_interval, within
from vandap.watch.kept import Batch


@pytest.mark.parametrize("count", [64, 100, 10_000])
def test_no_example_is_on_both_sides(count):
    """A quarter is held out, up to a bound; inputs and targets stay together."""
    data = Batch(np.arange(count), np.arange(count) * 2)
    for train, held_out in divisions(data, np.random.default_rng(0)):
        assert sorted([*train.x, *held_out.x]) == list(range(count))
        assert held_out.examples == min(count // 4, LARGEST_HELD_OUT)
        assert np.array_equal(train.y, train.x * 2)


@pytest.mark.parametrize(("count", "folds"), [(64, 4), (1200, 2), (10_000, 1)])
def test_few_examples_are_held_out_in_turn(count, folds):
    """No example is held out twice, and where many can be held out at once, one division will do."""
    parts = divisions(Batch(np.arange(count)), np.random.default_rng(0))
    held_out = np.concatenate([part.x for _, part in parts])
    assert len(parts) == folds
    assert len(np.unique(held_out)) == len(held_out)


def test_further_divisions_are_tried_only_in_time():
    """The first one always is."""
    assert list(within("abcd", 0.0)) == ["a"]
    assert list(within("abcd", np.inf)) == list("abcd")


@pytest.mark.parametrize("count", [1, 5, 31, 32, 100, 1024])
def test_groups_are_equal_and_use_nearly_all_examples(count):
    """Keras compiles once for one size."""
    groups = grouped(Batch(np.arange(count)))
    sizes = {group.examples for group in groups}
    assert len(sizes) == 1
    assert len(groups) * sizes.pop() > count * 0.9 - GROUPS / 8
    assert len(groups) < 2 * GROUPS


def test_an_interval_holds_the_mean_and_shrinks_with_more_examples():
    """One difference alone says nothing."""
    random = np.random.default_rng(0)
    few, many = (paired_interval(random.normal(1, 1, count)) for count in (8, 800))
    assert few[1] < few[0] < few[2]
    assert many[2] - many[1] < (few[2] - few[1]) / 4
    assert paired_interval(np.array([1.0]))[1:] == (-np.inf, np.inf)


def test_the_interval_holds_what_it_promises():
    """95 % of intervals over normal differences hold their mean, within simulation error."""
    random = np.random.default_rng(1)
    hits = [low <= 0 <= high for _, low, high in (paired_interval(random.normal(size=GROUPS)) for _ in range(2000))]
    assert np.mean(hits) == pytest.approx(0.95, abs=0.02)
