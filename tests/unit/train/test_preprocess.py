"""The preprocessing is fitted on training rows alone, in bounded memory."""

from __future__ import annotations

import numpy as np
import pytest

from vandap.core.dataset import Dataset, Examples, Split
from vandap.core.schema import Column, ColumnKind, Role
from vandap.core.task import Task
from vandap.train import preprocess as module
from vandap.train._design import Design
from vandap.train.preprocess import fit_preprocess


class Table(Examples):
    kind = "table"

    def __init__(self, columns):
        self.columns = columns

    def __len__(self):
        return len(next(iter(self.columns.values())))

    def take(self, rows):
        """Those rows."""
        return {name: values[rows] for name, values in self.columns.items()}


class Block(Examples):
    def __init__(self, values, kind):
        self.values, self.kind = values, kind

    def __len__(self):
        return len(self.values)

    def take(self, rows):
        """Those rows."""
        return self.values[rows]


def dataset_of(examples, target, columns=(), task=Task.BINARY):
    """A data set whose training part is everything."""
    nothing = np.zeros(0, np.int64)
    split = Split(np.arange(len(examples)), nothing, nothing)
    classes = ("no", "yes") if task.is_classification else ()
    return Dataset("toy", "memory", task, examples, target, classes, columns, split, "0")


@pytest.fixture
def table():
    """Numbers with a gap, dates, categories and an empty column."""
    generator = np.random.default_rng(0)
    n = 100
    numbers = generator.normal(50.0, 10.0, n).astype(np.float32)
    numbers[3] = np.nan
    codes = np.array([0] * 60 + [1] * 38 + [2, -1], np.int32)
    columns = {
        "number": numbers,
        "when": np.arange(n) * 86_400.0,
        "word": codes,
        "empty": np.full(n, np.nan, np.float32),
    }
    schema = (
        Column("number", ColumnKind.NUMBER, Role.FEATURE),
        Column("when", ColumnKind.DATE, Role.FEATURE),
        Column("word", ColumnKind.CATEGORY, Role.FEATURE, categories=("b", "a", "rare", "never")),
        Column("empty", ColumnKind.NUMBER, Role.FEATURE),
        Column("label", ColumnKind.CATEGORY, Role.TARGET),
    )
    return dataset_of(Table(columns), (codes > 0).astype(np.int32), schema)


def test_table_statistics(table):
    """Medians, indicators and vocabularies describe the training rows; a value never seen has no index."""
    spec = fit_preprocess(table, np.arange(100), 0)
    assert spec.numbers == ("number", "empty")
    assert spec.dates == ("when",)
    assert spec.indicators == ("number", "empty")
    assert spec.vocabularies == {"word": ("b", "a", "rare")}
    assert spec.scaling.center[0] == pytest.approx(np.nanmedian(table.examples.columns["number"]), rel=1e-6)
    assert spec.scaling.factor[1] == 0.0
    encoded = spec.bind(table.columns)(table.examples.take(np.arange(100)))
    assert np.isfinite(encoded.numbers).all()
    assert encoded.categories[-1, 0] == 0
    assert len(spec.feature_names) == encoded.numbers.shape[1]


def test_only_training_rows_are_read(table):
    """Changing rows outside the training part changes nothing."""
    rows = np.arange(0, 50)
    before = fit_preprocess(table, rows, 0)
    table.examples.columns["number"][50:] = 1e9
    table.examples.columns["word"][50:] = 3
    after = fit_preprocess(table, rows, 0)
    assert before.vocabularies == after.vocabularies
    np.testing.assert_array_equal(before.scaling.center, after.scaling.center)


def test_blocks_do_not_change_the_result(table, monkeypatch):
    """Reading one row at a time gives the same statistics as reading all at once."""
    whole = fit_preprocess(table, np.arange(100), 0)
    monkeypatch.setattr(module, "BLOCK_VALUES", 1)
    parts = fit_preprocess(table, np.arange(100), 0)
    assert whole.vocabularies == parts.vocabularies
    np.testing.assert_array_equal(whole.scaling.factor, parts.scaling.factor)


def test_rare_values_of_large_vocabularies_are_other():
    """Beyond a few values, a value seen once has no index, and the most frequent value comes first."""
    codes = np.concatenate([np.repeat(np.arange(20), 2), [20, 5]]).astype(np.int32)
    words = tuple(f"w{i}" for i in range(21))
    schema = (Column("word", ColumnKind.CATEGORY, Role.FEATURE, categories=words),)
    data = dataset_of(Table({"word": codes}), np.zeros(len(codes), np.int32), schema)
    vocabulary = fit_preprocess(data, np.arange(len(codes)), 0).vocabularies["word"]
    assert vocabulary[0] == "w5"
    assert len(vocabulary) == 20
    assert "w20" not in vocabulary


def test_images(monkeypatch):
    """Channel statistics are in the units of the stored pixels, whatever the block size."""
    pixels = np.random.default_rng(0).integers(0, 256, (30, 4, 5, 3), dtype=np.uint8)
    pixels[..., 2] = 7
    data = dataset_of(Block(pixels, "images"), np.zeros(30, np.int32))
    monkeypatch.setattr(module, "BLOCK_VALUES", 100)
    spec = fit_preprocess(data, np.arange(30), 0)
    assert spec.shape == (4, 5, 3)
    np.testing.assert_allclose(spec.channel_mean, pixels.mean(axis=(0, 1, 2)))
    np.testing.assert_allclose(spec.channel_deviation[:2], pixels.std(axis=(0, 1, 2))[:2])
    assert spec.channel_deviation[2] == 1.0


