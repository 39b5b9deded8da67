"""Simulated arms of equal population score: scores that add up, runs that predict labels, and folds of few rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vandap.evaluate.experiment.scores import Scores
from vandap.evaluate.intervals import Units

EXAMPLES = 400
CRASHED = -1.0
"""What a run without predictions scores on every example, where the others score 0 on average."""


@dataclass(frozen=True)
class Additive:
    """Scores of two arms whose difference scatters by seed, example and rest with known standard deviations.

    Both arms have half of each variance of their own. They also share how hard each example is and, in paired runs, an
    effect of the seed (split and data order), both as large as the noise of one example; what is shared must cancel.

    Args:
        name: What the table calls it.
        seed: Standard deviation of the difference between seeds.
        example: Between examples (or groups).
        residual: Between pairs of them.
        paired: Whether run `i` of one arm belongs to run `i` of the other.
        crashes: Chance of each run to crash and score as the dummy.
        group: Examples a group, whose effect they share.
    """

    name: str
    seed: float
    example: float
    residual: float
    paired: bool = True
    crashes: float = 0.0
    group: int = 1

    @property
    def units(self) -> Units:
        """The independent units: groups, if there are any."""
        return Units.of(EXAMPLES, np.arange(EXAMPLES) // self.group if self.group > 1 else None)

    def variance(self, seeds: int) -> float:
        """The true variance of the mean difference (without crashes)."""
        units = EXAMPLES // self.group
        return self.seed**2 / seeds + self.example**2 / units + self.residual**2 / (seeds * EXAMPLES)

    def arms(self, seeds: int, generator: np.random.Generator) -> tuple[Scores, Scores]:
        """Draw two arms of equal population score."""
        hard = generator.standard_normal(EXAMPLES)
        order = generator.standard_normal((seeds, 1)) if self.paired else 0.0
        first, second = (self._arm(seeds, generator) + hard + order for _ in range(2))
        return self._scores(first, generator), self._scores(second, generator)

    def _arm(self, seeds: int, generator: np.random.Generator) -> np.ndarray:
        each = np.repeat(generator.standard_normal(EXAMPLES // self.group), self.group)
        rest = generator.standard_normal((seeds, EXAMPLES))
        return (self.seed * generator.standard_normal((seeds, 1)) + self.example * each + self.residual * rest) / 2**0.5

    def _scores(self, table: np.ndarray, generator: np.random.Generator) -> Scores:
        broken = generator.random(len(table)) < self.crashes
        table = np.where(broken[:, None], CRASHED, table)
        values = table.mean(axis=1)
        return Scores(values, table - values[:, None], broken, broken)


@dataclass(frozen=True)
class Labels:
    """Runs of two kinds of model on the same examples of two classes; class counts are fixed.

    The log odds of a run add up of how easy the example is, what this kind of model makes of it, how good this seed is,
    and what this seed makes of this example. Both kinds have the same distribution.

    Args:
        name: What the table calls it.
        rare: Share of the rare class.
    """

    name: str
    rare: float

    def target(self, examples: int) -> np.ndarray:
        """Class codes, shape `(examples,)`."""
        return (np.arange(examples) < round(self.rare * examples)).astype(np.int64)

    def arms(self, seeds: int, examples: int, generator: np.random.Generator) -> tuple[list[np.ndarray], ...]:
        """Draw the probabilities of each run of both arms."""
        target = self.target(examples)
        easy = generator.standard_normal(examples)
        return tuple(list(self._arm(target, easy, seeds, generator)) for _ in range(2))

    def _arm(self, target: np.ndarray, easy: np.ndarray, seeds: int, generator: np.random.Generator) -> np.ndarray:
        separation = 1.5 + 0.15 * generator.standard_normal((seeds, 1))
        bias = np.log(self.rare / (1 - self.rare)) + 0.15 * generator.standard_normal((seeds, 1))
        own = 0.5 * generator.standard_normal(len(target)) + 0.5 * generator.standard_normal((seeds, len(target)))
        right = 1.0 / (1.0 + np.exp(-((2 * target - 1) * separation + easy + own + bias)))
        return np.stack([1.0 - right, right], axis=2)


@dataclass(frozen=True)
class Ridge:
    """Two ridge regressions on small data, each with its own half of the features; both halves matter equally."""

    rows: int = 100
    features: int = 5
    noise: float = 2.0

    def scores(
        self, repeats: int, folds: int, generator: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Mean absolute errors of both and of the training mean, each of shape `(repeats, folds)`."""
        x = generator.standard_normal((2, self.rows, self.features))
        y = x.sum(axis=(0, 2)) + self.noise * generator.standard_normal(self.rows)
        order = np.array([generator.permutation(self.rows) for _ in range(repeats)])
        tests = order.reshape(repeats * folds, self.rows // folds)
        held = np.zeros((len(tests), self.rows), dtype=bool)
        np.put_along_axis(held, tests, True, axis=1)
        kept = (~held).astype(float)
        mean = (kept @ y) / kept.sum(axis=1)
        dummy = np.abs(y[tests] - mean[:, None]).mean(axis=1)
        first, second = (self._errors(half, y, kept, tests) for half in x)
        shape = (repeats, folds)
        return first.reshape(shape), second.reshape(shape), dummy.reshape(shape)

    def _errors(self, x: np.ndarray, y: np.ndarray, kept: np.ndarray, tests: np.ndarray) -> np.ndarray:
        square = np.einsum("tn,ni,nj->tij", kept, x, x) + np.eye(self.features)
        weights = np.linalg.solve(square, np.einsum("tn,ni,n->ti", kept, x, y)[..., None])
        predicted = (x[tests] @ weights)[..., 0]
        return np.abs(y[tests] - predicted).mean(axis=1)


ADDITIVE = (
    Additive("seeds alone", 0.02, 0.0, 0.0),
    Additive("mostly seeds", 0.02, 0.05, 0.1),
    Additive("seeds and examples", 0.02, 0.12, 0.2),
    Additive("mostly examples", 0.01, 0.3, 0.3),
    Additive("rest alone", 0.0, 0.0, 0.4),
    Additive("examples alone", 0.0, 0.3, 0.0),
    Additive("unpaired seeds", 0.02, 0.12, 0.2, paired=False),
    Additive("groups of 5", 0.02, 0.12, 0.2, group=5),
    Additive("one run in ten crashes", 0.02, 0.12, 0.2, crashes=0.1),
)
LABELS = (Labels("two balanced", 0.5), Labels("two 10%", 0.1))
