"""Which members count, and the shares that they give."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.stats import t as student
from zoo.judged import Judged

LEVEL, LEAST_GAP = 0.05, 0.02
NEAR = {"rebuild": 0.2, "other": 0.06}
"""How far below the best plan of the same data set and network a healthy plan may stay."""
RISE = 1.5
"""Validation loss at the end over its lowest value above which a plan is overfitted and no longer healthy."""


@dataclass(frozen=True)
class Share:
    """A share with its Wilson interval at 95 %."""

    hits: int
    count: int

    @property
    def value(self) -> float:
        """The share; NaN of nothing."""
        return self.hits / self.count if self.count else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's score interval."""
        if not self.count:
            return 0.0, 1.0
        z, share, count = 1.959964, self.value, self.count
        centre = (share + z * z / (2 * count)) / (1 + z * z / count)
        half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
        return max(0.0, centre - half), min(1.0, centre + half)


def share(members: Iterable[Judged], holds: Callable[[Judged], bool]) -> Share:
    """The share of members for which something holds."""
    found = [holds(member) for member in members]
    return Share(sum(found), len(found))


@dataclass(frozen=True)
class Cohort:
    """One half of the zoo, judged.

    Args:
        members: Everything stored.
        harmful: Names of sick members that are worse than their twins.
        poor: Names of healthy plans that did not learn or were overfitted.
    """

    members: tuple[Judged, ...]
    harmful: frozenset[str]
    poor: frozenset[str]

    @cached_property
    def healthy(self) -> tuple[Judged, ...]:
        """Healthy plans that count."""
        kind = (member for member in self.members if member.outcome.kind == "healthy")
        return tuple(member for member in kind if member.outcome.name not in self.poor)

    @cached_property
    def twins(self) -> tuple[Judged, ...]:
        """Scripts that were healed."""
        return tuple(member for member in self.members if member.outcome.kind == "twin" and not member.outcome.crash)

    @cached_property
    def sick(self) -> tuple[Judged, ...]:
        """Sick members whose fault hurts."""
        return tuple(member for member in self.members if member.outcome.name in self.harmful)


def cohort(members: Sequence[Judged]) -> Cohort:
    """Decide which members count."""
    runs: dict[str, list[Judged]] = defaultdict(list)
    for member in members:
        runs[member.outcome.name].append(member)
    harmful = {name for name, found in runs.items() if found[0].outcome.kind == "sick" and is_worse(found, runs)}
    return Cohort(tuple(members), frozenset(harmful), frozenset(_poor(runs)))


def is_worse(sick: Sequence[Judged], runs: dict[str, list[Judged]]) -> bool:
    """Whether a sick member is worse than its twin, seed by seed."""
    twins = {twin.outcome.seed: twin.outcome for twin in runs.get(sick[0].outcome.twin, ())}
    pairs = [(twins[one.outcome.seed], one.outcome) for one in sick if one.outcome.seed in twins]
    if not pairs or any(twin.crash for twin, _ in pairs):
        return False
    if all(one.crash for _, one in pairs):
        return True
    gaps = np.array([twin.score - (0.0 if one.crash else one.score) for twin, one in pairs])
    if len(gaps) == 1:
        return bool(gaps[0] >= 5 * LEAST_GAP)  # not yet a proof: enough for looking at the rules
    deviation = max(float(gaps.std(ddof=1)), 1e-9)
    critical = student.ppf(1 - LEVEL, len(gaps) - 1) * deviation / math.sqrt(len(gaps))
    return bool(gaps.mean() >= LEAST_GAP and gaps.mean() > critical)


def _poor(runs: dict[str, list[Judged]]) -> Iterable[str]:
    means = {
        name: float(np.mean([one.outcome.score for one in found]))
        for name, found in runs.items()
        if found[0].outcome.kind == "healthy"
    }
    best: dict[tuple[str, ...], float] = defaultdict(lambda: -math.inf)
    for name, mean in means.items():
        best[group(name)] = max(best[group(name)], mean)
    for name, mean in means.items():
        near = NEAR["rebuild" if "autoencoder" in name else "other"]
        rises = [one.rise for one in runs[name] if not math.isnan(one.rise)]
        if not mean >= best[group(name)] - near or (rises and float(np.median(rises)) > RISE):
            yield name


def group(name: str) -> tuple[str, ...]:
    """Data set and network of a member."""
    return tuple(name.split("-")[:2])


def clustered_upper(members: Sequence[Judged], draws: int = 2000) -> float:
    """Upper end of the 95 % bootstrap interval of the share of alarms, drawing whole data sets."""
    clusters: dict[str, list[bool]] = defaultdict(list)
    for member in members:
        clusters[member.outcome.name.split("-")[0]].append(member.detected)
    if not clusters:
        return 1.0
    hits = np.array([sum(found) for found in clusters.values()])
    counts = np.array([len(found) for found in clusters.values()])
    chosen = np.random.default_rng(0).integers(0, len(hits), (draws, len(hits)))
    return float(np.quantile(hits[chosen].sum(axis=1) / counts[chosen].sum(axis=1), 0.975))
