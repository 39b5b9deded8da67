"""Raw batches become matrices that simple rungs can read."""

from __future__ import annotations

import numpy as np
import pytest
from made_datasets import MadeArray, MadeTable, as_dataset, made_images, made_table

from vandap.core.dataset import IMAGES
from vandap.core.schema import Column, ColumnKind, Role
from vandap.core.task import Task
from vandap.train._design import ONE_HOT_WIDTH, THUMBNAIL_VALUES, Design
from vandap.train.preprocess import fit_preprocess


def design_of(dataset, trees):
    """The design and its matrix of the training part."""
    design = Design(fit_preprocess(dataset, dataset.split.train, 0), trees)
    return design, design.bind(dataset.columns)(dataset.examples.take(dataset.split.train))


@pytest.mark.parametrize("trees", [False, True])
def test_width_is_the_matrix_width(trees):
    """`width` is known before any row is read, for tables and images."""
    for dataset in (made_table(Task.BINARY), made_images(Task.BINARY, channels=3)):
        design, matrix = design_of(dataset, trees)
        assert matrix.shape == (len(dataset.split.train), design.width)
        assert matrix.dtype == np.float32


def test_trees_keep_gaps_and_order():
    """Trees see NaN where a value is missing, and far values apart though the network's clip would merge them."""
    values = np.concatenate([np.arange(100.0), [1e6, 1e7, np.nan]]).astype(np.float32)
    schema = (Column("size", ColumnKind.NUMBER, Role.FEATURE),)
    dataset = as_dataset(MadeTable({"size": values}), np.arange(103, dtype=float), Task.REGRESSION, schema)
    design = Design(fit_preprocess(dataset, np.arange(103), 0), trees=True)
    matrix = design.bind(schema)(dataset.examples.take(np.arange(103)))[:, 0]
    assert np.isnan(matrix[-1])
    assert (np.diff(matrix[:-1]) > 0).all()


def test_dense_has_one_column_for_each_frequent_value():
    """One-hot columns follow the order of frequency and are bounded; a missing category is all zeros."""
    codes = np.concatenate([np.repeat(np.arange(900), 2), [7, 7, -1]]).astype(np.int32)
    schema = (Column("word", ColumnKind.CATEGORY, Role.FEATURE, categories=tuple(f"w{i}" for i in range(900))),)
    dataset = as_dataset(MadeTable({"word": codes}), codes.astype(float), Task.REGRESSION, schema)
    design = Design(fit_preprocess(dataset, np.arange(len(codes)), 0))
    matrix = design.bind(schema)(dataset.examples.take(np.arange(len(codes))))
    assert matrix.shape[1] == ONE_HOT_WIDTH
    assert matrix[:, 0].sum() == 4
    assert matrix[-1].sum() == 0


@pytest.mark.parametrize(("height", "width", "channels"), [(28, 28, 1), (64, 32, 1), (50, 70, 3), (1, 3000, 1)])
def test_thumbnails_are_bounded_and_keep_the_mean(height, width, channels):
    """Images shrink to a bounded number of values by averaging areas, and small ones stay as they are."""
    pixels = np.random.default_rng(0).integers(0, 256, (6, height, width, channels)).astype(np.uint8)
    dataset = as_dataset(MadeArray(pixels, IMAGES), np.arange(6.0), Task.REGRESSION)
    spec = fit_preprocess(dataset, np.arange(6), 0)
    design = Design(spec)
    matrix = design.bind(())(pixels)
    assert design.width <= THUMBNAIL_VALUES
    back = matrix.reshape(6, *design.thumbnail, channels) * spec.channel_deviation + spec.channel_mean
    np.testing.assert_allclose(back.mean(axis=(1, 2)), pixels.mean(axis=(1, 2)), rtol=1e-4)
    if pixels[0].size <= THUMBNAIL_VALUES:
        np.testing.assert_allclose(back, pixels, atol=1e-3)
