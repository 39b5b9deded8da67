"""Splits of given parts, rare classes and data that cannot be split."""

from __future__ import annotations

import numpy as np
import pytest
from made_contents import SPEC, contents, images, table

from vandap.core.recipe import DataSpec
from vandap.data.examples import ArrayExamples, TableExamples
from vandap.data.split import make_split
from vandap.errors import DataError, UsageError


def binary(rows: int) -> np.ndarray:
    """Two classes that take turns."""
    return (np.arange(rows) % 2).astype(np.int32)


def named(train: int, validation: int = 0, test: int = 0) -> np.ndarray:
    """Given parts, one after another."""
    return np.repeat(np.array(["train", "validation", "test"]), [train, validation, test])


def test_three_given_parts_are_kept() -> None:
    """The user's parts are the split, even where copies straddle them."""
    hashes = np.arange(60, dtype=np.uint64)
    hashes[-1] = hashes[0]
    made = contents(table(60), binary(60), parts=named(40, 10, 10), hashes=hashes)
    split, _ = make_split(made, SPEC, 0)
    assert (split.train.tolist(), split.test.tolist()) == (list(range(40)), list(range(50, 60)))
    assert split.given
    assert not split.folds


def test_validation_is_cut_from_given_training_rows() -> None:
    """A given test part stays; validation comes from the training rows, and copies stay together."""
    hashes = np.arange(100, dtype=np.uint64)
    hashes[:80] //= np.uint64(2)
    made = contents(table(100), binary(100), parts=named(80, 0, 20), hashes=hashes)
    split, _ = make_split(made, DataSpec("memory", folds=0), 0)
    assert split.test.tolist() == list(range(80, 100))
    assert len(split.validation) == 16
    assert not set(hashes[split.validation]) & set(hashes[split.train])


def test_few_given_training_rows_are_folded() -> None:
    """With a given test part and few rows, the training rows are folded."""
    split, _ = make_split(contents(table(100), binary(100), parts=named(80, 0, 20)), SPEC, 0)
    assert [len(fold) for fold in split.folds] == [16] * 5
    assert split.given


def test_test_is_cut_where_only_validation_is_given() -> None:
    """A given validation part stays a validation part; the test is set aside from training rows, and this is said."""
    split, notes = make_split(contents(table(100), binary(100), parts=named(80, 20)), SPEC, 0)
    assert split.validation.tolist() == list(range(80, 100))
    assert len(split.test) == 16
    assert any("No test part was given" in note for note in notes)


def test_parts_without_training_rows_are_refused() -> None:
    """Held-out rows alone cannot be used."""
    with pytest.raises(DataError, match="no row to train on"):
        make_split(contents(table(20), binary(20), parts=named(0, 0, 20)), SPEC, 0)


def test_folds_with_a_given_validation_part_are_refused() -> None:
    """--folds would do nothing, so it is an error."""
    with pytest.raises(UsageError, match="nothing to fold"):
        make_split(contents(table(60), binary(60), parts=named(40, 20)), DataSpec("memory", folds=4), 0)


def test_all_rows_named_train_are_split() -> None:
    """Parts that all carry one name give no split."""
    split, _ = make_split(contents(table(50), binary(50), parts=named(50)), SPEC, 0)
    assert len(split.test) == 10
    assert not split.given


def test_large_data_get_a_bounded_validation_part() -> None:
    """From 5,000 rows on there are no folds, and validation never exceeds 20,000 rows."""
    rows = 130_000
    split, _ = make_split(contents(table(rows), binary(rows), hashes=np.arange(rows, dtype=np.uint64)), SPEC, 0)
    assert not split.folds
    assert abs(len(split.validation) - 20_000) <= 1


