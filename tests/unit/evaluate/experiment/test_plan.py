"""Plans of looks."""

from __future__ import annotations

import pytest
from scipy import stats

from vandap.errors import UsageError
from vandap.evaluate.experiment.boundaries import BOUNDARIES
from vandap.evaluate.experiment.plan import LOOKS, Plan


@pytest.mark.parametrize(
    ("seeds", "looks"), [(3, (3,)), (4, (4,)), (5, (5,)), (7, (5,)), (8, (5, 8)), (19, (5, 8, 12)), (100, LOOKS)]
)
def test_the_longest_plan_within_the_seeds(seeds: int, looks: tuple[int, ...]) -> None:
    """A budget that ends between two looks plans for the one before it."""
    assert Plan.within(seeds).looks == looks


def test_under_three_seeds_there_is_no_plan() -> None:
    """Two show next to nothing of the noise of training, so none is offered."""
    with pytest.raises(UsageError, match="more seeds"):
        Plan.within(2)


@pytest.mark.parametrize("looks", [(5, 8), (5, 8, 12), (5, 8, 12, 20)])
def test_levels_are_the_tables_critical_values(looks: tuple[int, ...]) -> None:
    """The nominal level of a look, turned into Student's quantile, is the critical value of the table."""
    plan = Plan(looks)
    for place, seeds in enumerate(looks):
        for level, alpha in zip(plan.levels(seeds), (0.05, 0.1), strict=True):
            assert stats.t.isf(level / 2, seeds - 1) == pytest.approx(BOUNDARIES[looks, alpha][place])


def test_one_look_spends_all_at_once() -> None:
    """Any number of seeds and any error can be planned for one look."""
    assert Plan((9,), alpha=0.025).levels(9) == (0.025, 0.05)


@pytest.mark.parametrize(("looks", "alpha"), [((5, 9), 0.05), ((5, 8), 0.01), ((1,), 0.05)])
def test_what_was_not_simulated_is_refused(looks: tuple[int, ...], alpha: float) -> None:
    """No critical values are made up for looks or errors that the table lacks."""
    with pytest.raises(UsageError, match="critical values"):
        Plan(looks, alpha)
