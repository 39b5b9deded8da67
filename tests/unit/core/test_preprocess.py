"""Encoding raw batches."""

import numpy as np

from vandap.core.preprocess import Preprocess, Scaling, date_parts
from vandap.core.schema import Column, ColumnKind, Role

COLUMNS = (
    Column("size", ColumnKind.NUMBER, Role.FEATURE),
    Column("colour", ColumnKind.CATEGORY, Role.FEATURE, categories=("red", "green", "blue")),
)


def _preprocess():
    scaling = Scaling(np.array([10.0]), np.array([0.5]))
    return Preprocess(
        "table", numbers=("size",), indicators=("size",), vocabularies={"colour": ("blue", "red")}, scaling=scaling
    )


def test_numbers_are_scaled_and_gaps_marked():
    """A missing value becomes the centre, with its indicator set; outliers stay within three."""
    encoded = _preprocess().bind(COLUMNS)(
        {"size": np.array([10.0, np.nan, 1e30, -np.inf]), "colour": np.zeros(4, np.int32)}
    )
    assert np.allclose(encoded.numbers[:, 0], [0, 0, 3, -3], atol=1e-3)
    assert encoded.numbers[:, 1].tolist() == [0, 1, 0, 1]


def test_categories_follow_the_vocabulary_of_training():
    """Storage codes become model indices; unknown and missing values are 0."""
    encoded = _preprocess().bind(COLUMNS)({"size": np.zeros(4), "colour": np.array([0, 1, 2, -1], np.int32)})
    assert encoded.categories[:, 0].tolist() == [2, 0, 1, 0]


def test_the_same_row_is_encoded_alike_under_another_storage_order():
    """A reader that met the categories in another order changes nothing."""
    other = (COLUMNS[0], Column("colour", ColumnKind.CATEGORY, Role.FEATURE, categories=("blue", "red")))
    here = _preprocess().bind(COLUMNS)({"size": np.zeros(1), "colour": np.array([2], np.int32)})
    there = _preprocess().bind(other)({"size": np.zeros(1), "colour": np.array([0], np.int32)})
    assert np.array_equal(here.categories, there.categories)


def test_dates_become_phases():
    """One week later the weekly phase is the same; a missing date gives missing parts."""
    parts = date_parts(np.array([0.0, 7 * 86_400.0, np.nan]))
    assert np.allclose(parts[0, 3:5], parts[1, 3:5])
    assert np.isnan(parts[2]).all()
