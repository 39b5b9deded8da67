"""Which members count, and the shares that they give."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.stats import t as student
from zoo import datasets
from zoo.judged import Judged
from zoo.kinds import ARCHITECTURES
from zoo.stored import Outcome

LEVEL, LEAST_GAP = 0.05, 0.02
NEAR = {"rebuild": 0.2, "other": 0.06}
"""How far below the best plan of the same data set and network a healthy plan may stay."""
LEAST_SKILL = 0.1
"""How far above a constant answer a healthy plan must come at least."""
NO_FAULT = ("TimeoutError",)
"""Ends that the bench itself brought about: such a member proves nothing."""
RISE = 1.5
"""Validation loss at the end over its lowest value above which a plan is overfitted and no longer healthy."""


@dataclass(frozen=True)
class Cohort:
    """One half of the zoo, judged.

    Args:
        members: Everything stored.
        harmful: Names of sick members that are worse than their twins.
        poor: Names of healthy plans that did not learn or were overfitted, as scores and validation loss say; what the
            rules said has no part in it.
        seeds: Fewest seeds by which a sick member was compared with its twin.
    """

    members: tuple[Judged, ...]
    harmful: frozenset[str]
    poor: frozenset[str]
    seeds: int

    @cached_property
    def healthy(self) -> tuple[Judged, ...]:
        """Healthy plans that count."""
        kind = (member for member in self.members if member.outcome.kind == "healthy")
        return tuple(member for member in kind if member.outcome.name not in self.poor)

    @cached_property
    def left_out(self) -> tuple[Judged, ...]:
        """Plans that were meant to be healthy, and do not count."""
        kind = (member for member in self.members if member.outcome.kind == "healthy")
        return tuple(member for member in kind if member.outcome.name in self.poor)

    @cached_property
    def twins(self) -> tuple[Judged, ...]:
        """Scripts that were healed."""
        return tuple(member for member in self.members if member.outcome.kind == "twin" and not member.outcome.crash)

    @cached_property
    def sick(self) -> tuple[Judged, ...]:
        """Sick members whose fault hurts."""
        return tuple(member for member in self.members if member.outcome.name in self.harmful)


def cohort(members: Sequence[Judged], scores: Sequence[Outcome] = ()) -> Cohort:
    """Decide which members count.

    Args:
        members: Everything that was examined.
        scores: Trainings of other seeds that were not examined.
    """
    runs: dict[str, list[Judged]] = defaultdict(list)
    for member in members:
        runs[member.outcome.name].append(member)
    outcomes: dict[str, dict[int, Outcome]] = defaultdict(dict)
    for outcome in (*scores, *(member.outcome for member in members)):
        outcomes[outcome.name][outcome.seed] = outcome
    pairs = {name: _pairs(found, outcomes) for name, found in outcomes.items() if name in runs and _is_sick(found)}
    harmful = frozenset(name for name, found in pairs.items() if is_worse(found))
    seeds = min(map(len, pairs.values()), default=0)
    return Cohort(tuple(members), harmful, frozenset(_poor(runs)), seeds)


def _is_sick(found: Mapping[int, Outcome]) -> bool:
    return next(iter(found.values())).kind == "sick"


def _pairs(sick: Mapping[int, Outcome], outcomes: Mapping[str, Mapping[int, Outcome]]) -> list[tuple[Outcome, Outcome]]:
    """Twin and sick member, seed by seed."""
    twins = outcomes.get(next(iter(sick.values())).twin, {})
    return [(twins[seed], one) for seed, one in sick.items() if seed in twins]


def is_worse(pairs: Sequence[tuple[Outcome, Outcome]]) -> bool:
    """Whether a sick member is worse than its twin, seed by seed."""
    if not pairs or any(twin.crash or one.crash in NO_FAULT for twin, one in pairs):
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
        learnt = mean >= max(best[group(name)] - near, constant(name) + LEAST_SKILL)
        if not learnt or (rises and float(np.median(rises)) > RISE):
            yield name


def constant(name: str) -> float:
    """Score of a constant answer; 0 where the data set cannot be read here."""
    data, architecture = group(name)
    try:
        raw = datasets.raw(data)
    except FileNotFoundError:
        return 0.0
    return 0.0 if ARCHITECTURES[architecture].rebuild or raw.task == "numbers" else 1 / raw.classes


def group(name: str) -> tuple[str, ...]:
    """Data set and network of a member."""
    return tuple(name.split("-")[:2])
