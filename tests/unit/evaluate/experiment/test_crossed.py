"""The crossed standard error against textbook analysis of variance and against what was put in."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from vandap.evaluate.experiment.crossed import crossed
from vandap.evaluate.experiment.scores import Scores
from vandap.evaluate.intervals import Units


def arm(table: np.ndarray) -> Scores:
    """Scores of a metric that is the mean of one number an example, shape `(seeds, examples)`."""
    values = table.mean(axis=1)
    none = np.zeros(len(table), dtype=bool)
    return Scores(values, table - values[:, None], none, none)


def drawn(seeds: int, examples: int, scales: tuple[float, float, float], generator: np.random.Generator) -> np.ndarray:
    """Differences with these standard deviations of seed, example and residual, around zero."""
    return (
        scales[0] * generator.standard_normal((seeds, 1))
        + scales[1] * generator.standard_normal((1, examples))
        + scales[2] * generator.standard_normal((seeds, examples))
    )


def nothing(table: np.ndarray) -> Scores:
    """An arm that scores zero throughout."""
    return arm(np.zeros_like(table))


def test_it_is_the_two_way_analysis_of_variance() -> None:
    """Mean squares of seeds, examples and rest, combined as in a textbook, give the same standard error."""
    seeds, examples = 7, 40
    table = drawn(seeds, examples, (0.3, 2.0, 1.0), np.random.default_rng(2)) + 0.1
    rows, columns, mean = table.mean(axis=1), table.mean(axis=0), table.mean()
    of_seeds = examples * np.sum((rows - mean) ** 2) / (seeds - 1)
    of_examples = seeds * np.sum((columns - mean) ** 2) / (examples - 1)
    rest = np.sum((table - rows[:, None] - columns + mean) ** 2) / ((seeds - 1) * (examples - 1))
    found = crossed(nothing(table), arm(table), Units.of(examples), paired=True, labels=False)
    assert found.difference == pytest.approx(mean)
    assert found.error**2 == pytest.approx((of_seeds + of_examples - rest) / (seeds * examples))
    assert found.components.seed == pytest.approx((of_seeds - rest) / examples)
    assert found.components.example == pytest.approx((of_examples - rest) / seeds)
    assert found.components.residual == pytest.approx(rest)
    assert found.components.variance(seeds, examples) == pytest.approx(found.error**2)
    assert found.freedom == seeds - 1


def test_components_are_what_was_put_in() -> None:
    """Over many experiments the estimated variances average to the true ones."""
    generator = np.random.default_rng(11)
    found = []
    for _ in range(300):
        table = drawn(8, 60, (0.5, 1.0, 1.5), generator)
        found.append(crossed(nothing(table), arm(table), Units.of(60), paired=True, labels=False).components)
    assert np.mean([item.seed for item in found]) == pytest.approx(0.25, rel=0.12)
    assert np.mean([item.example for item in found]) == pytest.approx(1.0, rel=0.05)
    assert np.mean([item.residual for item in found]) == pytest.approx(2.25, rel=0.02)


def test_without_seed_variance_more_seeds_do_not_help() -> None:
    """Runs that all agree leave the examples' standard error, as of one fitted model."""
    each = np.random.default_rng(0).standard_normal(300)
    table = np.tile(each, (6, 1))
    found = crossed(nothing(table), arm(table), Units.of(300), paired=True, labels=False)
    assert found.error == pytest.approx(stats.sem(each))
    assert (found.components.seed, found.components.residual) == (0.0, pytest.approx(0.0))


def test_without_example_variance_it_is_the_t_test_over_seeds() -> None:
    """If all examples move together, only seeds count."""
    each = np.random.default_rng(0).standard_normal((9, 1))
    table = np.repeat(each, 50, axis=1)
    found = crossed(nothing(table), arm(table), Units.of(50), paired=True, labels=False)
    assert found.error == pytest.approx(stats.sem(each.ravel()))
    assert found.freedom == 8


def test_groups_replace_examples() -> None:
    """Rows that were copied four times count once: the error is that of the rows before copying."""
    table = drawn(6, 50, (0.3, 1.0, 0.5), np.random.default_rng(4))
    plain = crossed(nothing(table), arm(table), Units.of(50), paired=True, labels=False)
    copied = np.repeat(table, 4, axis=1)
    units = Units.of(200, np.repeat(np.arange(50), 4))
    found = crossed(nothing(copied), arm(copied), units, paired=True, labels=False)
    assert found.count == 50
    assert found.error == pytest.approx(plain.error)


def test_classes_are_strata() -> None:
    """A difference between classes is no scatter: their counts are fixed."""
    target = np.repeat([0, 1], 100)
    table = drawn(6, 200, (0.2, 1.0, 0.5), np.random.default_rng(4))
    shifted = table + np.where(target == 0, 5.0, -5.0)
    errors = [
        crossed(nothing(table), arm(scores), Units.of(200, strata=target), paired=True, labels=False).error
        for scores in (table, shifted)
    ]
    assert errors[0] == pytest.approx(errors[1])


def test_unpaired_arms_add_their_variances() -> None:
    """Independent seeds: both arms' seed variances add, what examples share by both arms cancels."""
    generator = np.random.default_rng(8)
    shared = 3.0 * generator.standard_normal(400)
    first, second = (drawn(size, 400, (0.5, 0.0, 1.0), generator) + shared for size in (10, 14))
    found = crossed(arm(first), arm(second), Units.of(400), paired=False, labels=False)
    between = first.mean(axis=1).var(ddof=1) / 10 + second.mean(axis=1).var(ddof=1) / 14
    assert found.error**2 == pytest.approx(between, rel=0.05)
    assert found.seeds == 10
    assert found.freedom == 9


def test_changed_labels_widen_the_interval() -> None:
    """Two opposite examples are added for metrics of labels, so four changed labels in every run prove nothing."""
    table = np.zeros((12, 1000))
    table[:, :4] = 1.0
    found = crossed(nothing(table), arm(table), Units.of(1000), paired=True, labels=True)
    assert found.difference / found.error < stats.t.isf(0.025, 11)


def test_arms_that_agree_everywhere_are_the_same() -> None:
    """No run differs from its counterpart: the difference is zero, and certain."""
    table = drawn(5, 30, (1.0, 1.0, 1.0), np.random.default_rng(0))
    found = crossed(arm(table), arm(table), Units.of(30), paired=True, labels=False)
    assert found.same
    assert found.error == 0.0
    assert not crossed(arm(table), arm(table), Units.of(30), paired=False, labels=False).same


def test_one_seed_shows_no_spread() -> None:
    """There is a difference, and no standard error."""
    table = np.ones((1, 30))
    found = crossed(nothing(table), arm(table), Units.of(30), paired=True, labels=False)
    assert found.difference == 1.0
    assert np.isnan(found.error)
