"""What a build will need, said before it begins: memory at its peak, bytes on the disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vandap.search import intake
from vandap.search.codes._code import RowCode
from vandap.search.engines._engine import Engine, Forecast
from vandap.search.engines._leaders import TWO_KINDS, two_kinds
from vandap.search.fill import BLOCK
from vandap.search.nearest import BLOCK as PASSED
from vandap.search.nearest import exact
from vandap.search.recall import REPEATS
from vandap.search.rows import Rows
from vandap.search.truth import PRODUCT
from vandap.search.tune import KNOWN

_NUMBERS = 4 * 8
"""Bytes a vector while the order of rows is worked out: four arrays of whole numbers."""
_TRUTH_HEAD = 1300
"""Bytes of names and lengths in the file of true neighbours."""
_ASKED, _AT_ONCE = 3000, 250
"""Vectors of a sample whose neighbours in it tell how many groups there are."""
_FAR = 600
"""Times a sample from which it tells nothing: one in fifty vectors of a dozen alike then has another one in it."""


@dataclass(frozen=True)
class Forecaster:
    """Knows the size of the work.

    Args:
        count: Vectors.
        columns: Numbers in each.
        queries: Held-out queries.
        base: Bytes that the process holds before.
        code: The form of the rows while the index is built.
        threads: Blocks that are read at a time.
        answers: True neighbours that are kept of each query.
        given: Bytes of a number as it is given.
        payload: Bytes of payload in memory.
        kept: Bytes of ids and payload on the disk.
        groups: About how many small groups the vectors fall into, 0 for none; None where that is not known.
    """

    count: int
    columns: int
    queries: int
    base: float
    code: RowCode
    threads: int
    answers: int = 0
    given: int = 4
    payload: float = 0.0
    kept: float = 0.0
    groups: float | None = None

    @property
    def reading(self) -> float:
        """Bytes of blocks and of exact answers while the vectors are read.

        Each reader has a block as it was given, at unit length, once more without what is held out, and a product with
        the queries; beside them one block waits to be read and one to be written. All the best of the first product
        may be among the answers.
        """
        block, width = min(intake.BLOCK, self.count), self.code.width(self.columns)
        readers = min(self.threads, intake.READERS, -(-self.count // intake.BLOCK))
        queries, products = min(self.queries, self.count), -(-block // PRODUCT)
        each = block * self.columns * (self.given + 8) + queries * min(PRODUCT, block) * 4
        beside = min(block, max(0, self.count - (readers + 1) * block)) * (self.columns * self.given + width)
        better = (readers + 1) * products * queries * self.answers * 12
        return readers * each + beside + better + self._asked

    @property
    def _asked(self) -> float:
        """Bytes of the queries."""
        return min(self.queries, self.count) * self.columns * 4

    def peak(self, engine: Engine, settings: Mapping[str, int]) -> float:
        """Bytes that the process holds at most."""
        needed = engine.forecast(self.count, self.columns, settings, self.groups)
        sample = settings.get("sample", 0) * 8
        built = sample + max(needed.learning, self._filling(needed) + self._asked)
        return self.base + max(self._ordering, self.reading, built, self._verifying(engine))

    def _filling(self, needed: Forecast) -> float:
        """Bytes of the structure and of a block, while one is read, the last whole one added, and what is left."""
        count, wide = max(1, self.count), self.columns * 4
        block = min(BLOCK, count)
        left = count % block or block
        building, before = max(needed.building, needed.resident), count - left
        reading = needed.resident * max(0, before - block) / count + block * (wide + self.code.width(self.columns))
        return max(reading, building * before / count + block * wide, building + left * wide)

    @property
    def _ordering(self) -> float:
        return self.count * _NUMBERS + self.payload

    def _verifying(self, engine: Engine) -> float:
        """Scores of a block with the queries, where all are looked at side by side."""
        queries = min(self.queries, self.count) * 2 / 3
        return self._asked + min(PASSED, self.count) * queries * 4 if engine.sorts else 0.0

    def disk(self, engine: Engine, settings: Mapping[str, int], code: RowCode, k: int) -> float:
        """Bytes of all files of the index.

        Args:
            engine: What is built.
            settings: Its settings.
            code: The final form of the rows.
            k: Neighbours that count.
        """
        rows, queries = self.count * code.width(self.columns), min(self.queries, self.count)
        truth = queries * (self.columns * 4 + (k + REPEATS) * 12 + 8) + _TRUTH_HEAD
        return rows + engine.forecast(self.count, self.columns, settings).disk + truth + self.kept


def groups_in(sample: Rows, count: int, seed: int) -> float | None:
    """About how many small groups vectors fall into, from some of them.

    A vector has as many others of its group in a sample as the sample's share of them; a group's size is the mean over
    its vectors, so that large groups count more than small ones.

    Args:
        sample: Some of the vectors.
        count: Vectors in all.
        seed: Chooses those that are asked for.

    Returns:
        0 where scores are of one kind, None where a sample so small does not tell.
    """
    if sample.count < 2 or count > _FAR * sample.count:
        return None
    generator = np.random.default_rng(seed)
    asked = np.sort(generator.choice(sample.count, min(_ASKED, sample.count), replace=False))
    parts = [asked[start : start + _AT_ONCE] for start in range(0, len(asked), _AT_ONCE)]
    scores = np.concatenate([exact(sample, sample.wide(part), KNOWN + 1).scores[:, 1:] for part in parts])
    for looked in (scores[:, 0], scores[np.isfinite(scores)]):  # where all have near ones, the best are of one kind
        threshold, explained = two_kinds(looked)
        if explained >= TWO_KINDS:
            return count / (1 + float((scores > threshold).sum(axis=1).mean()) * count / sample.count)
    return 0.0


def groups_among(scores: np.ndarray, count: int) -> float:
    """The same from the nearest of some vectors among all.

    Args:
        scores: Cosines, best first, -inf for none, shape (vectors, nearest).
        count: Vectors in all.
    """
    known = scores[np.isfinite(scores)]
    threshold, explained = two_kinds(known) if len(known) else (0.0, 0.0)
    return count * float((1 / (1 + (scores > threshold).sum(axis=1))).mean()) if explained >= TWO_KINDS else 0.0
