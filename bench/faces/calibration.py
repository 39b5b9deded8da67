"""Do the intervals of thresholds, FNIR and TAR hold what they promise? Simulated people, whose truth is known.

    python -m bench.faces.calibration > bench/faces/CALIBRATION.md

A gallery of made people stands; each trial draws new strangers and new probes of the enrolled, calibrates, and compares
with the truth from many more of them.
"""

from __future__ import annotations

import argparse

import numpy as np

from vandap.evaluate.identification.open_set import missed_at
from vandap.evaluate.identification.searches import Searches
from vandap.evaluate.identification.threshold import Strangers, calibrated
from vandap.evaluate.identification.verification import pairs, tar_at_far

COLUMNS, GALLERY, EACH = 32, 2000, 3
CASES = ((50, 0.1), (200, 0.1), (200, 0.01), (200, 0.003), (1000, 0.01), (1000, 0.001))
"""Strangers (three probes each) and FPIR."""
_TRUTH_PEOPLE = 20_000


class World:
    """People as directions, pictures as people with noise; some people make noisier pictures than others."""

    def __init__(self, seed: int) -> None:
        self._generator = np.random.default_rng(seed)
        self._people = _unit(self._generator.standard_normal((GALLERY, COLUMNS)))
        self.gallery = self._pictures(self._people)

    def _pictures(self, people: np.ndarray) -> np.ndarray:
        noise = self._generator.gamma(6.0, 1 / 6.0, (len(people), 1)) * 0.11
        return _unit(people + noise * self._generator.standard_normal(people.shape)).astype(np.float32)

    def strangers(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Best scores of strangers, and whose they are."""
        people = np.repeat(_unit(self._generator.standard_normal((count, COLUMNS))), EACH, axis=0)
        return self._scores(self._pictures(people)).max(axis=1), np.repeat(np.arange(count), EACH)

    def enrolled(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Scores of enrolled people with their own gallery picture, and whose they are."""
        chosen = np.repeat(self._generator.choice(GALLERY, count), EACH)
        pictures = self._pictures(self._people[chosen])
        return np.einsum("nc,nc->n", pictures, self.gallery[chosen]), chosen

    def pictures_of(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Pictures of new people, for pairs."""
        people = np.repeat(_unit(self._generator.standard_normal((count, COLUMNS))), EACH, axis=0)
        return self._pictures(people), np.repeat(np.arange(count), EACH)

    def _scores(self, probes: np.ndarray) -> np.ndarray:
        return probes @ self.gallery.T


def trial(world: World, count: int, share: float, truth: tuple[np.ndarray, np.ndarray], seed: int) -> np.ndarray:
    """Whether threshold and FNIR cover the truth; the true FPIR over that asked for; whether the upper end keeps it."""
    strangers, mates = truth
    right = np.quantile(strangers, 1 - share)
    found, drawn = calibrated(Strangers.of(*world.strangers(count)), share, 1.0, seed)
    missed = missed_at(_mated(*world.enrolled(200)), found, drawn, seed)
    return np.array(
        [
            found.low <= right <= found.high,
            missed.low <= (mates < right).mean() <= missed.high,
            (strangers >= found.value).mean() / share,
            (strangers >= found.high).mean() <= share,
        ]
    )


def _mated(scores: np.ndarray, people: np.ndarray) -> Searches:
    return Searches(people, people[:, None], scores[:, None], np.ones(len(people), bool), GALLERY)


def tar_trial(world: World, count: int, far: float, true: float, seed: int) -> bool:
    """Whether the interval of TAR covers the truth."""
    found = tar_at_far(pairs(*world.pictures_of(count), seed=seed), far, seed)
    return found.low <= true <= found.high


def main() -> None:
    """Print the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=100)
    trials = parser.parse_args().trials
    world = World(0)
    truth = np.concatenate([world.strangers(_TRUTH_PEOPLE // 10)[0] for _ in range(10)]), world.enrolled(60_000)[0]
    print("# Do the intervals hold? Simulated people, whose truth is known\n")
    print(
        f"Made by `python -m bench.faces.calibration --trials {trials}`. Gallery {GALLERY:,}, {EACH} probes a person."
    )
    print("200 enrolled people are looked for. 95 % intervals should cover in 95 % of trials or more, give or take")
    print(f"{196 * np.sqrt(0.95 * 0.05 / trials):.1f} points by chance.\n")
    print("| strangers | FPIR asked | threshold | covered | FNIR covered | true / asked FPIR | upper end keeps it |")
    print("|---|---|---|---|---|---|---|")
    for count, share in CASES:
        found = np.array([trial(world, count, share, truth, seed) for seed in range(trials)])
        kind = "counted" if share * count * EACH >= 30 else "tail"
        (covered, missed, _, kept), ratio = found.mean(axis=0), np.median(found[:, 2])
        print(f"| {count} | {share:g} | {kind} | {covered:.1%} | {missed:.1%} | {ratio:.2f} | {kept:.1%} |", flush=True)
    print("\n| people | FAR | TAR covered |\n|---|---|---|")
    true_pairs = pairs(*world.pictures_of(3000), most=5_000_000)
    for count, far in ((40, 0.01), (100, 0.001), (300, 0.001)):
        true = tar_at_far(true_pairs, far).value
        share = np.mean([tar_trial(world, count, far, true, seed) for seed in range(trials)])
        print(f"| {count} | {far:g} | {share:.1%} |", flush=True)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


if __name__ == "__main__":
    main()
