"""What every metric keeps, whatever it measures."""

from __future__ import annotations

import math

import numpy as np
import pytest
from made_predictions import classification, jackknife, regression

from vandap.core.task import Task
from vandap.errors import DataError
from vandap.evaluate.catalogue import METRICS
from vandap.evaluate.compare import compare, default_margin
from vandap.evaluate.estimate import estimate, oriented, score
from vandap.evaluate.metric import LABELS, NUMBERS, PROBABILITIES, Metric

every = pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
sampled = pytest.mark.parametrize(
    "metric", [item for item in METRICS.values() if item.has_interval], ids=lambda metric: metric.slug
)
_SMOOTH = [item for item in METRICS.values() if item.slug not in ("ece", "median_absolute_error", "mae_of_range")]


def samples(metric: Metric, count: int = 120) -> list[tuple[np.ndarray, np.ndarray]]:
    """Targets and predictions that the metric is defined for."""
    if metric.needs == NUMBERS:
        return [regression(count)]
    return [classification(count, 2, decimals=1), classification(count, 4)]


@every
def test_it_says_what_it_is(metric: Metric) -> None:
    """Slug, title, tasks and needs are given, and the slug is the file's name."""
    assert type(metric).__module__.rsplit(".", 1)[-1] == metric.slug
    assert metric.title and metric.tasks and type(metric).__doc__
    assert metric.needs in (LABELS, PROBABILITIES, NUMBERS)
    assert (metric.needs == NUMBERS) == (metric.tasks == {Task.REGRESSION})


@every
def test_order_of_examples_does_not_matter(metric: Metric) -> None:
    """Shuffled examples have the same value and the same interval."""
    for target, prediction in samples(metric):
        order = np.random.default_rng(1).permutation(len(target))
        one, other = (
            estimate(metric.slug, target, prediction),
            estimate(metric.slug, target[order], prediction[order]),
        )
        assert other.value == pytest.approx(one.value, abs=1e-12)
        assert [other.low, other.high] == pytest.approx([one.low, one.high], abs=1e-9, nan_ok=True)


@every
def test_repeating_every_example_keeps_the_value(metric: Metric) -> None:
    """A metric is a property of the distribution: each example three times changes nothing."""
    for target, prediction in samples(metric):
        if metric.slug == "ece":
            continue  # bins follow the number of examples
        thrice = score(metric.slug, np.repeat(target, 3), np.repeat(prediction, 3, axis=0))
        assert thrice == pytest.approx(score(metric.slug, target, prediction))


@every
def test_a_perfect_prediction_is_best(metric: Metric) -> None:
    """No prediction of the samples scores above the truth itself."""
    for target, prediction in samples(metric):
        perfect = target.copy() if metric.needs == NUMBERS else np.eye(prediction.shape[1])[target]
        best = oriented(metric.slug, score(metric.slug, target, perfect))
        assert best >= oriented(metric.slug, score(metric.slug, target, prediction))
        assert best == pytest.approx(1.0 if metric.higher_is_better else 0.0)


@every
def test_influence_has_mean_zero(metric: Metric) -> None:
    """The influence of all examples together is zero."""
    for target, prediction in samples(metric):
        influence = metric.influence(target, prediction)
        assert influence.shape == target.shape
        assert influence.mean() == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("metric", _SMOOTH, ids=lambda metric: metric.slug)
def test_influence_is_the_jackknife(metric: Metric) -> None:
    """Value plus influence is the pseudo-value of leaving the example out, up to terms of the order of 1/n."""
    for target, prediction in samples(metric):
        pseudo = jackknife(metric.value, target, prediction)
        influence = metric.influence(target, prediction)
        assert np.corrcoef(influence, pseudo)[0, 1] > 0.99
        assert influence.std() == pytest.approx(pseudo.std(), rel=0.1)


@sampled
def test_the_interval_holds_the_value(metric: Metric) -> None:
    """The point estimate lies inside its interval, and bounded metrics stay in their bounds."""
    for target, prediction in samples(metric, 200):
        found = estimate(metric.slug, target, prediction)
        assert found.low <= found.value <= found.high, found
        assert found.count == 200
        if metric.bounded:
            assert found.low >= 0.0
            assert found.high <= 1.0


