"""The search for a bundle, on scores that are made up."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from vandap.repair.changes.change import Change
from vandap.repair.changes.data import StandardiseInputs
from vandap.repair.changes.optimisation import Clip, EarlyStopping, Epochs, LearningRate
from vandap.repair.changes.output import FromLogits
from vandap.repair.proposals import Bundle, Proposal, joined
from vandap.repair.remedy import Safety
from vandap.repair.searches.guided import Guided, first_answers


def proposal(change: Change, is_due: bool = False) -> Proposal:
    """A proposal of one change."""
    return Proposal((change,), change.slug, "X1 x", Safety.SAFE, is_due)


def screening(worth: Callable[[set[Change]], float], proposals: Sequence[Proposal], noise: float = 0.0) -> Guided:
    """A search where a bundle's score is what `worth` says, plus noise of each seed."""

    def score(wanted: Sequence[tuple[Bundle, int]]) -> list[float | None]:
        return [
            worth(set(bundle)) + noise * np.random.default_rng((seed, len(bundle))).normal() for bundle, seed in wanted
        ]

    end = time.monotonic() + 60
    return Guided(score, proposals, margin=0.01, noise=0.02, until=lambda: end)


HALF, TENTH = LearningRate(0.05), LearningRate(0.01)
LOGITS, SCALED, CLIPPED, LONGER = FromLogits(True), StandardiseInputs(), Clip(1.0), Epochs(9)


def test_changes_that_help_only_together_are_found() -> None:
    """A loss that is told of logits helps once the rate is lower: the issue's cure is kept while others are tried."""

    def worth(made: set[Change]) -> float:
        return 0.9 if {LOGITS, TENTH} <= made else 0.1

    found = screening(worth, [proposal(LOGITS, True), proposal(HALF), proposal(TENTH), proposal(CLIPPED)]).search()
    assert set(found) == {LOGITS, TENTH}


def test_where_no_cure_helps_by_itself_random_bundles_are_tried() -> None:
    """For an issue that was found; without one, what nothing betters is left alone."""
    asked = [proposal(change) for change in (HALF, SCALED, CLIPPED, LONGER)]

    def worth(made: set[Change]) -> float:
        return 0.9 if {SCALED, CLIPPED, LONGER} <= made else 0.1 - 0.01 * len(made)

    assert set(screening(worth, [proposal(LOGITS, True), *asked]).search()) == {SCALED, CLIPPED, LONGER}
    assert screening(lambda made: 0.5 - 0.1 * len(made), [proposal(LOGITS), *asked]).search() == ()


def test_a_lucky_seed_is_no_help() -> None:
    """What does as the program does with the same seeds is not put to the proof, however its one seed compares."""
    luck = {0: 0.3, 1: -0.3}

    def score(wanted: Sequence[tuple[Bundle, int]]) -> list[float | None]:
        return [0.5 + luck.get(seed, 0.0) for _, seed in wanted]

    end = time.monotonic() + 60
    search = Guided(score, [proposal(LOGITS, True)], margin=0.01, noise=0.02, until=lambda: end)
    assert search.search() == ()


def test_what_costs_nothing_to_leave_out_is_left_out() -> None:
    """The smaller edit wins: a due change that does nothing is pruned."""

    def worth(made: set[Change]) -> float:
        return 0.9 if TENTH in made else 0.1

    assert screening(worth, [proposal(LOGITS, True), proposal(TENTH), proposal(CLIPPED)]).search() == (TENTH,)


def test_helpful_changes_are_joined() -> None:
    """Changes of different places add up."""

    def worth(made: set[Change]) -> float:
        return 0.3 + 0.2 * (TENTH in made) + 0.2 * (SCALED in made) + 0.2 * (LONGER in made)

    found = screening(worth, [proposal(TENTH), proposal(SCALED), proposal(LONGER), proposal(CLIPPED)]).search()
    assert set(found) == {TENTH, SCALED, LONGER}


def test_nothing_is_changed_where_nothing_helps() -> None:
    """An empty bundle means: as it is."""
    assert screening(lambda made: 0.8 - 0.1 * len(made), [proposal(TENTH), proposal(SCALED)]).search() == ()


def test_of_two_changes_of_one_place_one_is_taken() -> None:
    """A training has one learning rate."""
    assert joined((HALF, CLIPPED), (TENTH,)) == (CLIPPED, TENTH)


def test_no_time_means_no_bundle() -> None:
    """A search whose time is up claims nothing, and knows that it was cut."""
    search = screening(lambda made: 1.0 * len(made), [proposal(TENTH)])
    search.score = lambda wanted: [None] * len(wanted)
    assert search.search() == () and not search.is_complete


def test_what_there_was_no_time_for_was_not_seen_to_be_no_help() -> None:
    """Nothing helped of what was tried; that is all there is to be said only where all of it was tried."""
    for affordable, is_complete in ((9, True), (1, False)):
        search = screening(lambda made: 0.8 - 0.1 * len(made), [proposal(TENTH), proposal(SCALED), proposal(LONGER)])
        search._affordable = lambda affordable=affordable: affordable
        assert search.search() == () and search.is_complete is is_complete


