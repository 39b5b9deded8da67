"""Validation rows that are training rows, told from rows that are alike by chance."""

import numpy as np
import pytest

from vandap.watch.overlap import overlap

RNG = np.random.default_rng(0)
NUMBERS = RNG.normal(size=(600, 4))


def facts(train, validation):  # noqa: D103
    series = overlap(train, validation)
    return dict(zip(series.labels["fact"], series.values, strict=True))


def test_copied_rows_are_counted():
    """Of 100 validation rows 20 stand in training; single precision is what both are compared in."""
    found = facts(NUMBERS[:500], np.concatenate([NUMBERS[500:580], NUMBERS[:20]]).astype("float32"))
    assert (found["shared"], found["copies"], found["same_rows"]) == (20, 20, 0)


def test_all_inputs_together_make_a_row():
    """One equal input of two is no copy."""
    train = {"a": NUMBERS[:500], "b": NUMBERS[:500, :2]}
    assert facts(train, {"a": NUMBERS[:100], "b": NUMBERS[500:, :2]})["shared"] == 0
    assert facts(train, {"a": NUMBERS[:100], "b": NUMBERS[:100, :2]})["copies"] == 100


@pytest.mark.parametrize(
    "rows",
    [
        RNG.integers(0, 2, (600, 8)),
        np.eye(200)[RNG.zipf(1.3, 600) % 200],
        RNG.normal(size=(600, 1)).round(1),
        (RNG.normal(size=(600, 4)) + RNG.integers(0, 3, (600, 1))).round(0),
    ],
    ids=["flags", "one-hot words", "one column", "ratings"],
)
def test_rows_that_are_alike_by_nature_are_no_copies(rows):
    """They say no more than chance can repeat."""
    found = facts(rows[:480], rows[480:])
    assert found["shared"] > 10
    assert found["copies"] == 0


def test_images_are_copied_whole():
    """No pixel is rare, and all of them together are no chance."""
    images = RNG.integers(0, 17, (300, 8, 8)).astype("uint8")
    assert facts(images[:200], images[190:])["copies"] == 10


def test_the_training_data_themselves_are_known():
    """The same rows in the same order."""
    assert facts(NUMBERS, NUMBERS.copy())["same_rows"] == 1
    assert facts(NUMBERS, NUMBERS[::-1])["same_rows"] == 0


def test_text_is_not_compared():
    """It is no array of numbers."""
    assert overlap(np.array(["a", "b"], dtype=object), np.array(["a"], dtype=object)) is None