@sampled
def test_more_examples_narrow_the_interval(metric: Metric) -> None:
    """Sixteen times the examples make the interval, relative to the value, about four times narrower."""
    for few, many in zip(samples(metric, 200), samples(metric, 3200), strict=True):
        wide, narrow = (estimate(metric.slug, *sample) for sample in (few, many))
        widths = [(found.high - found.low) / found.value for found in (wide, narrow)]
        assert 2.5 < widths[0] / widths[1] < 6.0


@sampled
def test_copies_in_one_group_add_nothing(metric: Metric) -> None:
    """Four copies of every example, each set one group, give about the interval of the originals."""
    for target, prediction in samples(metric, 400):
        groups = np.repeat(np.arange(400), 4)
        alone = estimate(metric.slug, target, prediction)
        copied = estimate(metric.slug, np.repeat(target, 4), np.repeat(prediction, 4, axis=0), groups=groups)
        assert copied.count == 400
        assert copied.high - copied.low == pytest.approx(alone.high - alone.low, rel=0.15)


@every
def test_few_examples_get_no_interval(metric: Metric) -> None:
    """Nine examples give a value or a reason, and never an interval."""
    for target, prediction in samples(metric, 9):
        found = estimate(metric.slug, target, prediction)
        assert not found.has_interval
        assert found.method.startswith("no interval")


@every
def test_degenerate_samples_have_an_answer(metric: Metric) -> None:
    """One class, an absent class, constant predictions, certain probabilities: a number, or NaN with the reason."""
    if metric.needs == NUMBERS:
        constant = np.zeros(50)
        cases = [(constant, constant), (constant, np.arange(50.0)), (np.arange(50.0), constant)]
    else:
        half = np.arange(50) % 2
        cases = [
            (np.zeros(50, dtype=int), np.full((50, 2), 0.5)),
            (np.ones(50, dtype=int), np.eye(2)[half]),
            (half, np.eye(2)[1 - half]),
            (half, np.full((50, 2), 0.5)),
            (half, np.full((50, 3), 1 / 3)),
            (half, np.eye(3)[np.arange(50) % 3]),
        ]
    for target, prediction in cases:
        found = estimate(metric.slug, target, prediction)
        assert math.isfinite(found.value) or found.method.startswith("not defined: ")
        assert found.method
        assert found.low <= found.value <= found.high or not found.has_interval


@every
@pytest.mark.parametrize("fault", ["nan", "infinite", "short", "empty", "flat"])
def test_unusable_input_is_refused(metric: Metric, fault: str) -> None:
    """NaN, infinity, another length, no example, a wrong shape: an input error that says what to do."""
    target, prediction = (item.copy() for item in samples(metric, 20)[0])
    if fault in ("nan", "infinite"):
        prediction[3] = np.nan if fault == "nan" else np.inf
    elif fault == "short":
        prediction = prediction[:-1]
    elif fault == "empty":
        target, prediction = target[:0], prediction[:0]
    else:
        target = target[:, None]
    with pytest.raises(DataError) as caught:
        score(metric.slug, target, prediction)
    assert caught.value.received and caught.value.expected and caught.value.hint


@sampled
def test_comparing_turns_with_the_models(metric: Metric) -> None:
    """Swapping the models turns the sign of the difference and of its interval; noise makes a model worse."""
    for target, prediction in samples(metric, 400):
        noise = np.random.default_rng(5).permutation(prediction)
        one = compare(metric.slug, target, prediction, noise, a="model", b="noise", margin=0.01)
        other = compare(metric.slug, target, noise, prediction, a="noise", b="model", margin=0.01)
        assert one.decision.value == "better"
        assert other.decision.value in ("harm", "worse")
        assert [other.difference, other.low, other.high] == pytest.approx([-one.difference, -one.high, -one.low])
        assert default_margin(metric, target, prediction) > 0