def test_first_answers_are_tried_together_first() -> None:
    """Cures that help only all at once need few trainings where each is the first answer to something."""
    seen: list[Bundle] = []
    search = screening(lambda made: float({LOGITS, TENTH, CLIPPED} <= made), [])
    search.proposals = [proposal(LOGITS, True), proposal(TENTH), proposal(HALF), proposal(CLIPPED)]
    score = search.score
    search.score = lambda wanted: seen.extend(bundle for bundle, _ in wanted) or score(wanted)
    assert set(search.search()) == {LOGITS, TENTH, CLIPPED}
    assert set(seen[2]) == {LOGITS, TENTH, CLIPPED}


def test_small_losses_do_not_add_up() -> None:
    """Each of six changes is worth less than the noise; leaving out most of them is not."""
    changes = [Clip(float(number)) for number in range(6)]

    def worth(made: set[Change]) -> float:
        return 0.7 + 0.028 * len(made)

    search = screening(worth, [])
    search.noise = 0.058
    search._train([(tuple(changes), 0)])
    assert worth(set(search._pruned(tuple(changes)))) >= worth(set(changes)) - 0.5 * search.noise


def test_a_race_is_not_won_by_one_seed() -> None:
    """Of three, two are left for a second seed; and who had more seeds is compared on those that all had."""
    values = {(): (0.5, 0.5), (TENTH,): (0.52, 0.3), (HALF,): (0.51, 0.6)}
    search = screening(lambda made: 0.0, [])
    search.score = lambda wanted: [values[bundle][min(seed, 1)] for bundle, seed in wanted]
    assert search._race(list(values)) == (HALF,)
    lucky = screening(lambda made: 0.0, [])
    lucky._known = {(): {0: 0.9, 1: 0.1, 2: 0.1, 3: 0.1}, (TENTH,): {0: 0.85}}
    assert lucky._ranked([(), (TENTH,)])[0] == ()


def test_first_answers_that_cannot_be_made_together_are_not_joined() -> None:
    """The later one is left out, and the others are tried."""
    wanted = [proposal(LOGITS, True), proposal(TENTH, True), proposal(CLIPPED)]
    due, usual = first_answers(wanted, lambda bundle: not {LOGITS, TENTH} <= set(bundle))
    assert due == (LOGITS,) and usual == (LOGITS, CLIPPED)


def test_opposite_rates_are_not_guessed() -> None:
    """Where findings ask for a lower and for a higher rate and neither was measured, the first race has neither."""
    lower, higher = replace(proposal(TENTH), remedy="lower-learning-rate"), proposal(LearningRate(1.0))
    higher = replace(higher, remedy="raise-learning-rate")
    assert first_answers([lower, higher, proposal(CLIPPED)])[1] == (CLIPPED,)
    assert first_answers([lower, proposal(CLIPPED)])[1] == (TENTH, CLIPPED)
    assert first_answers([replace(lower, is_due=True), higher])[0] == (TENTH,)


def test_the_search_ends_where_nothing_can_be_better() -> None:
    """At the best score there is, the time belongs to the proof."""
    seen: list[Bundle] = []
    search = screening(lambda made: 1.0 if TENTH in made else 0.2, [proposal(TENTH, True), proposal(SCALED)])
    score, search.ceiling = search.score, 1.0
    search.score = lambda wanted: seen.extend(bundle for bundle, _ in wanted) or score(wanted)
    assert search.search() == (TENTH,) and not any(len(bundle) == 1 and SCALED in bundle for bundle in seen)
    assert (TENTH, SCALED) in seen  # of the first race alone
    search = screening(lambda made: 0.9 if TENTH in made else 0.2, [proposal(TENTH, True), proposal(SCALED)])
    assert search.search() == (TENTH,)


def test_what_takes_long_comes_last() -> None:
    """A training of ten times the epochs is not begun before ten others, nor where there is no time for it."""
    search = screening(lambda made: 0.0, [])
    search.cost = lambda bundle: 10.0 if LONGER in bundle else 1.0
    search._affordable = lambda: 11
    assert search._afforded([(LONGER,), (TENTH,), (SCALED,)]) == [(TENTH,), (SCALED,)]
    search._affordable = lambda: 12
    assert search._afforded([(LONGER,), (TENTH,), (SCALED,)]) == [(TENTH,), (SCALED,), (LONGER,)]


def test_what_ends_a_longer_training_is_not_left_out() -> None:
    """It costs nothing, and many more epochs without it take the time that the proof needs."""
    stop, asked = EarlyStopping(3), list[Bundle]()

    def score(wanted: Sequence[tuple[Bundle, int]]) -> list[float | None]:
        asked.extend(bundle for bundle, _ in wanted)
        return [0.9 if LONGER in bundle else 0.1 for bundle, _ in wanted]

    end = time.monotonic() + 60
    search = Guided(score, [proposal(LONGER, True), proposal(stop, True)], margin=0.01, noise=0.02, until=lambda: end)
    assert set(search._pruned((stop, LONGER))) == {stop, LONGER} and (LONGER,) not in asked
    assert set(search._pruned((stop, CLIPPED, LONGER))) == {stop, LONGER}
