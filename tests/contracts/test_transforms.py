"""What every data transform must do."""

from __future__ import annotations

import numpy as np
import pytest

from vandap.core.dataset import Dataset
from vandap.core.family import members
from vandap.core.recipe import Change, DataSpec
from vandap.data import transforms as family
from vandap.data.examples import count
from vandap.data.hashing import hash_raw
from vandap.data.load import load, transformed
from vandap.data.transforms._transform import Transform
from vandap.errors import UsageError

TRANSFORMS = {member.slug: member for member in members(family, Transform)}
SOURCES = ("bundled:digits", "bundled:iris")


def _dataset(source: str) -> Dataset:
    return load(DataSpec(source), 0)[0]


def _pairs() -> list[tuple[str, str]]:
    return [
        (slug, source)
        for slug in TRANSFORMS
        for source in SOURCES
        if (slug, source) != ("swap-image-axes", "bundled:iris")
    ]


def _content(dataset: Dataset) -> tuple:
    """All that a training would see: inputs, targets and parts."""
    rows = np.arange(len(dataset.examples))
    split = dataset.split
    parts = [split.train, split.validation, split.test, *split.folds]
    return hash_raw(dataset.examples.take(rows)).tolist(), dataset.target.tolist(), [part.tolist() for part in parts]


@pytest.mark.parametrize(("slug", "source"), _pairs())
def test_changes_the_data_and_says_so(slug: str, source: str) -> None:
    """The data differ afterwards, a note says why, and the data set given stays as it was."""
    before = _dataset(source)
    content = _content(before)
    after = transformed(before, (Change(slug),), 0)
    assert _content(after) != content
    assert _content(before) == content
    assert len(after.notes) == len(before.notes) + 1


@pytest.mark.parametrize(("slug", "source"), _pairs())
def test_same_seed_same_data(slug: str, source: str) -> None:
    """The edit depends on the seed alone."""
    dataset = _dataset(source)
    first, second = (transformed(dataset, (Change(slug),), 3) for _ in range(2))
    assert _content(first) == _content(second)


@pytest.mark.parametrize(("slug", "source"), _pairs())
def test_result_is_a_sound_data_set(slug: str, source: str) -> None:
    """Rows have one target each, the parts are disjoint, the folds still partition the training part."""
    after = transformed(_dataset(source), (Change(slug),), 0)
    split = after.split
    assert len(after.target) == len(after.examples)
    used = np.concatenate([split.train, split.validation, split.test])
    assert len(used) == len(np.unique(used)) and used.max() < len(after.examples)
    if split.folds:
        assert sorted(np.concatenate(split.folds).tolist()) == sorted(split.train.tolist())
    assert count(after.examples.take(used[::-1])) == len(used)


@pytest.mark.parametrize(("slug", "source"), _pairs())
def test_the_test_part_keeps_its_targets(slug: str, source: str) -> None:
    """Only shifted codes reach the test part's targets: every other fault is judged against the truth."""
    before = _dataset(source)
    after = transformed(before, (Change(slug),), 0)
    assert np.array_equal(before.split.test, after.split.test)
    if slug != "shift-labels":
        assert np.array_equal(before.target[before.split.test], after.target[after.split.test])


@pytest.mark.parametrize("slug", TRANSFORMS)
def test_unknown_settings_are_refused(slug: str) -> None:
    """A setting that the transform does not have is a UsageError."""
    with pytest.raises(UsageError):
        transformed(_dataset("bundled:digits"), (Change(slug, {"no_such_setting": 1}),), 0)


def test_unknown_transform_is_refused() -> None:
    """A slug that names no transform is a UsageError that lists the known ones."""
    with pytest.raises(UsageError, match="leak-target"):
        transformed(_dataset("bundled:iris"), (Change("no-such-transform"),), 0)
