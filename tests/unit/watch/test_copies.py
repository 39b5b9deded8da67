"""Training rows that contradict each other."""

import numpy as np
import pytest

from vandap.watch.copies import contradictions

RNG = np.random.default_rng(0)
NUMBERS = RNG.normal(size=(600, 4)).astype("float32")
CLASSES = RNG.integers(0, 3, 600)


SENTENCES = RNG.integers(0, 30, (12, 50))
TEXT = SENTENCES[RNG.integers(0, 12, 40)].ravel()
WINDOWS = np.lib.stride_tricks.sliding_window_view(TEXT, 20)[:1800:3]


def found(rows, classes):  # noqa: D103
    series = contradictions(rows, classes)
    return dict(zip(series.labels["kind"], series.values, strict=True))


def test_copies_with_another_class_are_counted():
    """Both of each pair; copies with the same class contradict nobody."""
    rows = np.concatenate([NUMBERS, NUMBERS[:60]])
    other = np.concatenate([CLASSES, (CLASSES[:20] + 1) % 3, CLASSES[20:60]])
    assert found(rows, other) == {"exact": 60, "conflicting": 40, "copied": 40, "rows": 660}
    assert found({"a": rows[:, :2], "b": rows[:, 2:]}, other)["copied"] == 40
    assert found(NUMBERS, CLASSES)["conflicting"] == 0


@pytest.mark.parametrize(
    "rows",
    [RNG.integers(0, 2, (600, 8)), RNG.normal(size=(600, 1)).round(1), WINDOWS],
    ids=["flags", "one column", "windows of a text that repeats itself"],
)
def test_rows_that_are_alike_by_nature_may_have_several_classes(rows):
    """They are counted, and are no copies."""
    assert found(rows, CLASSES)["conflicting"] > 100
    assert found(rows, CLASSES)["copied"] == 0


def test_a_row_of_several_classes_is_not_asked():
    """Such as the pixels of an image."""
    assert contradictions(NUMBERS, CLASSES[:300]) is None