@pytest.mark.parametrize(("positives", "share"), [(50, 0.2), (500, 0.125), (5_000, 0.0625), (5, 0.0625)])
def test_a_rare_class_has_more_validation_rows(positives: int, share: float) -> None:
    """Of 50 positives among 400,000 rows a fifth is held out, of 500 about fifty; all classes keep their shares."""
    rows = 400_000
    target = (np.arange(rows) % (rows // positives) == 0).astype(np.int32)
    split, _ = make_split(contents(table(rows), target, hashes=np.arange(rows, dtype=np.uint64)), SPEC, 0)
    held = target[split.validation].sum()
    assert len(split.validation) == pytest.approx(share * (rows - len(split.test)), abs=2)
    assert held == pytest.approx(share * 0.8 * positives, abs=1)


def test_rare_classes_train() -> None:
    """A class of two rows stays in training, and the user is told."""
    target = np.repeat([0, 1, 2], [50, 50, 2]).astype(np.int32)
    split, notes = make_split(contents(table(102), target), DataSpec("memory", folds=0), 0)
    assert (target[split.train] == 2).sum() == 2
    assert any("class 2" in note for note in notes)


@pytest.mark.parametrize(("smallest", "folds"), [(20, 5), (8, 3), (3, 5)])
def test_the_smallest_class_decides_the_folds(smallest: int, folds: int) -> None:
    """Five folds need ten rows of a class, three need six; a class with fewer does not decide, but is named."""
    target = np.repeat([0, 1], [100, smallest]).astype(np.int32)
    split, notes = make_split(contents(table(len(target)), target), SPEC, 0)
    assert len(split.folds) == folds
    assert any("every fold" in note for note in notes) == (smallest == 3)


@pytest.mark.parametrize("rows", [1, 9])
def test_too_few_rows_are_refused(rows: int) -> None:
    """Fewer than ten rows are an error that says what to do."""
    with pytest.raises(DataError, match="too few rows") as caught:
        make_split(contents(table(rows), binary(rows)), SPEC, 0)
    assert caught.value.hint


@pytest.mark.parametrize("groups", [1, 2])
def test_too_few_groups_are_refused(groups: int) -> None:
    """Three parts need three groups."""
    made = contents(table(40), binary(40), groups=np.arange(40) % groups)
    with pytest.raises(DataError, match="too few groups"):
        make_split(made, DataSpec("memory", group="patient"), 0)


def test_three_groups_fill_three_parts() -> None:
    """Three groups are enough: one a part."""
    made = contents(table(60), binary(60), groups=np.arange(60) % 3)
    split, _ = make_split(made, DataSpec("memory", group="patient", folds=0), 0)
    assert [len(split.train), len(split.validation), len(split.test)] == [20, 20, 20]


def test_rows_without_a_group_are_groups_of_their_own() -> None:
    """A missing group (code -1) keeps no rows together."""
    groups = np.where(np.arange(100) < 60, -1, np.arange(100) // 10)
    split, _ = make_split(contents(table(100), binary(100), groups=groups), DataSpec("memory", group="g"), 0)
    assert split.groups is not None
    assert len(np.unique(split.groups[:60])) == 60
    assert 15 <= len(split.test) <= 25


def test_groups_nested_in_classes() -> None:
    """Where each class stands in two groups only, the split still is made, with whole groups."""
    groups = np.arange(80) // 20
    target = (np.arange(80) // 40).astype(np.int32)
    split, _ = make_split(contents(table(80), target, groups=groups), DataSpec("memory", group="g", folds=0), 0)
    assert not set(groups[split.train]) & set(groups[split.test])
    assert len(split.test)


def test_group_and_time_contradict() -> None:
    """Both together are refused rather than one being ignored."""
    made = contents(table(40), binary(40), groups=np.arange(40) // 4, time=np.arange(40.0))
    with pytest.raises(UsageError, match="not both"):
        make_split(made, DataSpec("memory", group="g", time="t"), 0)


def test_one_moment_cannot_be_split() -> None:
    """A time column with one value is refused."""
    with pytest.raises(DataError, match="too few different times"):
        make_split(contents(table(40), binary(40), time=np.zeros(40)), DataSpec("memory", time="t"), 0)


def test_older_copies_are_left_out_of_a_time_split() -> None:
    """A training row that comes again in the future is left out, and this is said."""
    hashes = np.arange(100, dtype=np.uint64)
    hashes[99] = hashes[0]
    made = contents(table(100), binary(100), hashes=hashes, time=np.arange(100.0))
    split, notes = make_split(made, DataSpec("memory", time="t"), 0)
    assert 0 not in split.train
    assert 99 in split.test
    assert any("copy in a later part" in note for note in notes)


def test_validation_before_a_given_test_is_the_newest() -> None:
    """With a given test part and a time, validation is the newest of the training rows."""
    made = contents(table(100), binary(100), parts=named(80, 0, 20), time=np.arange(100.0))
    split, _ = make_split(made, DataSpec("memory", time="t"), 0)
    assert split.validation.tolist() == list(range(64, 80))


def test_identical_images_cannot_be_split() -> None:
    """Copies of a single image leave nothing to hold out."""
    same = images(1).take(np.zeros(30, int))
    with pytest.raises(DataError, match="part can be cut"):
        make_split(contents(ArrayExamples(same, "images"), binary(30)), SPEC, 0)


def test_few_combinations_are_split_as_they_come() -> None:
    """In a table of few distinct rows, equal rows are the population: every part looks like the whole."""
    generator = np.random.default_rng(0)
    columns = {name: generator.integers(0, 2, 500).astype(float) for name in "abc"}
    split, notes = make_split(contents(TableExamples(columns, 500), binary(500)), SPEC, 0)
    assert len(split.test) == 100
    assert any("8 distinct combinations" in note for note in notes)


def test_classes_that_are_all_rare_are_split() -> None:
    """Where every class is rare, none is kept from the test part, and nobody is told so."""
    target = (np.arange(10) % 5).astype(np.int32)
    split, notes = make_split(contents(table(10), target), SPEC, 0)
    assert len(split.test) == 2
    assert len(split.train) + len(split.validation) == 8
    assert not any("held out" in note for note in notes)


@pytest.mark.parametrize("regression", [False, True])
def test_two_sets_of_copies_are_too_few(regression: bool) -> None:
    """One set for the test leaves one, which can be neither folded nor cut."""
    hashes = np.arange(40, dtype=np.uint64) % np.uint64(2)
    target = np.arange(40.0) if regression else binary(40)
    made = contents(images(40), target, hashes=hashes)
    with pytest.raises(DataError, match="part can be cut"):
        make_split(made, SPEC, 0)


@pytest.mark.parametrize("folds", [1, 90])
def test_impossible_folds_are_refused(folds: int) -> None:
    """K must lie between 2 and the rows that can be dealt."""
    with pytest.raises(UsageError, match="that many folds"):
        make_split(contents(table(100), binary(100)), DataSpec("memory", folds=folds), 0)


def test_folds_on_demand() -> None:
    """K of the user's choice is made whatever the size."""
    rows = 8000
    made = contents(table(rows), binary(rows), hashes=np.arange(rows, dtype=np.uint64))
    split, _ = make_split(made, DataSpec("memory", folds=4), 0)
    assert [len(fold) for fold in split.folds] == [1600] * 4


def test_copies_are_told_beside_groups() -> None:
    """Rows that stay together as copies are known after the split; data without copies or groups need nothing kept."""
    hashes = np.arange(300) // 3
    split, _ = make_split(contents(table(300), binary(300), hashes=hashes), DataSpec("memory"), 0)
    assert split.groups is None
    assert split.together is not None and len(np.unique(split.together)) == 100
    assert all(len(np.unique(split.together[hashes == copy])) == 1 for copy in range(100))
    assert make_split(contents(table(300), binary(300)), DataSpec("memory"), 0)[0].together is None
    groups = np.arange(300) % 50
    both, _ = make_split(contents(table(300), binary(300), groups=groups), DataSpec("memory", group="g"), 0)
    np.testing.assert_array_equal(both.together, groups)
