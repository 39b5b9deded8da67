"""Effort and depth, tuned to a recall on some queries and verified on others."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from vandap.search.engines._engine import Allowed, Ladder, Structure
from vandap.search.nearest import Nearest, among
from vandap.search.recall import REPEATS, SAME, TIE, measured, others
from vandap.search.rows import Rows
from vandap.search.target import Recall, Setting, Speed, Target

_DEPTHS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0)
"""Candidates reranked, in multiples of k."""
_TIMED = 64
"""Queries timed at each setting that is tried."""
_CONFIDENCE = 0.99
"""Of the bound while tuning: stricter than the promise, so that the other queries confirm it."""
_PATIENCE = 2
"""Efforts tried after the fastest one: with more effort fewer candidates may do."""
KNOWN = REPEATS + 100
"""True neighbours to know beyond the k that count: the query's own repeats, and rows that tie with the k-th."""
_NO_ROW = -2
_FILTERED_DEPTHS = (1, 2, 4)
"""Candidates reranked under a filter, in multiples of those without."""
_RAISE, _RAISES = 1.25, 8
"""What the effort is multiplied with when the other queries do not confirm it, and how often at most."""


@dataclass(frozen=True)
class Point:
    """A setting that was tried.

    Args:
        setting: Effort and depth.
        recall: Recall on the tuning queries.
        seconds: Of the median single query.
        enough: Whether the recall's lower bound reaches the target.
    """

    setting: Setting
    recall: float
    seconds: float
    enough: bool


@dataclass(frozen=True)
class Tuned:
    """What tuning found.

    Args:
        setting: The fastest setting that is enough, or that of the highest recall.
        points: All that were tried.
    """

    setting: Setting
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Exam:
    """Queries with their exact answers. Rows that are the query itself are no answers; see `exam_of`.

    Args:
        rows: The vectors as a search will read them; they may be rounded.
        queries: Unit vectors, float32, shape (queries, columns).
        answers: Numbers of the rows that are as near as the k-th true neighbour, `_NO_ROW` beyond, shape (queries,
            answers of the query that has most).
        same: Numbers of the rows that are the query itself, `_NO_ROW` beyond.
        k: Neighbours that count.
    """

    rows: Rows
    queries: np.ndarray
    answers: np.ndarray
    same: np.ndarray
    k: int

    def part(self, rows: slice | np.ndarray) -> Exam:
        """Some of the queries."""
        return replace(self, queries=self.queries[rows], answers=self.answers[rows], same=self.same[rows])

    def curve(
        self, structure: Structure, effort: int, depths: Sequence[int], allowed: Allowed | None = None
    ) -> np.ndarray:
        """True neighbours found when the first candidates are reranked, int64, shape (queries, depths)."""
        candidates = structure.search(self.queries, depths[-1], effort, allowed)
        found, ends = np.zeros((len(candidates), len(depths)), np.int64), np.asarray(depths)
        for place, (query, rows) in enumerate(zip(self.queries, candidates, strict=True)):
            read = self.rows.scores(query, np.maximum(rows, 0))
            read[(rows < 0) | _among(rows, self.same[place])] = -np.inf
            right = np.flatnonzero(_among(rows, self.answers[place]))
            better = (read > read[right, None]) | ((read == read[right, None]) & (rows < rows[right, None]))
            passed = better.cumsum(axis=1)[:, ends - 1]
            found[place] = ((right[:, None] < ends) & (passed < self.k)).sum(axis=0)
        return found

    def recall(self, structure: Structure, setting: Setting) -> Recall:
        """Recall with its lower bound."""
        found = self.curve(structure, setting.effort, (setting.depth,))[:, 0]
        return measured(found / self.k, self.k)

    def speed(self, structure: Structure, setting: Setting, most: int) -> Speed:
        """Time of single queries, candidates and rerank, one at a time."""
        seconds = []
        for query in self.queries[:most]:
            start = time.perf_counter()
            rows = structure.search(query[None], setting.depth, setting.effort)[0]
            among(self.rows, query, rows[rows >= 0], self.k)
            seconds.append(time.perf_counter() - start)
        return Speed(float(np.median(seconds)), float(np.quantile(seconds, 0.99)), len(seconds))


def _among(rows: np.ndarray, few: np.ndarray) -> np.ndarray:
    """Whether each row is one of a few."""
    return (rows == few[:, None]).any(axis=0)


