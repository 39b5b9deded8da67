"""How many seeds, or examples, would tell what an experiment could not."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from vandap.core.experiment import Components, Effect, Needed
from vandap.core.finding import Threshold
from vandap.evaluate.experiment.plan import LOOKS

POWER = Threshold(0.8, "Cohen 1988, 'Statistical Power Analysis': the customary chance of finding what is there")
MOST_SEEDS = 10_000
MOST_EXAMPLES = 10**8
RUNS_A_SEED = 2


def needed(effect: Effect, margin: float, seconds_a_run: float | None = None) -> Needed | None:
    """Return the seeds of a new experiment that would probably end with a verdict other than `cannot tell`.

    The chance of a verdict is computed as if effect and variance components were what was measured. A measured effect
    that was found large by luck makes the answer too small, and one that was found small by luck too large.

    Args:
        effect: What was measured.
        margin: Differences within the margin do not matter in practice.
        seconds_a_run: Wall clock of one training, if known.

    Returns:
        Seeds, or else the examples that the longest plan would need; None if nothing was measured.
    """
    if not math.isfinite(effect.error):
        return None
    cap = effect.freedom if effect.freedom < effect.seeds - 1 else math.inf
    seeds = np.arange(2, MOST_SEEDS + 1)
    chances = chance(effect, margin, _errors(effect.components, seeds, effect.count), np.minimum(seeds - 1, cap))
    enough = np.flatnonzero(chances >= POWER.value)
    if len(enough):
        most = max(int(seeds[enough[0]]), effect.seeds + 1)  # what was not told by so many is told by more
        return Needed(seeds=most, seconds=None if seconds_a_run is None else RUNS_A_SEED * most * seconds_a_run)
    return Needed(examples=examples_needed(effect, margin))


def chance(effect: Effect, margin: float, error: np.ndarray, freedom: np.ndarray) -> np.ndarray:
    """Return the probability that an experiment ends with a verdict: an interval apart from 0, or inside the margin.

    Args:
        effect: The true effect, and the two-sided error of its interval.
        margin: Differences within the margin do not matter in practice.
        error: Standard errors of the difference, shape `(n,)`.
        freedom: Their degrees of freedom, shape `(n,)`.

    Returns:
        Probabilities of shape `(n,)`; the sampled difference is taken as normal.
    """
    apart = -special.stdtrit(freedom, effect.alpha / 2.0) * error
    inside = margin + special.stdtrit(freedom, effect.alpha) * error
    outside = 1.0 - _between(effect.difference, error, apart)
    within = np.where(inside > 0.0, _between(effect.difference, error, np.clip(inside, 0.0, apart)), 0.0)
    total: np.ndarray = outside + within
    return total


def _between(centre: float, error: np.ndarray, bound: np.ndarray) -> np.ndarray:
    """Probability that a normal number lies within `bound` of zero."""
    scale = np.maximum(error, np.finfo(float).tiny)
    mass: np.ndarray = special.ndtr((bound - centre) / scale) - special.ndtr((-bound - centre) / scale)
    return mass


def _errors(components: Components, seeds: np.ndarray, examples: float) -> np.ndarray:
    return np.sqrt(components.seed / seeds + components.example / examples + components.residual / (seeds * examples))


def examples_needed(effect: Effect, margin: float) -> int | None:
    """Return the fewest examples with which the longest plan would tell, to two digits; None if seeds alone hide it.

    Args:
        effect: What was measured.
        margin: Differences within the margin do not matter in practice.
    """
    counts = np.unique(np.round(np.geomspace(effect.count, max(MOST_EXAMPLES, effect.count), 400)))
    freedom = np.full(len(counts), LOOKS[-1] - 1.0)
    errors = np.array([math.sqrt(effect.components.variance(LOOKS[-1], count)) for count in counts])
    enough = np.flatnonzero(chance(effect, margin, errors, freedom) >= POWER.value)
    if not len(enough):
        return None
    found = int(counts[enough[0]])
    step = 10 ** max(len(str(found)) - 2, 0)
    return -(-found // step) * step
