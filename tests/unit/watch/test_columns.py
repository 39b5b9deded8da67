"""Single columns of a watched table, and all others together."""

import numpy as np
import pytest

from vandap.watch.columns import MOST_COLUMNS, column_signals

RNG = np.random.default_rng(0)
TABLE = RNG.normal(size=(500, 4))
CLASSES = (TABLE[:, 0] + TABLE[:, 1] > 0).astype(int)


def test_a_column_from_the_future_is_compared_with_all_others():
    """The others know a good part, and what they know was measured together."""
    leaked = np.column_stack([TABLE, CLASSES * RNG.integers(1, 4, 500)])
    found = column_signals({"input": leaked}, CLASSES, True, ("a", "b", "c", "d", "visits"))
    assert found["feature_scores"].at(feature="visits") == pytest.approx(1)
    assert found["table_skill"].at(fact="all") == pytest.approx(1)
    assert 0.6 < found["table_skill"].at(fact="others") < 1


def test_an_honest_table_costs_no_comparison():
    """No column gets near perfection alone."""
    found = column_signals({"input": TABLE}, CLASSES, True)
    assert found["feature_scores"].labels["feature"] == ("0", "1", "2", "3")
    assert np.isnan(found["table_skill"].at(fact="all"))


@pytest.mark.parametrize(
    "inputs",
    [TABLE[:, :2], np.zeros((500, 4, 4)), np.zeros((500, MOST_COLUMNS + 1)), TABLE[:40]],
    ids=["two columns", "images", "wide", "few rows"],
)
def test_what_is_no_table_is_left_out(inputs):
    """Nothing is measured of inputs of which no column is a measurement, or too few examples."""
    assert column_signals({"input": inputs}, CLASSES[: len(inputs)], True) == {}
