"""How examples are divided: copies and neighbours on one side."""

import numpy as np
import pytest

pytest.importorskip("keras")

from vandap.core.program import FitCall
from vandap.exam.decisive import _copies
from vandap.exam.decisive._copies import copies
from vandap.exam.decisive._divisions import BLOCKS, LARGEST_HELD_OUT, by_blocks, divisions, within
from vandap.exam.decisive._test import NotPossibleError
from vandap.watch.kept import Batch, Kept


def kept(shuffle=True):
    """A training of which only its call is known."""
    return Kept(None, None, Batch(np.zeros(1)), fit=FitCall("arrays", shuffle=shuffle))


def divided(data, shuffle=True):
    """The divisions of such a training's data."""
    return divisions(kept(shuffle), data, np.random.default_rng(0))


@pytest.mark.parametrize("count", [64, 100, 10_000])
def test_no_example_is_on_both_sides(count):
    """A quarter is held out, up to a bound; inputs and targets stay together."""
    data = Batch(np.arange(count), np.arange(count) * 2)
    for train, held_out in divided(data):
        assert sorted([*train.x, *held_out.x]) == list(range(count))
        assert held_out.examples == min(count // 4, LARGEST_HELD_OUT)
        assert np.array_equal(train.y, train.x * 2)


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize(("count", "folds"), [(64, 4), (1200, 2), (10_000, 1)])
def test_few_examples_are_held_out_in_turn(count, folds, shuffle):
    """No example is held out twice, and where many can be held out at once, one division will do."""
    parts = divided(Batch(np.arange(count)), shuffle)
    held_out = np.concatenate([part.x for _, part in parts])
    assert len(parts) == folds
    assert len(np.unique(held_out)) == len(held_out)


def test_further_divisions_are_tried_only_in_time():
    """The first one always is."""
    assert list(within("abcd", 0.0)) == ["a"]
    assert list(within("abcd", np.inf)) == list("abcd")


def _oversampled(random):
    """Two hundred rows, and twenty of another class of which each is there ten times; the number of each row."""
    rows = random.permutation(np.r_[:200, np.repeat(np.arange(200, 220), 10)])
    return Batch(random.normal(size=(220, 5))[rows], rows)


def test_copies_of_an_example_are_on_one_side():
    """Rows repeated to balance classes: each held-out one counts once, and no copy of it is trained on."""
    parts = divided(_oversampled(np.random.default_rng(1)))
    for train, held_out in parts:
        assert not set(train.y) & set(held_out.y)
        assert len(set(held_out.y)) == held_out.examples == 55
        assert np.unique(train.y[train.y >= 200], return_counts=True)[1].max() > 5
    assert {train.examples for train, _ in parts} == {parts[0][0].examples}  # one compilation, one order
    assert len(set(np.concatenate([held_out.y for _, held_out in parts]))) == 220


def test_all_inputs_count_together():
    """Rows are copies where every input is alike, whatever its type."""
    random = np.random.default_rng(2)
    pairs = {"words": np.array(list("ab") * 50, dtype=object), "numbers": random.normal(size=(100, 3))}
    assert np.array_equal(copies(Batch(pairs)), np.arange(100))
    doubled = Batch({name: np.concatenate([part, part]) for name, part in pairs.items()})
    assert np.array_equal(copies(doubled), np.tile(np.arange(100), 2))


def test_rows_that_are_alike_by_chance_are_no_copies():
    """A truth table has eight different rows, and new ones are like them: to hold some out would ask the impossible."""
    random = np.random.default_rng(3)
    table = Batch(random.integers(0, 2, (400, 3)))
    assert np.array_equal(copies(table), np.arange(400))
    assert divided(table)[0][0].examples == 300
    repeated = Batch(np.repeat(random.normal(size=(40, 20)), 10, axis=0))
    assert len(np.unique(copies(repeated))) == 40


def test_too_few_different_examples_are_not_divided():
    """What would be said of so few would be chance."""
    with pytest.raises(NotPossibleError, match="copies of 40 different"):
        divided(Batch(np.repeat(np.random.default_rng(3).normal(size=(40, 20)), 10, axis=0)))


def test_only_digests_are_kept_of_the_rows(monkeypatch):
    """The memory does not grow with the size of an example."""
    sizes = []
    monkeypatch.setattr(
        _copies, "_digest", lambda arrays, row, digest=_copies._digest: sizes.append(len(digest(arrays, row))) or b"x"
    )
    _copies.same_inputs(Batch(np.zeros((4, 100, 100))))
    assert set(sizes) == {16}


@pytest.mark.parametrize("count", [64, 500, 3000])
def test_a_series_is_held_out_in_blocks(count):
    """Windows that share values with held-out ones are left out, as far as blocks are long enough."""
    windows = np.lib.stride_tricks.sliding_window_view(np.arange(count + 5), 6)
    parts = divided(Batch(windows), shuffle=False)
    for train, held_out in parts:
        ends = np.flatnonzero(np.diff(held_out.x[:, 0]) != 1)
        assert len(ends) < BLOCKS
        assert np.all(np.diff(train.x[:, 0]) > 0)
        far = np.abs(train.x[:, :1] - held_out.x[:, 0]).min(axis=1)
        assert far.min() > min(6, held_out.examples // BLOCKS // 2)
    assert {train.examples for train, _ in parts} == {parts[0][0].examples}


def test_groups_of_one_block_count_as_one():
    """Successive losses of a series are alike: only blocks are independent."""
    losses = np.arange(32.0)
    assert np.array_equal(by_blocks(kept(), losses), losses)
    assert np.array_equal(by_blocks(kept(shuffle=False), losses), losses.reshape(BLOCKS, -1).mean(axis=1))
    assert len(by_blocks(kept(shuffle=False), losses[:3])) == 3
