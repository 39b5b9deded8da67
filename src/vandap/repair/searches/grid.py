"""Every combination of the changes, those of few changes first."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from vandap.repair.proposals import Bundle
from vandap.repair.searches._sampled import Sampled, choices


class Grid(Sampled):
    """All single changes, then all pairs, and so on, as far as the time reaches."""

    def bundles(self) -> Iterator[Bundle]:
        """In the order of the proposals."""
        space = choices(self.proposals)
        for count in range(1, len(space) + 1):
            for places in itertools.combinations(space, count):
                for picked in itertools.product(*places):
                    yield tuple(change for bundle in picked for change in bundle)
