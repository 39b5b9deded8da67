"""The audit counts what it says it counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_contents import contents, dataset, images, table

from vandap.core.dataset import Split
from vandap.core.recipe import DataSpec
from vandap.core.records import to_json
from vandap.core.signals import SIGNALS
from vandap.data.audit import audit, part_fingerprint
from vandap.data.examples import ArrayExamples, SelectedExamples, TableExamples

BINARY = (np.arange(60) % 2).astype(np.int32)


def test_signals_fit_the_catalogue() -> None:
    """Every signal is in the catalogue and has its dimensions, each labelled."""
    made = contents(images(40), BINARY[:40])
    signals = audit(dataset(made), made)[1]
    assert set(signals) == {
        "split_sizes", "class_counts", "missing_share", "nonfinite_share", "target_missing", "image_shape",
        "label_values", "duplicates", "split_overlap", "split_method",
    }  # fmt: skip
    for name, series in signals.items():
        assert series.values.ndim == len(SIGNALS[name].dimensions)
        assert tuple(series.labels) == SIGNALS[name].dimensions
        assert tuple(map(len, series.labels.values())) == series.values.shape


def test_own_splits_are_clean() -> None:
    """Where vandap makes the split, nothing overlaps, although there are copies."""
    hashes = np.arange(60, dtype=np.uint64) // np.uint64(2)
    made = contents(table(60), BINARY, hashes=hashes)
    facts, signals = audit(dataset(made), made)
    assert signals["duplicates"].at(kind="exact") == 30
    assert not signals["split_overlap"].values.any()
    assert "No example of the test part stands in train (exact)." in facts["audit"]["checks"]


def test_straddling_given_parts_are_counted() -> None:
    """Rows of a given test part that stand in train, or belong to its groups or its past, are counted by kind."""
    hashes = np.arange(60, dtype=np.uint64)
    hashes[50:53] = hashes[:3]
    parts = np.repeat(np.array(["train", "validation", "test"]), [40, 10, 10])
    groups = np.arange(60)
    groups[55:57] = 5
    time = np.arange(60.0)
    time[41] = -1.0
    made = contents(table(60), BINARY, parts=parts, hashes=hashes, groups=groups, time=time)
    facts, signals = audit(dataset(made), made)
    overlap = signals["split_overlap"]
    assert overlap.at(kind="exact", pair="train-test") == 3
    assert overlap.at(kind="group", pair="train-test") == 2
    assert overlap.at(kind="time", pair="train-validation") == 1
    assert overlap.at(kind="exact", pair="train-validation") == 0
    assert facts["audit"]["overlap"]["train-test"] == {"exact": 3, "near": 0, "group": 2, "time": 0}
    assert any(check.startswith("3 examples of the test part stand in train") for check in facts["audit"]["checks"])
    assert signals["split_method"].values.tolist() == [1, 1, 1]


def test_near_copies_are_counted() -> None:
    """A brighter copy of a training image in the given test part is a near copy."""
    array = images(40).array.copy()
    array[39] = np.clip(array[0].astype(int) // 2 + 60, 0, 255)
    made = contents(ArrayExamples(array, "images"), BINARY[:40], parts=np.repeat(["train", "test"], [30, 10]))
    facts, signals = audit(dataset(made), made)
    assert signals["split_overlap"].at(kind="near", pair="train-test") == 1
    assert signals["duplicates"].at(kind="near") == 1
    assert facts["audit"]["near_duplicates"] == 1


def test_copies_in_two_folds_are_counted() -> None:
    """With folds, a row whose copy stands in another fold overlaps."""
    made = contents(table(60), BINARY)
    data = dataset(made)
    first, second = data.split.folds[0][0], data.split.folds[1][0]
    origin = np.arange(60)
    origin[first] = second
    spoiled = replace(data, examples=SelectedExamples(data.examples, origin))
    signals = audit(spoiled, made)[1]
    assert signals["split_overlap"].at(kind="exact", pair="train-validation") == 2
    assert signals["duplicates"].at(kind="exact") == 1


def test_conflicting_labels_are_counted() -> None:
    """Of copies with different labels, those that disagree with the majority are counted."""
    hashes = np.arange(60, dtype=np.uint64)
    hashes[[0, 1, 2]] = 7_000
    hashes[[4, 6]] = 8_000
    made = contents(table(60), BINARY, hashes=hashes)
    assert audit(dataset(made), made)[1]["duplicates"].at(kind="conflicting") == 1


def test_natural_repeats_are_no_duplicates() -> None:
    """In a table of few combinations, repeats are named so and counted nowhere else."""
    generator = np.random.default_rng(0)
    examples = TableExamples({name: generator.integers(0, 2, 400).astype(float) for name in "abc"}, 400)
    made = contents(examples, generator.integers(0, 2, 400))
    facts, signals = audit(dataset(made), made)
    assert signals["duplicates"].values.tolist() == [0, 0, 0, 400]
    assert not signals["split_overlap"].values.any()
    assert facts["audit"]["repeated_combinations"] == 392
    assert "several parts" in facts["audit"]["checks"][0]
    assert facts["audit"]["checks"][-1].endswith("(exact, population aside).")


def test_missing_and_infinite_values_are_told_apart() -> None:
    """NaN in a table is missing, infinity is not finite; both are shares of the training rows."""
    columns = dict(table(40).columns)
    columns["a"][:] = np.nan
    columns["b"][:] = np.inf
    made = contents(TableExamples(columns, 40), BINARY[:40], hashes=np.arange(40, dtype=np.uint64))
    signals = audit(dataset(made), made)[1]
    assert signals["missing_share"].at(column="a") == pytest.approx(1)
    assert signals["nonfinite_share"].at(column="a") == 0
    assert signals["nonfinite_share"].at(column="b") == pytest.approx(1)


def test_non_finite_arrays_are_found() -> None:
    """In an array, NaN is not finite, and a single one is seen."""
    array = np.random.default_rng(0).normal(size=(40, 6)).astype(np.float32)
    made = contents(ArrayExamples(array, "array"), BINARY[:40])
    data = dataset(made)
    array[data.split.train[3], 2] = np.nan
    share = audit(data, made)[1]["nonfinite_share"].at(column="input")
    assert share == pytest.approx(1 / (6 * len(data.split.train)))


def test_labels_outside_the_classes_are_reported() -> None:
    """Shifted labels show in label_values and break nothing."""
    made = contents(table(60), BINARY)
    data = dataset(made)
    signals = audit(replace(data, target=data.target + 1), made)[1]
    assert signals["label_values"].values.tolist() == [1, 2, 2, 2]


def test_fingerprints_follow_inputs_targets_and_order() -> None:
    """A part's fingerprint is the same when computed from the inputs, and changes with a target or the order."""
    made = contents(table(60), BINARY)
    data = dataset(made)
    audited = replace(data, facts=audit(data, made)[0])
    test = data.split.test
    mark = part_fingerprint(data, test)
    assert part_fingerprint(audited, test) == mark
    assert part_fingerprint(data, test[::-1]) != mark
    assert part_fingerprint(replace(data, target=1 - data.target), test) != mark


def test_facts_are_json() -> None:
    """Facts of every kind of data have a JSON form."""
    for examples in (table(60), images(60), ArrayExamples(np.ones((60, 3, 2), np.float32), "array")):
        made = contents(examples, BINARY, hashes=np.arange(60, dtype=np.uint64))
        data = dataset(made, DataSpec("memory", folds=0))
        assert to_json(audit(data, made)[0])["audit"]["checks"]


def test_empty_parts_are_audited() -> None:
    """A data set without validation and test parts has nothing to overlap."""
    made = contents(table(60), BINARY)
    data = replace(dataset(made), split=Split(np.arange(60), np.zeros(0, int), np.zeros(0, int)))
    assert audit(data, made)[0]["audit"]["checks"] == []
