"""Shares of runs with their intervals."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from scipy.stats import beta
from scipy.stats import t as student
from zoo.judged import Judged


@dataclass(frozen=True)
class Share:
    """A share of runs, which are alike within a member and within a data set.

    Args:
        hits: Runs for which something holds, one number a cluster.
        counts: Runs, one number a cluster.
        units: Different members among the runs.
    """

    hits: tuple[int, ...]
    counts: tuple[int, ...]
    units: int

    @property
    def total(self) -> int:
        """How many runs."""
        return sum(self.counts)

    @property
    def value(self) -> float:
        """The share; NaN of nothing."""
        return sum(self.hits) / self.total if self.total else math.nan

    @property
    def wilson(self) -> tuple[float, float]:
        """Wilson's score interval at 95 %, as if all runs were independent."""
        if not self.total:
            return 0.0, 1.0
        z, share, count = 1.959964, self.value, self.total
        centre = (share + z * z / (2 * count)) / (1 + z * z / count)
        half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
        return max(0.0, centre - half), min(1.0, centre + half)

    @property
    def clustered(self) -> tuple[float, float]:
        """Korn and Graubard's interval at 95 %: Clopper and Pearson's on the effective number of runs."""
        return self._bound(0.025, upper=False), self._bound(0.025, upper=True)

    @property
    def upper(self) -> float:
        """One-sided upper bound at 95 %, clustered: what "at most" may be claimed of."""
        return self._bound(0.05, upper=True)

    @property
    def effective(self) -> float:
        """Independent runs that would tell as much (Korn and Graubard 1998).

        With no hit, or with nothing but hits, the clusters do not differ and their likeness cannot be estimated: then
        each member counts once, however many seeds it ran with.
        """
        counts, hits, groups = np.array(self.counts), np.array(self.hits), len(self.counts)
        if groups < 2 or self.value in (0.0, 1.0):
            return float(self.units)
        residuals = hits - self.value * counts
        variance = groups / (groups - 1) * float((residuals**2).sum()) / self.total**2
        if variance == 0:
            return float(self.units)
        freedom = student.ppf(0.975, self.total - 1) / student.ppf(0.975, groups - 1)
        return float(min(self.total, self.value * (1 - self.value) / variance * freedom**2))

    def _bound(self, tail: float, upper: bool) -> float:
        if not self.total:
            return float(upper)
        size = self.effective
        hits = self.value * size
        if upper:
            return float(beta.ppf(1 - tail, hits + 1, size - hits)) if hits < size else 1.0
        return float(beta.ppf(tail, hits, size - hits + 1)) if hits > 0 else 0.0


def share(members: Iterable[Judged], holds: Callable[[Judged], bool]) -> Share:
    """The share of members for which something holds."""
    found: dict[str, list[bool]] = defaultdict(list)
    names = set()
    for member in members:
        found[cluster(member.outcome.name)].append(holds(member))
        names.add(member.outcome.name)
    return Share(tuple(map(sum, found.values())), tuple(map(len, found.values())), len(names))


def cluster(name: str) -> str:
    """The data set of a member; a hand-written script, and its twin, has data of its own."""
    return name.removesuffix("-healed") if name.startswith("script-") else name.split("-")[0]
