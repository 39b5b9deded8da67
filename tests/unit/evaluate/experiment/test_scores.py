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


@pytest.mark.parametrize("slug", ["rmse", "mae", "log_loss"])
def test_an_error_counts_at_most_as_twice_the_dummys(slug: str) -> None:
    """A run that exploded, with the influence of its examples in proportion; runs that did not are left alone."""
    if slug == "log_loss":
        target, prediction = classification(200, 3)
        dummy, wild = np.full((200, 3), 1 / 3), np.eye(3)[(target + 1) % 3] * 0.998 + 0.001
    else:
        target, prediction = regression(200)
        dummy, wild = np.full(200, target.mean()), 50 * target + 7
    chosen = metric(slug)
    found = scores(chosen, target, [prediction, wild], dummy)
    alone, plain = scores(chosen, target, [dummy], dummy), scores(chosen, target, [prediction], dummy)
    assert found.wild.tolist() == [False, True] and not found.broken.any()
    assert found.values[0] == plain.values[0] and np.array_equal(found.influence[0], plain.influence[0])
    assert found.values[1] == pytest.approx(2 * alone.values[0])
    own = -chosen.influence(target, wild)
    np.testing.assert_allclose(found.influence[1], own * found.values[1] / -chosen.value(target, wild))


def test_scores_with_an_end_of_their_own_are_left_alone() -> None:
    """However far below the dummy."""
    target, _ = classification(200, 3)
    wrong = np.eye(3)[(target + 1) % 3]
    assert not scores(metric("accuracy"), target, [wrong], np.full((200, 3), 1 / 3)).wild.any()
    target, _ = regression(200)
    assert not scores(metric("r2"), target, [-0.5 * target], np.full(200, target.mean())).wild.any()


def test_a_share_of_variance_is_cut_where_its_error_is() -> None:
    """R2 of a run that exploded counts as twice the dummy's error would: 1 - 4."""
    target, prediction = regression(200)
    found = scores(metric("r2"), target, [prediction, 50 * target + 7], np.full(200, target.mean()))
    assert found.wild.tolist() == [False, True] and found.values[1] == pytest.approx(-3.0, abs=1e-6)
