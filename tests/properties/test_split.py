"""What holds of every split, whatever the data."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from made_contents import SPEC, contents, table

from vandap.core.dataset import Split
from vandap.core.recipe import DataSpec
from vandap.data.split import make_split
from vandap.errors import DataError

seeds = st.integers(0, 2**31 - 1)


@st.composite
def targets(draw: st.DrawFn, least: int = 30, most: int = 300, classes: int = 5) -> np.ndarray:
    """Class codes with uneven counts, at least 3 rows of each class."""
    counts = draw(st.lists(st.integers(3, most // classes), min_size=2, max_size=classes))
    counts[0] += max(0, least - sum(counts))
    codes = np.repeat(np.arange(len(counts)), counts)
    return np.random.default_rng(draw(seeds)).permutation(codes).astype(np.int32)


def parts_of(split: Split) -> list[np.ndarray]:
    """Train, validation and test."""
    return [split.train, split.validation, split.test]


def straddling(label: np.ndarray, parts: list[np.ndarray]) -> set[int]:
    """Labels that stand in more than one part."""
    held = [set(label[part].tolist()) for part in parts]
    return {value for index, one in enumerate(held) for other in held[index + 1 :] for value in one & other}


@settings(deadline=None, max_examples=60)
@given(target=targets(), seed=seeds, folds=st.sampled_from([None, 0, 3]))
def test_parts_are_disjoint_and_complete(target: np.ndarray, seed: int, folds: int | None) -> None:
    """Each row stands in exactly one part, in ascending order, and the folds are a partition of train."""
    split, _ = make_split(contents(table(len(target)), target), DataSpec("memory", folds=folds), seed)
    assert sorted(np.concatenate(parts_of(split)).tolist()) == list(range(len(target)))
    assert all(np.all(np.diff(part) > 0) for part in (*parts_of(split), *split.folds))
    assert bool(split.folds) != bool(len(split.validation))
    if split.folds:
        assert sorted(np.concatenate(split.folds).tolist()) == split.train.tolist()


@settings(deadline=None, max_examples=40)
@given(target=targets(), seed=seeds)
def test_each_class_keeps_its_share(target: np.ndarray, seed: int) -> None:
    """Without groups and copies, a class's rows in a part differ from its share of the part by less than one row."""
    split, _ = make_split(contents(table(len(target)), target), DataSpec("memory", folds=0), seed)
    total = np.bincount(target)
    test = np.bincount(target[split.test], minlength=len(total))
    validation = np.bincount(target[split.validation], minlength=len(total))
    assert np.all(np.abs(test - 0.2 * total) < 1)
    usual = total - test >= 3
    assert np.all(np.abs(validation - 0.2 * (total - test))[usual] < 1)
    assert np.all((total - test - validation) >= 2)


@settings(deadline=None, max_examples=30)
@given(target=targets(), seed=seeds)
def test_the_seed_decides(target: np.ndarray, seed: int) -> None:
    """The same seed gives the same split."""
    made = contents(table(len(target)), target)
    one, other = (make_split(made, SPEC, seed)[0] for _ in range(2))
    for left, right in zip((*parts_of(one), *one.folds), (*parts_of(other), *other.folds), strict=True):
        np.testing.assert_array_equal(left, right)


@settings(deadline=None, max_examples=60)
@given(target=targets(), seed=seeds, count=st.integers(6, 60), folds=st.sampled_from([None, 0]))
def test_groups_never_straddle(target: np.ndarray, seed: int, count: int, folds: int | None) -> None:
    """No group stands in two parts, nor in two folds; no part is empty."""
    groups = np.random.default_rng(seed).integers(0, count, len(target))
    if len(np.unique(groups)) < 6:
        return
    made = contents(table(len(target)), target, groups=groups)
    split, _ = make_split(made, DataSpec("memory", group="g", folds=folds), seed)
    held = [split.test, *split.folds] if split.folds else parts_of(split)
    assert all(len(part) for part in held)
    assert not straddling(groups, held)


@settings(deadline=None, max_examples=60)
@given(target=targets(), seed=seeds, share=st.floats(0.05, 0.6), grouped=st.booleans())
def test_copies_never_straddle(target: np.ndarray, seed: int, share: float, grouped: bool) -> None:
    """Equal inputs stand in one part and one fold, with and without groups."""
    generator = np.random.default_rng(seed)
    hashes = np.arange(len(target), dtype=np.uint64)
    copied = generator.random(len(target)) < share
    hashes[copied] = generator.integers(0, len(target) // 3, int(copied.sum()))
    groups = generator.integers(0, 20, len(target)) if grouped else None
    made = contents(table(len(target)), target, hashes=hashes, groups=groups)
    try:
        split, _ = make_split(made, DataSpec("memory", group="g" if grouped else None), seed)
    except DataError:
        assert grouped  # groups that share copies may melt into one
        return
    held = [split.test, *split.folds] if split.folds else parts_of(split)
    assert not straddling(hashes.astype(np.int64), held)


@settings(deadline=None, max_examples=60)
@given(target=targets(), seed=seeds, distinct=st.integers(4, 100), unknown=st.integers(0, 5))
def test_the_past_trains_and_the_future_tests(target: np.ndarray, seed: int, distinct: int, unknown: int) -> None:
    """Every training time lies before every validation time, and those before every test time; ties never straddle."""
    generator = np.random.default_rng(seed)
    time = generator.integers(0, distinct, len(target)).astype(float)
    time[:unknown] = np.nan
    if len(np.unique(time[unknown:])) < 4:
        return
    split, notes = make_split(contents(table(len(target)), target, time=time), DataSpec("memory", time="t"), seed)
    assert time[split.train].max() < time[split.validation].min()
    assert time[split.validation].max() < time[split.test].min()
    assert sum(map(len, parts_of(split))) == len(target) - unknown
    assert not split.folds
    assert bool(unknown) == any("without a time" in note for note in notes)


@settings(deadline=None, max_examples=30)
@given(rows=st.integers(30, 300), seed=seeds)
def test_regression_parts_cover_the_target(rows: int, seed: int) -> None:
    """The test part holds a fifth of the rows, of the lower half of the targets as of the upper."""
    target = np.random.default_rng(seed).lognormal(size=rows)
    split, _ = make_split(contents(table(rows), target), SPEC, seed)
    lower = target < np.median(target)
    assert abs(len(split.test) - 0.2 * rows) < 1
    assert abs(lower[split.test].sum() - 0.2 * lower.sum()) < 2
