"""What the user asks of an index, and what was measured."""

from __future__ import annotations

import math
from dataclasses import dataclass

from vandap.errors import UsageError


@dataclass(frozen=True)
class Target:
    """The promise that an index is to keep.

    Args:
        recall: Share of the true k nearest that a search returns, on average over queries.
        k: How many neighbours.
        latency: Seconds that the median single query may take; infinite when not stated.
        memory: Bytes that the process may hold while it builds and searches, without the page cache; infinite when not
            stated.
        seconds: Seconds that the build may take; infinite when not stated.
        bytes: Bytes that a vector may take on the disk; infinite when not stated.
    """

    recall: float = 0.95
    k: int = 10
    latency: float = math.inf
    memory: float = math.inf
    seconds: float = math.inf
    bytes: float = math.inf

    def __post_init__(self) -> None:
        for name in ("latency", "memory", "seconds", "bytes"):
            if math.isnan(getattr(self, name)):  # what is infinite is stored as null, and null is read as NaN
                object.__setattr__(self, name, math.inf)
        if not 0 < self.recall < 1:
            raise UsageError(
                "This recall cannot be promised.",
                received=str(self.recall),
                expected="a share above 0 and below 1",
                hint="Write --recall 0.95; for a search that never misses choose --engine exact.",
            )
        if self.k < 1:
            raise UsageError(
                "The number of neighbours is not usable.",
                received=str(self.k),
                expected="a whole number, one or more",
                hint="Write --k 10.",
            )


@dataclass(frozen=True)
class Recall:
    """Measured recall.

    Args:
        k: Neighbours asked for.
        estimate: Mean over the queries.
        lower95: One-sided lower bound of the mean at 95 % confidence.
        queries: Queries measured, none of them in the index at the time.
    """

    k: int
    estimate: float
    lower95: float
    queries: int


@dataclass(frozen=True)
class Speed:
    """Measured time of single queries in this process, one at a time, one thread.

    Args:
        p50: Seconds of the median query.
        p99: Seconds that 99 of 100 queries stay below.
        queries: Queries timed.
    """

    p50: float
    p99: float
    queries: int


@dataclass(frozen=True)
class Setting:
    """How an engine is searched.

    Args:
        effort: The engine's own knob: lists probed, candidates kept, nodes visited.
        depth: Candidates whose exact cosine is computed.
    """

    effort: int
    depth: int


@dataclass(frozen=True)
class Filtered:
    """How an engine is searched under a filter.

    Args:
        share: Share of the rows that match.
        setting: Effort and depth that reach the target there.
    """

    share: float
    setting: Setting
