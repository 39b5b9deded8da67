"""How much of the permitted error each look may spend, and what a statistic must reach to spend no more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy import special


def spent(alpha: float, information: float) -> float:
    """Return the two-sided error that may have been spent so far: O'Brien-Fleming's spending function.

    Args:
        alpha: Two-sided error over all looks.
        information: Share of the planned information that is there, in (0, 1]: seeds so far over planned seeds.

    References:
        Lan and DeMets 1983, "Discrete sequential boundaries for clinical trials", Biometrika 70.
    """
    return float(2.0 * special.ndtr(special.ndtri(alpha / 2.0) / np.sqrt(information)))


def statistics(looks: Sequence[int], count: int, generator: np.random.Generator) -> np.ndarray:
    """Draw t statistics of a growing sample when nothing differs: float32 of shape `(len(looks), count)`.

    Each look adds normal observations to those of the look before; the t statistic of all so far has their own standard
    deviation. Only what each look adds to sum and squares is drawn, not every observation.

    Args:
        looks: Observations at each look, ascending, the first at least 2.
        count: Number of samples to draw.
        generator: Source of random numbers.
    """
    found = np.empty((len(looks), count), dtype=np.float32)
    mean, squares, seen = np.zeros(count), np.zeros(count), 0
    for place, total in enumerate(looks):
        added = total - seen
        fresh = generator.standard_normal(count) / np.sqrt(added)
        inside = generator.chisquare(added - 1, count) if added > 1 else 0.0
        squares += inside + (fresh - mean) ** 2 * (seen * added / total)
        mean += (fresh - mean) * (added / total)
        seen = total
        found[place] = mean / np.sqrt(squares / (total - 1) / total)
    return found


def boundaries(looks: Sequence[int], alphas: Sequence[float], draws: np.ndarray) -> Iterator[tuple[float, ...]]:
    """Return, for each alpha, the critical value of the t statistic at each look.

    The first is exact: Student's quantile. Each later one is the quantile, among the drawn samples that no earlier look
    stopped, that spends what its look adds.

    Args:
        looks: Seeds at each look; the last is the plan's end.
        alphas: Two-sided errors over all looks.
        draws: What `statistics` draws for these looks, or for more.
    """
    for alpha in alphas:
        values: list[float] = []
        before, running = 0.0, np.ones(draws.shape[1], dtype=bool)
        for place, seeds in enumerate(looks):
            level = spent(alpha, seeds / looks[-1])
            sizes = np.abs(draws[place])
            if place == 0:
                values.append(float(-special.stdtrit(seeds - 1, level / 2.0)))
            else:
                values.append(_reached(sizes[running], round((level - before) * len(sizes))))
            running &= sizes <= values[-1]
            before = level
        yield tuple(values)


def _reached(sizes: np.ndarray, most: int) -> float:
    """Return the value that `most` of the sizes exceed."""
    place = len(sizes) - most
    pair = np.partition(sizes, (place - 1, place))[place - 1 : place + 1]
    return float(pair.mean())
