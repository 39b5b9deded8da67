"""Searches that draw bundles from a space of choices, on scores that are made up."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import pytest

from vandap.errors import MissingExtraError, UsageError
from vandap.repair.bench import Plan
from vandap.repair.changes.change import Change
from vandap.repair.changes.data import StandardiseInputs
from vandap.repair.changes.optimisation import BatchSize, Clip, Epochs, LearningRate, Plateau, Shuffle
from vandap.repair.proposals import Bundle, Proposal
from vandap.repair.remedy import Safety
from vandap.repair.searches import SEARCHES
from vandap.repair.searches._sampled import choices

HALF, TENTH = LearningRate(0.05), LearningRate(0.01)
SCALED, CLIPPED, LONGER = StandardiseInputs(), Clip(1.0), Epochs(9)
SAMPLED = ("random", "grid", "bayesian")


def proposal(*changes: Change) -> Proposal:
    """A proposal of these changes together."""
    return Proposal(changes, changes[0].slug, "X1 x", Safety.SAFE)


PROPOSALS = [proposal(change) for change in (HALF, TENTH, SCALED, CLIPPED, LONGER)]


def searched(
    name: str,
    worth: Callable[[set[Change]], float],
    trainings: int = 200,
    together: int = 2,
    proposals: Sequence[Proposal] = PROPOSALS,
) -> tuple[Bundle, Sequence[Bundle]]:
    """What a search finds that has time for so many trainings; and what it asked for, in order."""
    asked: list[Bundle] = []

    def score(wanted: Sequence[tuple[Bundle, int]]) -> list[float | None]:
        asked.extend(bundle for bundle, _ in wanted)
        return [worth(set(bundle)) for bundle, _ in wanted]

    clock = time.monotonic() + 1000.0
    search = SEARCHES[name](score, proposals, 0.01, 0.02, lambda: clock, together=together)
    search.seconds = lambda: 1000.0 / max(trainings - len(asked), 1e-9)
    return search.search(), asked


@pytest.mark.parametrize("name", SAMPLED)
def test_a_pair_that_helps_only_together_is_found(name: str) -> None:
    """And nothing is in the bundle that does not help."""

    def worth(made: set[Change]) -> float:
        return 0.9 if {SCALED, TENTH} <= made else 0.1

    assert set(searched(name, worth)[0]) == {SCALED, TENTH}


@pytest.mark.parametrize("name", SAMPLED)
def test_nothing_is_changed_where_nothing_helps(name: str) -> None:
    """An empty bundle means: as it is."""
    assert searched(name, lambda made: 0.8 - 0.1 * len(made))[0] == ()


@pytest.mark.parametrize("name", SAMPLED)
def test_every_combination_is_asked_for_once_while_the_space_lasts(name: str) -> None:
    """Two rates exclude each other; a training that is known is not asked for again."""
    _, asked = searched(name, lambda made: 0.5, trainings=1000)
    assert all(len([change for change in bundle if isinstance(change, LearningRate)]) <= 1 for bundle in asked)
    singles = {(change,) for change in (HALF, TENTH, SCALED, CLIPPED, LONGER)}
    assert singles <= set(asked)


@pytest.mark.parametrize("name", SAMPLED)
def test_it_ends_with_its_time(name: str) -> None:
    """No training is begun that does not fit."""
    _, asked = searched(name, lambda made: float(len(made)), trainings=7, together=1)
    assert len(asked) <= 9


def test_a_grid_takes_single_changes_first() -> None:
    """In the order of the proposals, and pairs after them."""
    _, asked = searched("grid", lambda made: 0.5, together=1)
    assert asked[:6] == [(), (HALF,), (TENTH,), (SCALED,), (CLIPPED,), (LONGER,)]
    assert all(len(bundle) == 2 for bundle in asked[6:14])


def test_a_model_of_the_scores_asks_where_they_are_high() -> None:
    """Once some are known, half of the bundles hold the change that decides; at random it would be a quarter."""

    def worth(made: set[Change]) -> float:
        return (0.8 if TENTH in made else 0.1) + 0.01 * len(made)

    rates = [proposal(LearningRate(rate)) for rate in (0.1, 0.05, 0.01)]
    others = [proposal(change) for change in (SCALED, CLIPPED, LONGER, BatchSize(8), Shuffle(), Plateau())]
    _, asked = searched("bayesian", worth, trainings=80, together=1, proposals=[*rates, *others])
    assert sum(TENTH in bundle for bundle in asked[10:30]) >= 9


def test_the_same_search_asks_for_the_same() -> None:
    """What was cut is gone on with: trainings that are stored are not made again."""
    for name in SAMPLED:
        first, second = (searched(name, lambda made: 0.1 * len(made), trainings=30)[1] for _ in range(2))
        assert first == second


def test_linked_proposals_exclude_each_other() -> None:
    """A proposal that settles two things stands beside those that settle either."""
    both = proposal(TENTH, LONGER)
    space = choices([proposal(HALF), proposal(Epochs(5)), proposal(SCALED), both])
    assert {len(changes) for changes in space} == {1, 3}


def test_an_unknown_search_and_a_missing_package_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is trained."""
    with pytest.raises(UsageError, match="no such search") as caught:
        Plan(search="genetic")
    assert "guided, random, grid, bayesian" in str(caught.value)
    monkeypatch.setattr("vandap.repair.bench.importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"bayesian.*optuna"):
        Plan(search="bayesian")
