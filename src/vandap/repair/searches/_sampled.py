"""Searches that know nothing of the findings' order: bundles out of a space of choices, one training each."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from itertools import islice

from vandap.repair.proposals import Bundle, Proposal
from vandap.repair.searches._screening import Screening

TRY_SHARE = 0.7
"""Share of the time in which bundles are tried; the rest races the best of them and prunes the winner."""
RACED = 4
"""How many of them race."""


class Sampled(Screening):
    """One bundle after the other, all with one seed; the best race with further seeds, and the winner is pruned."""

    @property
    def is_complete(self) -> bool:
        """Whether the program as it is and one bundle were tried."""
        return bool(self._known.get(())) and len(self._known) > 1

    def search(self) -> Bundle:
        """Return the bundle that did best; empty where nothing did better than the program as it is."""
        begun = time.monotonic()
        self._train([((), 0)])
        asked = self.bundles()
        while self._affordable() and time.monotonic() - begun < TRY_SHARE * (self.until() - begun):
            fresh = list(islice(asked, self.together))
            if not fresh:
                break
            self._train([(bundle, 0) for bundle in fresh])
        ranked = sorted(self._known, key=self._mean, reverse=True)
        best = self._pruned(self._race([(), *ranked[:RACED]]))
        return best if self._helps(best) else ()

    @abstractmethod
    def bundles(self) -> Iterator[Bundle]:
        """Bundles to be tried, none of them twice; what was scored before is in `_known`."""


def choices(proposals: Sequence[Proposal]) -> tuple[tuple[Bundle, ...], ...]:
    """The space: for each thing that can be settled, the changes of which one at most can be made.

    Proposals that settle the same thing exclude each other, and so do those that are linked by a third one.
    """
    found: list[tuple[set[str], list[Bundle]]] = []
    for proposal in proposals:
        places, bundles = set(proposal.places), [proposal.changes]
        for item in [item for item in found if item[0] & places]:
            found.remove(item)
            places, bundles = places | item[0], [*item[1], *bundles]
        found.append((places, bundles))
    return tuple(tuple(dict.fromkeys(bundles)) for _, bundles in found)
