"""A14: one class after the other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from program_zoo import classifier, layer, regressor
from watched_zoo import healthy, plain, table

from vandap.core.finding import Severity, Status
from vandap.core.program import Loss
from vandap.core.signals import Series
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(program, **signals):  # noqa: D103
    return diagnose({"program": program, **signals}, [rule("A14")])[0]


RANDOM = np.random.default_rng(0)


def batches(order, size=32, prefix=""):  # noqa: D103
    classes = int(order.max()) + 1
    rows = [np.bincount(order[start : start + size], minlength=classes) for start in range(0, len(order), size)]
    names = tuple(f"{prefix}{place}" for place in range(classes))
    return Series(np.array(rows, dtype=float), {"batch": tuple(map(str, range(len(rows)))), "class": names})


def test_sorted_classes_are_an_issue_at_fit() -> None:
    """Each batch has one class; also where only the first class was seen, of several that there are."""
    verdict = judge(classifier(), batch_labels=batches(np.repeat([0, 1, 2], 300)))
    assert verdict.finding.severity is Severity.ISSUE
    assert verdict.finding.where.line == 31
    counts = table("label_counts", {"output": (300, 300, 300)}, ("0", "1", "2"))
    first = batches(np.zeros(200, dtype=int))
    assert judge(classifier(), batch_labels=first, label_counts=counts).finding.severity is Severity.ISSUE


def test_batches_of_one_kind_in_turn_are_a_tip() -> None:
    """Real images, then made ones, then real ones: so an adversarial pair is trained."""
    turns = np.tile(np.repeat([0, 1], 32), 10)
    assert judge(classifier(), batch_labels=batches(turns)).finding.severity is Severity.TIP
    three = batches(np.repeat([0, 1, 2], 40))
    assert judge(classifier(), batch_labels=three).finding.severity is Severity.ISSUE


@pytest.mark.parametrize("size", [1, 4, 16, 128])
@pytest.mark.parametrize("classes", [2, 10])
def test_shuffled_classes_are_clear(size, classes) -> None:
    """Whatever the size of the batches."""
    assert judge(classifier(), batch_labels=batches(RANDOM.integers(0, classes, 2000), size)).status is Status.CLEAR


def test_rare_classes_are_clear() -> None:
    """One in fifty is missing from most batches by chance."""
    assert judge(classifier(), batch_labels=batches((RANDOM.random(2000) < 0.02).astype(int))).status is Status.CLEAR


@pytest.mark.parametrize("seed", range(8))
def test_a_very_rare_class_is_not_blamed_for_chance(seed) -> None:
    """One in 600: of the first 64 shuffled batches a few hold one example of it, or none."""
    order = (np.random.default_rng(seed).random(2048) < 0.00173).astype(int)
    order[0] = 1  # the class was seen
    counts = table("label_counts", {"output": (284_000, 492)}, ("0", "1"))
    assert judge(classifier(), batch_labels=batches(order), label_counts=counts).finding is None
    behind = np.concatenate([np.zeros(1984, dtype=int), np.ones(64, dtype=int)])
    fewer = table("label_counts", {"output": (19_840, 640)}, ("0", "1"))
    assert judge(classifier(), batch_labels=batches(behind), label_counts=fewer).finding is not None


def test_pixels_of_one_image_are_no_batch() -> None:
    """Where each example has several classes, one image alone is a group, and shows few of them."""
    pixels = plain("batch_labels", [[4096, 0], [0, 4096]] * 8)
    counts = table("label_counts", {"output": (32_768, 32_768)}, ("0", "1"))
    facts = table("label_statistics", {"output": (16,)}, ("examples",))
    verdict = judge(classifier(), batch_labels=pixels, label_counts=counts, label_statistics=facts)
    assert verdict.status is Status.CANNOT_TELL


def test_order_that_may_be_meant_is_a_tip() -> None:
    """Numbers in a series, or a loss of the user's own."""
    ordered = batches(np.repeat(np.arange(10), 90), prefix="decile ")
    assert judge(classifier(), batch_labels=ordered).finding.severity is Severity.TIP
    made = classifier()
    own = replace(made, compile=replace(made.compile, losses=(Loss("dense_2", "triplet", "mine"),)))
    assert judge(own, batch_labels=batches(np.repeat([0, 1, 2], 300))).finding.severity is Severity.TIP


