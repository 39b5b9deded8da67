"""The search that goes by what the exam found: first answers together, pruned, and then one change more at a time.

Bundles race (successive halving: Karnin, Koren and Somekh 2013; Jamieson and Talwalkar 2016): all are trained with one
seed, the better half with one more, and so on. The winner of a round is what the next round adds to. Every
change whose absence costs nothing is taken out again. Where an issue was found and nothing helps, random bundles are
tried for the rest of the time.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

from vandap.repair.changes.optimisation import LearningRate
from vandap.repair.proposals import Bundle, Proposal, joined, settled
from vandap.repair.remedy import Safety
from vandap.repair.searches._sampled import RACED
from vandap.repair.searches._screening import Screening

ROUNDS = 3
DEAR = 4.0
"""Usual trainings above which one comes after all others."""
MOST_TOGETHER = 4
"""Changes of a random bundle."""
_TRIES = 500
INPUT_SCALE = "input scale"
_OPPOSITE = {"lower-learning-rate", "raise-learning-rate"}


class Guided(Screening):
    """Issues are cured first; what hides a cure's gain may be cured next."""

    _answers: tuple[Bundle, ...] = ((),)
    """What the first race is between."""
    _is_cut = False
    """Whether a round had no time for each of its changes."""
    _found: Bundle = ()

    @property
    def is_complete(self) -> bool:
        """Whether there was time for the first answers, and where nothing helps for each further change."""
        return all(self._known.get(bundle) for bundle in self._answers) and (bool(self._found) or not self._is_cut)

    def search(self) -> Bundle:
        """Return the bundle that did best; empty where nothing did better than the program as it is."""
        self._found = self._searched()
        return self._found

    def _searched(self) -> Bundle:
        due, usual = first_answers(self.proposals, self.can_make)
        self._answers = ((), due, usual)
        best = self._race(self._answers)
        if best == () and self._gain(due, ()) >= -2 * self.noise:
            best = due  # an issue is cured unless that surely harms: what hides its gain may be cured next
        best = self._pruned(best)
        for _ in range(ROUNDS):
            if self._mean(best) >= self.ceiling - self.margin:
                break
            found = self._round(best)
            if found == best:
                break
            best = self._pruned(found)
        if not self._helps(best) and any(proposal.is_due for proposal in self.proposals):
            best = self._pruned(self._wandered())
        return best if self._helps(best) else ()

    def _wandered(self) -> Bundle:
        """The best of random bundles: where an issue has no cure by itself, some only help together."""
        chance = random.Random(0)
        for _ in range(_TRIES):
            fresh = dict.fromkeys(self._by_chance(chance) for _ in range(self.together))
            wanted = [bundle for bundle in fresh if bundle not in self._known]
            if not self._affordable():
                break
            self._train([(bundle, 0) for bundle in wanted])
        return self._race([(), *sorted(self._known, key=self._mean, reverse=True)[:RACED]])

    def _by_chance(self, chance: random.Random) -> Bundle:
        """Some proposals together, in their order: the same ones are the same bundle."""
        count = min(chance.randint(2, MOST_TOGETHER), len(self.proposals))
        bundle: Bundle = ()
        for place in sorted(chance.sample(range(len(self.proposals)), count)):
            bundle = joined(bundle, self.proposals[place].changes)
        return bundle

    def _round(self, best: Bundle) -> Bundle:
        """Add each proposal to the best bundle, race the results, and join those that helped."""
        added = [joined(best, proposal.changes) for proposal in self.proposals]
        fresh = [bundle for bundle in dict.fromkeys(added) if bundle != best and set(bundle) != set(best)]
        affordable = self._afforded(fresh)
        self._is_cut |= len(fresh) > len(affordable)
        fresh = affordable
        if not fresh:
            return best
        winner = self._race([best, *fresh])
        helped = [bundle for bundle in fresh if self._first(bundle) > self._first(best)]
        all_together = best
        for bundle in sorted(helped, key=self._first):  # the best is joined last, and keeps its place
            all_together = joined(all_together, tuple(change for change in bundle if change not in best))
        if len(helped) > 1 and self._affordable():
            winner = self._race([best, winner, all_together])
        return winner

    def _afforded(self, bundles: Sequence[Bundle]) -> list[Bundle]:
        """Those that there is time to train once: the likeliest first, and what takes far longer than usual last."""
        left, found = float(self._affordable()), []
        for bundle in sorted(bundles, key=lambda bundle: self.cost(bundle) > DEAR):
            left -= self.cost(bundle)
            if left < 0:
                break
            found.append(bundle)
        return found

    def _first(self, bundle: Bundle) -> float:
        return self._known.get(bundle, {}).get(0, -math.inf)


def first_answers(
    proposals: Sequence[Proposal], can_make: Callable[[Bundle], bool] = lambda bundle: True
) -> tuple[Bundle, Bundle]:
    """The first answers to issues; and with them the first safe change of every other place, and of the inputs.

    Args:
        proposals: What may be changed, the likeliest first.
        can_make: Tells whether changes can be made together: what cannot be made with those before it is left out.
    """
    due = _together((), [proposal for proposal in proposals if proposal.is_due], can_make)
    safe = [item for item in proposals if item.safety is Safety.SAFE or INPUT_SCALE in item.places]
    if {item.remedy for item in safe} >= _OPPOSITE:  # nobody knows which way
        safe = [item for item in safe if not any(isinstance(change, LearningRate) for change in item.changes)]
    return due, _together(due, safe, can_make)


def _together(bundle: Bundle, added: Sequence[Proposal], can_make: Callable[[Bundle], bool]) -> Bundle:
    """The bundle with those that settle another place than it does."""
    for proposal in added:
        more = joined(bundle, proposal.changes)
        if not proposal.places & settled(bundle) and can_make(more):
            bundle = more
    return bundle