def test_array_and_regression_target():
    """Arrays are flattened and scaled; a constant feature and a constant target give no division by zero."""
    values = np.random.default_rng(0).normal(size=(40, 2, 3)).astype(np.float32)
    values[:, 0, 0] = 5.0
    values[1, 1, 1] = np.inf
    data = dataset_of(Block(values, "array"), np.full(40, 3.0), task=Task.REGRESSION)
    spec = fit_preprocess(data, np.arange(40), 0)
    assert spec.shape == (2, 3)
    assert spec.scaling.factor[0] == 0.0
    assert (spec.target_center, spec.target_scale) == (3.0, 1.0)
    assert np.isfinite(spec.bind(())(values).numbers).all()


def test_one_outlier_column_without_spread_uses_its_range():
    """Where the quartiles coincide the range scales."""
    values = np.zeros((100, 1), np.float32)
    values[0] = 4.0
    assert module.fit_scaling(values).factor[0] == pytest.approx(0.5)


def test_sample_depends_on_seed_only(table, monkeypatch):
    """Sub-sampled quantiles repeat with the seed."""
    monkeypatch.setattr(module, "QUANTILE_ROWS", 20)
    first = fit_preprocess(table, np.arange(100), 1).scaling.center
    np.testing.assert_array_equal(first, fit_preprocess(table, np.arange(100), 1).scaling.center)
    assert not np.array_equal(first, fit_preprocess(table, np.arange(100), 2).scaling.center)


@pytest.mark.parametrize("offset", [1e8, 1e300])
def test_numbers_that_float32_would_blur_keep_their_spread(offset):
    """A column stored in double precision, far from zero: its values stay apart."""
    values = offset * (1.0 + np.arange(100) % 4 * 1e-8)
    schema = (Column("number", ColumnKind.NUMBER, Role.FEATURE), Column("flag", ColumnKind.BOOLEAN, Role.FEATURE))
    columns = {"number": values, "flag": (np.arange(100) % 2).astype(np.float32)}
    table = dataset_of(Table(columns), np.zeros(100, np.int32), schema)
    encoded = fit_preprocess(table, np.arange(100), 0).bind(schema)(table.examples.take(np.arange(4)))
    assert len(np.unique(encoded.numbers[:, 0])) == 4
    assert np.ptp(encoded.numbers[:, 0]) > 0.5


def test_double_precision_takes_no_more_memory(monkeypatch):
    """Of values twice as wide half as many rows are held for quantiles."""
    seen = []
    monkeypatch.setattr(module, "fit_scaling", lambda values: seen.append(values.nbytes))
    monkeypatch.setattr(module, "QUANTILE_BYTES", 8_000)
    for dtype in (np.float32, np.float64):
        columns = {"number": np.arange(3000, dtype=dtype)}
        schema = (Column("number", ColumnKind.NUMBER, Role.FEATURE),)
        fit_preprocess(dataset_of(Table(columns), np.zeros(3000, np.int32), schema), np.arange(3000), 0)
    assert seen == [8_000, 8_000]


def test_pixels_that_are_no_numbers_are_left_out_and_filled():
    """One NaN in one image takes no statistic and no learner away: the channel's mean stands in."""
    pixels = np.random.default_rng(0).uniform(0, 1, (30, 4, 5, 3)).astype(np.float32)
    broken = pixels.copy()
    broken[3, 0, 0, 1], broken[7, 1, 2, 2] = np.nan, np.inf
    data = dataset_of(Block(broken, "images"), np.zeros(30, np.int32))
    spec = fit_preprocess(data, np.arange(30), 0)
    known = np.where(np.isfinite(broken), broken, np.nan)
    np.testing.assert_allclose(spec.channel_mean, np.nanmean(known, axis=(0, 1, 2)), rtol=1e-6)
    np.testing.assert_allclose(spec.channel_deviation, np.nanstd(known, axis=(0, 1, 2)), rtol=1e-6)
    encoded = spec.bind(())(broken).numbers
    assert encoded[3, 0, 0, 1] == np.float32(spec.channel_mean[1]) and np.isfinite(encoded).all()
    assert np.isfinite(Design(spec).bind(())(broken)).all()
    assert spec.bind(())(pixels).numbers is pixels  # no copy where nothing is to be filled


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 1, (0, 1)), (-1, 1, (-1, 1)), (0, 255, (0, 255)), (0, 3.5, (0, 255)), (-2.1, 2.6, (-2.1, 2.6))],
)
def test_the_range_of_float_pixels(low, high, expected):
    """Pretrained networks read 0 to 255, and users bring pixels in other ranges."""
    pixels = np.linspace(low, high, 4 * 4 * 4).reshape(4, 4, 4, 1)
    spec = fit_preprocess(dataset_of(Block(pixels, "images"), np.zeros(4, np.int32)), np.arange(4), 0)
    assert spec.pixel_range == pytest.approx(expected)