def test_the_same_order_in_every_epoch_is_a_tip() -> None:
    """Where shuffling was switched off."""
    same = Series(np.array([1.0, 2.0]), {"fact": ("same_order", "epochs")})
    signals = {**healthy(classifier(fit={"shuffle": False})), "batch_order": same}
    assert judge(**signals).finding.severity is Severity.TIP
    assert judge(**healthy()).status is Status.CLEAR


ORDERED = batches(np.repeat(np.arange(10), 90), prefix="decile ")
MIXED = batches(np.random.default_rng(1).integers(0, 10, 900), prefix="decile ")
SAME = Series(np.array([1.0, 2.0]), {"fact": ("same_order", "epochs")})


def columns(values):
    """`feature_statistics` of a table."""
    rows = {str(place): (own.min(), own.max(), own.mean(), own.std()) for place, own in enumerate(values.T)}
    return table("feature_statistics", rows, ("minimum", "maximum", "mean", "deviation"))


def in_order(**signals):
    """What is said of numbers that come in order, and of those that are mixed; shuffling was switched off for both."""
    program = signals.pop("program", regressor(fit={"shuffle": False}))
    ordered = judge(program, batch_labels=ORDERED, batch_order=SAME, **signals)
    return ordered.finding, judge(program, batch_labels=MIXED, batch_order=SAME, **signals).finding


def test_a_time_series_is_not_to_be_shuffled() -> None:
    """Inputs with steps and features, or columns that repeat each other a step later."""
    series = np.cumsum(np.random.default_rng(2).normal(size=2000)) % 7
    windows = np.lib.stride_tricks.sliding_window_view(series, 12)
    assert in_order(feature_statistics=columns(windows)) == (None, None)
    recurrent = regressor(layer("LSTM", units=8), shape=(None, 24, 1), fit={"shuffle": False})
    assert in_order(program=recurrent) == (None, None)
    axes = table("input_statistics", {"input": (3,)}, ("rank",))
    assert in_order(input_statistics=axes) == (None, None)
    ordered, mixed = in_order(feature_statistics=columns(np.random.default_rng(3).normal(size=(900, 8))))
    assert ordered.severity is Severity.TIP and "time series" in ordered.message
    assert mixed is None


def test_classes_one_after_the_other_are_an_issue_even_of_sequences() -> None:
    """Batches of one class do harm, whatever the inputs are."""
    sequences = classifier(layer("LSTM", units=8), shape=(None, 24, 6), fit={"shuffle": False})
    assert judge(sequences, batch_labels=batches(np.repeat([0, 1, 2], 300))).finding.severity is Severity.ISSUE
    mixed = batches(np.random.default_rng(4).integers(0, 3, 900))
    assert judge(sequences, batch_labels=mixed, batch_order=SAME).status is Status.CLEAR


def test_a_state_that_is_carried_on_wants_its_order() -> None:
    """Of a stateful layer, each batch continues the one before."""
    stateful = classifier(layer("LSTM", units=8, stateful=True), shape=(None, 24, 6), fit={"shuffle": False})
    assert judge(stateful, batch_labels=batches(np.repeat([0, 1, 2], 300))).status is Status.CLEAR


@pytest.mark.parametrize("shuffle", [False, None, True])
@pytest.mark.parametrize("data", ["tf.data", "DataLoader", "generator", "PyDataset"])
def test_a_pipeline_that_repeats_well_mixed_batches_is_clear(data, shuffle) -> None:
    """Shuffled once and cached: the order of well mixed batches does no harm, whatever `fit` was told of shuffling."""
    same = Series(np.array([1.0, 2.0]), {"fact": ("same_order", "epochs")})
    signals = {**healthy(classifier(fit={"shuffle": shuffle, "data": data})), "batch_order": same}
    assert judge(**signals).status is Status.CLEAR


def test_too_few_batches_cannot_tell() -> None:
    """Two are no sample."""
    assert judge(classifier(), batch_labels=plain("batch_labels", [[32, 0], [0, 32]])).status is Status.CANNOT_TELL