def exam_of(rows: Rows, queries: np.ndarray, truth: Nearest, k: int) -> Exam:
    """Queries with their exact answers, themselves left out: a row that repeats the query is found by any setting.

    Rows beyond those known are taken for wrong, also where they tie with the k-th: recall may be more than is measured,
    and is not less.

    Args:
        rows: The vectors as a search will read them.
        queries: Unit vectors, float32, shape (queries, columns).
        truth: Their true nearest, k + `KNOWN` where there are so many rows.
        k: Neighbours that count.
    """
    left = others(truth.scores, k)
    numbers, scores = truth.rows[left.usable], truth.scores[left.usable]
    kth = np.take_along_axis(scores, left.itself[left.usable, None] + k - 1, axis=1)
    itself = scores >= SAME
    right = (scores >= kth - TIE) & ~itself & (numbers >= 0)
    most = int((itself | right).sum(axis=1).max(initial=0))
    answers, same = (np.where(chosen, numbers, _NO_ROW) for chosen in (right, itself))
    return Exam(rows, queries[left.usable], answers[:, :most], same[:, :REPEATS], k)


def tune(structure: Structure, exam: Exam, target: Target, *, sorts: bool) -> Tuned:
    """Find the fastest setting whose recall is enough.

    Args:
        structure: Built, holding the rows that the exam's answers are among.
        exam: The tuning queries.
        target: The recall to reach.
        sorts: Whether the first k candidates suffice.
    """
    points: list[Point] = []
    for effort in structure.efforts():
        points.append(_point(structure, exam, target, effort, sorts=sorts))
        if _passed(points):
            break
    for effort in _between(points):
        points.append(_point(structure, exam, target, effort, sorts=sorts))
    return Tuned(_best(points).setting, tuple(points))


def _point(structure: Structure, exam: Exam, target: Target, effort: int, *, sorts: bool) -> Point:
    depths = [max(exam.k, round(exam.k * step)) for step in (_DEPTHS[:1] if sorts else _DEPTHS)]
    most = max(exam.k, effort) if structure.keeps_effort else structure.count
    depths = sorted({min(depth, most, structure.count) for depth in depths})
    curve = exam.curve(structure, effort, depths)
    recalls = [measured(found / exam.k, exam.k, _CONFIDENCE) for found in curve.T]
    enough = [place for place, recall in enumerate(recalls) if recall.lower95 >= target.recall]
    place = enough[0] if enough else len(depths) - 1
    setting = Setting(effort, depths[place])
    seconds = exam.speed(structure, setting, _TIMED).p50
    return Point(setting, recalls[place].estimate, seconds, bool(enough))


def _passed(points: list[Point]) -> bool:
    """Whether the fastest point that is enough lies behind."""
    enough = [point for point in points if point.enough]
    if not enough:
        return False
    fastest = min(enough, key=lambda point: point.seconds)
    return points.index(fastest) + _PATIENCE < len(points)


def _between(points: list[Point]) -> list[int]:
    """Efforts on both sides of the best one, halfway to its neighbours."""
    ordered = sorted(point.setting.effort for point in points)
    best = _best(points)
    if not best.enough:
        return []
    place = ordered.index(best.setting.effort)
    near = [ordered[place], *ordered[max(0, place - 1) : place], *ordered[place + 1 : place + 2]]
    middles = {round((near[0] * other) ** 0.5) for other in near[1:]}
    return sorted(middles - set(ordered))


def _best(points: list[Point]) -> Point:
    enough = [point for point in points if point.enough]
    return min(enough, key=lambda point: point.seconds) if enough else max(points, key=lambda point: point.recall)


def widen(structure: Structure, exam: Exam, setting: Setting, target: Target, allowed: Allowed) -> Setting:
    """Find the least effort, then depth, that reaches the target among some rows.

    A filter changes who the neighbours are: where a search without it ends at a query's own few, one with it must look
    among strangers, who are anywhere. How much more effort that takes is measured, not guessed.

    Args:
        structure: Built; it selects by itself.
        exam: Tuning queries with the cosines of their true neighbours among the allowed rows.
        setting: What is enough without a filter.
        target: The recall to reach.
        allowed: The rows.
    """
    last = structure.efforts()[-1]
    several = (1,) if structure.keeps_effort else _FILTERED_DEPTHS
    for effort in Ladder(setting.effort, last).rungs():
        depths = sorted({min(structure.count, setting.depth * times) for times in several})
        curve = exam.curve(structure, effort, depths, allowed)
        for depth, found in zip(depths, curve.T, strict=True):
            if found.mean() / exam.k >= target.recall:
                return Setting(effort, depth)
    return Setting(last, depths[-1])


def verify(structure: Structure, exam: Exam, setting: Setting, target: Target) -> tuple[Setting, Recall]:
    """Measure on other queries; widen the search when they do not confirm the promise.

    Args:
        structure: Built.
        exam: Queries that tuning did not see.
        setting: What tuning chose.
        target: The recall to reach.
    """
    recall = exam.recall(structure, setting)
    last = structure.efforts()[-1]
    for _ in range(_RAISES):
        if recall.lower95 >= target.recall or (setting.effort >= last and setting.depth >= structure.count):
            break
        effort = min(last, max(setting.effort + 1, round(setting.effort * _RAISE)))
        setting = Setting(effort, min(structure.count, round(setting.depth * _RAISE)))
        recall = exam.recall(structure, setting)
    return setting, recall
