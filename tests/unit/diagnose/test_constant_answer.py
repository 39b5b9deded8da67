"""The loss of the best constant answer, of one output and of several."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from program_zoo import classifier, dense, layer, regressor
from watched_zoo import healthy, numbers, table

from vandap.core.program import Loss
from vandap.diagnose.constant_answer import scale

FACTS = ("mean", "deviation", "width")


def two_outputs(**changes):
    """One of three classes, and a number whose loss counts half."""
    losses = (Loss("kind", "SparseCategoricalCrossentropy"), Loss("size", "MeanSquaredError", weight=0.5, **changes))
    program = classifier()
    return replace(program, compile=replace(program.compile, losses=losses))


COUNTS = table("label_counts", {"kind": (50, 25, 25)}, ("0", "1", "2"))
TARGETS = table("label_statistics", {"kind": (0.75, 0.8, 1), "size": (5.0, 2.0, 1)}, FACTS)
ENTROPY = 0.5 * math.log(2) + 0.5 * math.log(4)


def test_of_one_output_its_name_does_not_matter() -> None:
    """As signals and program may call it differently."""
    signals = healthy()
    known = scale(classifier(), signals["label_counts"], signals["label_statistics"])
    assert known.trivial == pytest.approx(math.log(3), rel=0.01)
    assert known.majority == pytest.approx(330 / 960)
    assert scale(regressor(), None, numbers()["label_statistics"]).trivial == pytest.approx(1)


def test_of_several_outputs_it_is_the_weighted_sum() -> None:
    """As the loss is; classes of another output are NaN in a row."""
    known = scale(two_outputs(), COUNTS, TARGETS)
    assert known.trivial == pytest.approx(ENTROPY + 0.5 * 4)
    assert known.floor == 0
    assert math.isnan(known.majority)
    rows = {"kind": (50, 25, 25), "flag": (10, 30, math.nan)}
    both = replace(two_outputs().compile, losses=(two_outputs().compile.losses[0], Loss("flag", "BinaryCrossentropy")))
    flagged = scale(replace(two_outputs(), compile=both), table("label_counts", rows, ("0", "1", "2")), None)
    assert flagged.trivial == pytest.approx(ENTROPY - 0.25 * math.log(0.25) - 0.75 * math.log(0.75))


def test_one_output_that_is_not_known_leaves_all_unknown() -> None:
    """A loss of another kind, targets that were not observed, weights of examples."""
    assert math.isnan(scale(two_outputs(module="train"), COUNTS, TARGETS).trivial)
    assert math.isnan(scale(two_outputs(), None, TARGETS).trivial)
    assert math.isnan(scale(two_outputs(), COUNTS, None).trivial)
    weighted = replace(two_outputs(), fits=(replace(two_outputs().fit, sample_weight=True),))
    assert math.isnan(scale(weighted, COUNTS, TARGETS).trivial)


def test_of_absolute_errors_it_is_the_distance_from_the_median() -> None:
    """As the best constant answer is the median then; a run that did not measure it does not know."""
    targets = table("label_statistics", {"output": (0.75, 0.8, 1, 0.6)}, (*FACTS, "absolute"))
    absolute = regressor(loss="MeanAbsoluteError")
    assert scale(absolute, None, targets).trivial == 0.6
    assert math.isnan(scale(absolute, None, numbers()["label_statistics"]).trivial)


def test_what_a_mask_may_hide_is_not_known() -> None:
    """Steps of padding are counted among the targets and left out by the loss; of one answer a text, none is."""
    words = layer("Embedding", input_dim=50, output_dim=8, mask_zero=True)
    steps = (words, layer("LSTM", units=8, return_sequences=True))
    tagger, padded = (classifier(*hidden, shape=(None, 12)) for hidden in (steps, (layer("Masking"), *steps)))
    signals = healthy()
    told = signals["label_counts"], signals["label_statistics"]
    assert math.isnan(scale(tagger, *told).trivial)
    assert math.isnan(scale(padded, *told).majority)
    one_each = classifier(words, layer("LSTM", units=8), shape=(None, 12))
    assert scale(one_each, *told).trivial == pytest.approx(math.log(3), rel=0.01)
    assert math.isnan(scale(classifier(dense(8), loss_settings={"ignore_class": -1}), *told).trivial)


def test_one_hot_targets_with_padding_have_no_best_answer() -> None:
    """Rows of zeros cost nothing, and their counts are of zeros and ones."""
    counted = table("label_counts", {"output": (80, 20)}, ("0", "1"))
    program = classifier(loss="CategoricalCrossentropy")
    padded, whole = (table("label_statistics", {"output": (3, share)}, ("width", "one_hot")) for share in (0.6, 1))
    assert math.isnan(scale(program, counted, padded).trivial)
    assert scale(program, counted, whole).trivial > 0
