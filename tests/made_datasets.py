"""Small data sets of every kind and task, made in memory, for tests of learners."""

from __future__ import annotations

import numpy as np

from vandap.core.dataset import ARRAY, IMAGES, TABLE, Dataset, Examples, Split
from vandap.core.schema import Column, ColumnKind, Role
from vandap.core.task import Task

COLOURS = ("red", "green", "blue")


class MadeTable(Examples):
    """A table held in memory."""

    kind = TABLE

    def __init__(self, columns):
        self.columns = columns

    def __len__(self):
        return len(next(iter(self.columns.values())))

    def take(self, rows):
        """Those rows of every column."""
        return {name: values[rows] for name, values in self.columns.items()}


class MadeArray(Examples):
    """Images or arrays held in memory."""

    def __init__(self, values, kind):
        self.values, self.kind = values, kind

    def __len__(self):
        return len(self.values)

    def take(self, rows):
        """Those examples."""
        return self.values[rows]


def made_target(score, task, classes=3):
    """A target that `score` decides."""
    if task is Task.REGRESSION:
        return 100.0 + 10.0 * score
    parts = 2 if task is Task.BINARY else classes
    edges = np.quantile(score, np.arange(1, parts) / parts)
    return np.searchsorted(edges, score).astype(np.int32)


def as_dataset(examples, target, task, columns=()):
    """A data set; the last fifth of the rows is the test part."""
    cut = len(examples) * 4 // 5
    split = Split(np.arange(cut), np.zeros(0, np.int64), np.arange(cut, len(examples)))
    classes = tuple(f"c{code}" for code in range(int(target.max()) + 1)) if task.is_classification else ()
    return Dataset("made", "memory", task, examples, target, classes, columns, split, "0")


def made_table(task, rows=120, seed=0):
    """Numbers with gaps, a boolean, a date, categories (one of them wide), an empty and a constant column."""
    generator = np.random.default_rng(seed)
    numbers = generator.normal(size=(rows, 2)).astype(np.float32)
    codes = generator.integers(-1, 3, rows).astype(np.int32)
    score = numbers[:, 0] + 0.5 * (codes == 1) + 0.1 * generator.normal(size=rows)
    gappy = numbers[:, 1].copy()
    gappy[::7] = np.nan
    columns = {
        "size": numbers[:, 0],
        "gappy": gappy,
        "flag": (numbers[:, 1] > 0).astype(np.float32),
        "when": 1.6e9 + 86_400.0 * generator.integers(0, 900, rows),
        "colour": codes,
        "street": generator.integers(0, 300, rows).astype(np.int32),
        "empty": np.full(rows, np.nan, np.float32),
        "constant": np.ones(rows, np.float32),
    }
    kinds = {"flag": ColumnKind.BOOLEAN, "when": ColumnKind.DATE}
    words = {"colour": COLOURS, "street": tuple(f"street {number}" for number in range(300))}
    schema = tuple(
        Column(name, ColumnKind.CATEGORY, Role.FEATURE, categories=words[name])
        if name in words
        else Column(name, kinds.get(name, ColumnKind.NUMBER), Role.FEATURE)
        for name in columns
    )
    return as_dataset(MadeTable(columns), made_target(score, task), task, schema)


def made_array(task, rows=120, seed=0, shape=(2, 3)):
    """Normal numbers; the first decides."""
    values = np.random.default_rng(seed).normal(size=(rows, *shape)).astype(np.float32)
    return as_dataset(MadeArray(values, ARRAY), made_target(values.reshape(rows, -1)[:, 0], task), task)


def made_images(task, rows=120, seed=0, channels=1):
    """8 x 8 noise with a bright left part whose brightness decides."""
    generator = np.random.default_rng(seed)
    bright = generator.random(rows)
    pixels = generator.integers(0, 60, (rows, 8, 8, channels))
    pixels[:, :, :4] += (bright * 190).astype(int)[:, None, None, None]
    return as_dataset(MadeArray(pixels.astype(np.uint8), IMAGES), made_target(bright, task), task)


MAKERS = {TABLE: made_table, ARRAY: made_array, IMAGES: made_images}
