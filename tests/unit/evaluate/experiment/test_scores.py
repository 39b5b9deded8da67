"""What runs score, and what runs without predictions score."""

from __future__ import annotations

import numpy as np
import pytest
from made_predictions import classification, regression

from vandap.errors import DataError
from vandap.evaluate.catalogue import metric
from vandap.evaluate.estimate import score
from vandap.evaluate.experiment.scores import scores


def test_runs_without_predictions_score_as_the_dummy() -> None:
    """A crash, a NaN and an infinite prediction are worth the dummy, in score and in every example."""
    target, prediction = classification(200, 3)
    dummy = np.full((200, 3), 1 / 3)
    spoiled = prediction.copy()
    spoiled[7] = np.nan
    found = scores(metric("log_loss"), target, [prediction, None, spoiled], dummy)
    alone = scores(metric("log_loss"), target, [dummy], dummy)
    assert found.broken.tolist() == [False, True, True]
    assert found.values[1] == found.values[2] == alone.values[0] == pytest.approx(-np.log(3))
    assert np.array_equal(found.influence[1], alone.influence[0])


def test_a_score_that_overflows_is_a_crash() -> None:
    """Predictions that are finite but whose squares are not say no more than NaN."""
    target, prediction = regression(200)
    huge = np.full(200, 1e200)
    found = scores(metric("rmse"), target, [prediction, huge], np.full(200, target.mean()))
    assert found.broken.tolist() == [False, True]
    assert found.values[1] == pytest.approx(-target.std())


@pytest.mark.parametrize("slug", ["mae", "rmse", "r2"])
def test_higher_is_better_for_all(slug: str) -> None:
    """Errors are turned round; values are those of the metric."""
    target, prediction = regression(200)
    found = scores(metric(slug), target, [prediction, target], target * 0)
    assert found.values[1] > found.values[0]
    assert abs(found.values[0]) == pytest.approx(abs(score(slug, target, prediction)))
    assert found.influence.mean(axis=1) == pytest.approx(0.0, abs=1e-12)


def test_predictions_that_do_not_fit_are_an_error() -> None:
    """A wrong shape is the caller's mistake, not a crashed run."""
    target, prediction = classification(200, 3)
    with pytest.raises(DataError):
        scores(metric("accuracy"), target, [prediction[:100]], prediction)
