"""Open-set identification: rank-1, recall, and FNIR at a FPIR whose threshold comes from the gallery itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vandap.core.estimate import Estimate
from vandap.evaluate.identification.searches import Searches, proportion, recall_at
from vandap.evaluate.identification.threshold import REPLICATES, Strangers, Threshold, calibrate, calibrated
from vandap.evaluate.intervals import MINIMUM_ROWS, wilson

_ENDS = (0.025, 0.975)


@dataclass(frozen=True)
class OperatingPoint:
    """One FPIR.

    Args:
        threshold: Its threshold, with interval.
        fnir: Share of mated searches that miss their mate at it; the interval holds the threshold's uncertainty too.
        checked: FPIR on strangers other than those that the threshold was made from, each half of them in turn.
    """

    threshold: Threshold
    fnir: Estimate
    checked: Estimate


@dataclass(frozen=True)
class Identification:
    """How well people are found in a gallery.

    Args:
        gallery: Vectors in it.
        mated: Probes whose person is in it.
        strangers: Probes whose person is not.
        recalls: Rank-1 and recall at more candidates.
        points: One for each FPIR asked for.
    """

    gallery: int
    mated: int
    strangers: int
    recalls: tuple[Estimate, ...]
    points: tuple[OperatingPoint, ...]


def identification(
    searches: Searches, fpirs: Sequence[float] = (0.01, 0.1), ks: Sequence[int] = (1, 5, 10), seed: int = 0
) -> Identification:
    """Measure searches of a gallery.

    Args:
        searches: Of mated and of non-mated probes; without either the measures that need it cannot be told.
        fpirs: Shares of strangers who may be taken for somebody.
        ks: Numbers of candidates for recall; those beyond what was asked for are left out.
        seed: Of the resampling of people, and of how strangers are halved.
    """
    kept = [k for k in ks if k <= searches.found.shape[1]]
    return Identification(
        searches.gallery,
        int(searches.mated.sum()),
        int((~searches.mated).sum()),
        tuple(recall_at(searches, k) for k in kept),
        tuple(operating_point(searches, share, seed) for share in fpirs),
    )


def operating_point(searches: Searches, share: float, seed: int = 0) -> OperatingPoint:
    """Calibrate the threshold for one FPIR, and measure what it costs."""
    others, own = searches.part(np.flatnonzero(~searches.mated)), searches.part(np.flatnonzero(searches.mated))
    strangers = Strangers.of(others.best_scores, others.people)
    threshold, drawn = calibrated(strangers, share, 1.0, seed)
    return OperatingPoint(threshold, missed_at(own, threshold, drawn, seed), _checked(others, share, seed))


def missed_at(own: Searches, threshold: Threshold, thresholds: np.ndarray, seed: int = 0) -> Estimate:
    """FNIR at a calibrated threshold.

    Args:
        own: Searches of mated probes.
        threshold: The threshold.
        thresholds: What it is in resamples of strangers; each meets a resample of the mated people.
        seed: Of the resampling.
    """
    if math.isnan(threshold.value):
        return Estimate("FNIR", math.nan, method=threshold.method)
    people = np.unique(own.people, return_inverse=True)[1]
    count = int(people.max(initial=-1)) + 1
    missed = own.mate_scores < threshold.value
    if count < MINIMUM_ROWS:
        return proportion("FNIR", missed, own.people)
    value, sizes = float(missed.mean()), np.bincount(people)
    generator, drawn = np.random.default_rng((seed, 1)), []
    for bound in thresholds:
        times = np.bincount(generator.integers(0, count, count), minlength=count)
        misses = np.bincount(people, own.mate_scores < bound, count)
        drawn.append(float(misses @ times / (sizes @ times)))
    low, high = (float(np.quantile(drawn, end)) for end in _ENDS)
    # A resample of people who never fail never fails: what was not seen is bounded as by Wilson.
    floor, ceiling = wilson(value * count, count)
    low, high = (min(low, floor) if value == 1.0 else low), (max(high, ceiling) if value == 0.0 else high)
    return Estimate("FNIR", value, min(low, value), max(high, value), count, f"{REPLICATES} resamples of people")


def _checked(others: Searches, share: float, seed: int) -> Estimate:
    """FPIR of each half of the strangers at the threshold of the other half."""
    names = np.unique(others.people)
    half = np.random.default_rng((seed, 2)).permutation(len(names)) % 2
    side = half[np.searchsorted(names, others.people)]
    taken = np.zeros(len(side), bool)
    for part in (0, 1):
        here, there = np.flatnonzero(side == part), others.part(np.flatnonzero(side != part))
        found = calibrate(Strangers.of(there.best_scores, there.people), share, seed=seed)
        if math.isnan(found.value):
            return Estimate("FPIR", math.nan, method=f"{found.method}, in each half")
        taken[here] = others.best_scores[here] >= found.value
    return proportion("FPIR", taken, others.people)
