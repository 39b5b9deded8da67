"""When an experiment is looked at, and how strict each look must be so that all together keep the error."""

from __future__ import annotations

from dataclasses import dataclass

from scipy import special

from vandap.core.finding import Threshold
from vandap.errors import UsageError
from vandap.evaluate.experiment.boundaries import BOUNDARIES

ALPHA = Threshold(0.05, "goals of the protocol: intervals of 95 %")


def halved_error(number: int) -> float:
    """Two-sided error of the so-manieth look at the same thing: all together stay below twice the first's.

    Args:
        number: Counted from 1.
    """
    return ALPHA.value / 2.0 ** (number - 1)


LOOKS = (5, 8, 12, 20)
"""Seeds of each arm at the planned looks: the goals of the protocol."""
FEWEST = 3
"""Seeds of each arm of the single look that is planned where there is no time for five: it shows large effects only."""


@dataclass(frozen=True)
class Plan:
    """The looks of an experiment, fixed before its first run.

    Args:
        looks: Seeds of each arm at each look, ascending; at the last the experiment ends.
        alpha: Two-sided error over all looks together.

    Raises:
        UsageError: There is no table for these looks.
    """

    looks: tuple[int, ...]
    alpha: float = ALPHA.value

    def __post_init__(self) -> None:
        known = len(self.looks) == 1 or all((self.looks, level) in BOUNDARIES for level in (self.alpha, 2 * self.alpha))
        if not known or self.looks[0] < 2:
            raise UsageError(
                "There are no critical values for these looks.",
                received=f"looks at {', '.join(map(str, self.looks))} seeds with an error of {self.alpha:g}",
                expected=f"one look, at two seeds or more; or the first two or more of {LOOKS} with {ALPHA.value:g}",
                hint="Take `Plan.within(seeds)`, or add the looks to bench/protocol/boundaries.py and run it.",
            )

    @classmethod
    def within(cls, seeds: int) -> Plan:
        """Return the longest plan of sequential looks that so many seeds allow; one look where they are few.

        Raises:
            UsageError: They are too few for any look.
        """
        if seeds < FEWEST:
            raise UsageError(
                "An experiment needs more seeds: with fewer, the noise of training hides all effects.",
                received=f"{seeds} seeds of each arm",
                expected=f"{FEWEST} or more",
                hint="Give a larger budget, or a smaller training.",
            )
        return cls(tuple(look for look in LOOKS if look <= seeds) or (seeds,))

    def levels(self, seeds: int) -> tuple[float, float]:
        """Return the nominal two-sided errors at one look, of the interval and of the inner one.

        An interval of `1 - level` at every look keeps `alpha` over all looks (repeated confidence intervals).

        Args:
            seeds: Seeds of each arm at this look.

        References:
            Jennison and Turnbull 1989, "Interim analyses: the repeated confidence interval approach", Journal of the
            Royal Statistical Society B 51.
        """
        if len(self.looks) == 1:
            return self.alpha, 2.0 * self.alpha
        outer, inner = (
            float(2.0 * special.stdtr(seeds - 1, -BOUNDARIES[self.looks, alpha][self.looks.index(seeds)]))
            for alpha in (self.alpha, 2.0 * self.alpha)
        )
        return outer, inner
