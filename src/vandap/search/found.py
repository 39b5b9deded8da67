"""What a search gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """What a search gives back.

    Args:
        ids: Ids of each query's neighbours, best first.
        scores: Their cosines.
        milliseconds: Time of the whole, and of its parts, without that of waiting for a change or reading an engine.
    """

    ids: tuple[tuple[int | str, ...], ...]
    scores: tuple[tuple[float, ...], ...]
    milliseconds: Mapping[str, float]

    def above(self, threshold: float | None) -> Found:
        """Only the neighbours whose cosine is the threshold or more; all of them where it is None."""
        if threshold is None:
            return self
        many = [sum(score >= threshold for score in scores) for scores in self.scores]
        ids = tuple(found[:count] for found, count in zip(self.ids, many, strict=True))
        scores = tuple(found[:count] for found, count in zip(self.scores, many, strict=True))
        return Found(ids, scores, self.milliseconds)
