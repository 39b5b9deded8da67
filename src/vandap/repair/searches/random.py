"""Random combinations of a few changes.

References:
    Bergstra and Bengio, Random search for hyper-parameter optimization, JMLR 2012.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vandap.repair.proposals import Bundle
from vandap.repair.searches._sampled import Sampled, choices

MOST_CHANGES = 3
"""Places at which a bundle changes something, at most."""
_TRIES = 1000


class Random(Sampled):
    """A few places, and one of the changes of each."""

    def bundles(self) -> Iterator[Bundle]:
        """Always the same ones for the same proposals; they end where hardly any is left."""
        space, generator, seen = choices(self.proposals), np.random.default_rng(0), {()}
        misses = 0
        while space and misses < _TRIES:
            count = int(generator.integers(1, min(MOST_CHANGES, len(space)) + 1))
            places = sorted(generator.permutation(len(space))[:count])
            picked = [space[place][generator.integers(len(space[place]))] for place in places]
            bundle = tuple(change for changes in picked for change in changes)
            misses += 1
            if bundle not in seen:
                seen.add(bundle)
                misses = 0
                yield bundle
