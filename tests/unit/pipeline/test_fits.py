"""Which rows stop a network early."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_contents import contents, dataset, table

from vandap.core import rows as blockwise
from vandap.core.dataset import Dataset
from vandap.core.recipe import DataSpec
from vandap.pipeline.fits import stop_rows


def made(rows: int, target: np.ndarray) -> Dataset:
    """A table with one validation part."""
    return dataset(contents(table(rows), target), DataSpec("memory", folds=0))


@pytest.mark.parametrize("classes", [0, 2, 40])
def test_single_rows_are_drawn_as_groups_of_one(classes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without groups nothing is held for every row, and the same rows are drawn as if each were a group."""
    monkeypatch.setattr(blockwise, "BLOCK", 64)
    generator = np.random.default_rng(classes)
    codes = np.minimum(generator.geometric(0.1, 3000) - 1, classes - 1).astype(np.int32)
    data = made(3000, codes if classes else generator.normal(size=3000))
    grouped = replace(data, split=replace(data.split, groups=np.arange(3000)))
    drawn = stop_rows(data, data.split.train, 1)
    np.testing.assert_array_equal(drawn, stop_rows(grouped, data.split.train, 1))
    assert np.isin(drawn, data.split.train).all()
    assert len(drawn) == len(data.split.train) // 10


def test_every_class_has_its_share() -> None:
    """Stopping rows show the classes as the training rows do."""
    data = made(2000, (np.arange(2000) % 10 == 0).astype(np.int32))
    drawn = stop_rows(data, data.split.train, 0)
    assert data.target[drawn].mean() == pytest.approx(0.1, abs=0.01)


@pytest.mark.parametrize("classes", [0, 2])
def test_copies_stop_or_train_and_never_both(classes: int) -> None:
    """Every row stands three times in the data, one 400 times: no copy of a row that stops is fitted."""
    copies = np.concatenate([np.zeros(400, int), 1 + np.arange(1500) // 3])
    target = copies % 2 if classes else np.random.default_rng(0).normal(size=501)[copies]
    data = made(1900, target.astype(np.int32) if classes else target)
    data = replace(data, split=replace(data.split, train=np.arange(1900), units=copies))
    for seed in range(8):
        drawn = stop_rows(data, data.split.train, seed)
        assert len(drawn) == pytest.approx(190, abs=10)
        assert not np.isin(copies[np.setdiff1d(data.split.train, drawn)], copies[drawn]).any()
