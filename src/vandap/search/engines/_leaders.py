"""Small groups found in one pass: a row near a leader joins it, and any other row becomes a leader.

Ten million pictures of half a million people lie in tight groups that have nothing in common. k-means over lists of
several groups each needs many rounds until all pictures of a person are in one list. To find the groups first is
cheaper and better: with 12,800 lists for 50,000 people, 0.979 of the neighbours were in a query's nearest list after
one pass over 20 rows a list, 0.901 after four rounds of k-means over 75, for a quarter of the work.

References:
    Hartigan, Clustering Algorithms, 1975 (the leader algorithm); Zhang, Ramakrishnan, Livny, BIRCH: an efficient data
    clustering method for very large databases, SIGMOD 1996 (small clusters first); Otsu, A threshold selection method
    from gray-level histograms, IEEE Transactions on Systems, Man and Cybernetics 1979.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from vandap.search.engines._parts import Parts
from vandap.search.engines._parts import held as parts_held
from vandap.search.rows import Rows

MOST = 6
"""Leaders a list at most: with more groups a list than that, a list tells none of them."""
_PASSES = 24
"""Rows a list that are looked at, at most."""
_ENOUGH, _NEEDED = 0.985, 0.8
"""Share of the rows near a leader at which the pass ends, and below which there are no small groups."""
_MOSTLY = 0.85
"""Share of the rows near a leader from which it pays to look at many of the leaders before all of them."""
TWO_KINDS = 0.8
"""Share of the variance of scores that Otsu's threshold must explain: it explains 0.64 of a normal distribution and
0.75 of an even one."""
_CODE_SAMPLE = 8192
_BLOCK, _LEAST_BLOCK, _BLOCKS = 8192, 32, 16
_RERANKED, _BINS = 512, 128
_ALIKE = 1e-4
"""Scores within it are of one kind; bins of float32 numbers could not divide much less."""

Search = Callable[[np.ndarray], np.ndarray]
"""Gives the numbers of candidates for rows, int64, shape (rows, candidates)."""


@dataclass(frozen=True)
class Groups:
    """Small groups.

    Args:
        centres: Unit vectors, float32, shape (groups, columns), in the order in which they were met.
        threshold: Cosine from which a row belongs to a group.
        parts: Their codes.
        members: Numbers of the rows that made them, ascending, int64.
        homes: The group of each, int32.
    """

    centres: np.ndarray
    threshold: float
    parts: Parts
    members: np.ndarray
    homes: np.ndarray


def held(groups: int, lists: int, columns: int) -> float:
    """Bytes that so many groups take while they are found, the rows that made them included."""
    return groups * (columns + 1) * 4 + parts_held(groups, MOST * lists, columns) + members_held(lists)


def members_held(lists: int) -> float:
    """Bytes of the numbers of the rows that make groups, and of their groups."""
    return _PASSES * lists * 12


def leaders(rows: Rows, sample: np.ndarray, lists: int) -> Groups | None:
    """Find the small groups that rows fall into.

    Args:
        rows: The vectors.
        sample: Numbers of rows in random order.
        lists: Rows of a batch, and the least number of leaders.

    Returns:
        The groups; None where scores are not of two kinds, where too few rows lie near a leader when there are `MOST`
        for each list, and where there are fewer groups than lists.
    """
    words = rows.wide(np.sort(sample[:_CODE_SAMPLE]))
    threshold = _threshold(rows, sample, lists, words)
    if threshold is None:
        return None
    found, known, members = _Leaders(words, MOST * lists), 0.0, list[tuple[np.ndarray, np.ndarray]]()
    for start in range(0, min(len(sample), _PASSES * lists), lists):
        batch, joined = sample[start : start + lists], 0
        for numbers, block in _blocks(rows, batch, lists):
            before = found.count
            homes = found.take(block, threshold, known)
            if homes is None:
                return None
            members.append((numbers, homes))
            joined += int((homes < before).sum())
        known = joined / len(batch)
        if known >= _ENOUGH:
            break
    return found.groups(threshold, members) if known >= _NEEDED and found.count >= lists else None


def _threshold(rows: Rows, sample: np.ndarray, lists: int, words: np.ndarray) -> float | None:
    """What parts the scores of rows with as many others as there are lists; None where they are of one kind."""
    others, asked = _Leaders(words, lists), sample[lists : lists + min(lists, _BLOCK)]
    for _, block in _blocks(rows, sample[:lists], lists):
        others.append(block)
    scores = [others.nearest(block, np.inf, 0.0)[1] for _, block in _blocks(rows, asked, lists)]
    threshold, explained = two_kinds(np.concatenate(scores)) if scores else (0.0, 0.0)
    return threshold if explained >= TWO_KINDS else None


def _blocks(rows: Rows, numbers: np.ndarray, lists: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Numbers and their rows, few enough at a time that hardly two of them are of one new group.

    Each block is drawn from all the numbers and then put in order: rows of a group often follow each other in a file,
    and two of them that meet in a block both become leaders (17 % of 800 people, 3 % so).
    """
    size = min(_BLOCK, max(_LEAST_BLOCK, lists // _BLOCKS))
    for start in range(0, len(numbers), size):
        part = np.sort(numbers[start : start + size])
        yield part, rows.wide(part)
        rows.release()


def two_kinds(scores: np.ndarray) -> tuple[float, float]:
    """Otsu's threshold between low and high scores.

    Args:
        scores: Shape (n,).

    Returns:
        The threshold that leaves the least variance within the two kinds, and the share of the variance between them.
    """
    if np.ptp(scores) < _ALIKE:
        return float(scores.max()), 0.0
    counts, edges = np.histogram(scores, _BINS)
    middles = (edges[1:] + edges[:-1]) / 2
    below, sums = np.cumsum(counts), np.cumsum(counts * middles)
    above = below[-1] - below
    mean = sums[-1] / below[-1]
    between = (mean * below - sums) ** 2 / np.maximum(below * above, 1)
    best = int(between.argmax())
    whole = float(counts @ (middles - mean) ** 2) / below[-1]
    return float(edges[best + 1]), float(between[best]) / whole if whole > 0 else 0.0


def nearest(
    centres: np.ndarray, near: np.ndarray, rows: np.ndarray, lengths: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The nearest of some centres to each row.

    Args:
        centres: Shape (centres, columns).
        near: Numbers of the centres to choose from, shape (rows, candidates); -1 stands for none.
        rows: Unit vectors, float32, shape (rows, columns).
        lengths: Of the centres; 1 when left out.

    Returns:
        Numbers of centres, int64, and cosines, float32, shape (rows,) each; where there was none to choose, -1 and -1.
    """
    which, scores = np.empty(len(rows), np.int64), np.empty(len(rows), np.float32)
    for start in range(0, len(rows), _RERANKED):
        part = slice(start, start + _RERANKED)
        chosen = np.maximum(near[part], 0)
        exact = np.matmul(centres[chosen].astype(np.float32, copy=False), rows[part, :, None])[:, :, 0]
        if lengths is not None:
            exact /= lengths[chosen]
        exact[near[part] < 0] = -1.0
        best = exact.argmax(axis=1)[:, None]
        which[part] = np.take_along_axis(near[part], best, axis=1)[:, 0]
        scores[part] = np.take_along_axis(exact, best, axis=1)[:, 0]
    return which, scores


def nearest_of(
    centres: np.ndarray, searches: Sequence[Search], rows: np.ndarray, enough: float, lengths: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The same among the candidates of searches, each for the rows to which those before found nothing near enough.

    Args:
        centres: Shape (centres, columns).
        searches: Give the candidates of rows, the quickest first.
        rows: Unit vectors, float32, shape (rows, columns).
        enough: Cosine from which the nearest so far is taken.
        lengths: Of the centres; 1 when left out.
    """
    which, scores = nearest(centres, searches[0](rows), rows, lengths)
    for search in searches[1:]:
        left = np.flatnonzero(scores <= enough)
        if not len(left):
            break
        part = rows[left]
        which[left], scores[left] = nearest(centres, search(part), part, lengths)
    return which, scores


class _Leaders:
    """Sums of the rows of each group, found by the codes of the first.

    Args:
        words: Rows that the words of the codes are learnt from.
        most: How many may be held.

    Attributes:
        count: How many are held.
    """

    def __init__(self, words: np.ndarray, most: int) -> None:
        self._sums = np.empty((most, words.shape[1]), np.float32)  # memory is taken as it is filled
        self._lengths = np.empty(most, np.float32)
        self.count = 0
        self._parts = Parts.empty(words, most)

    def append(self, block: np.ndarray) -> bool:
        """Hold these unit rows as leaders; False where there is no room."""
        stop = self.count + len(block)
        if stop > len(self._sums):
            return False
        self._parts.add(block)
        self._sums[self.count : stop], self._lengths[self.count : stop] = block, 1.0
        self.count = stop
        return True

    def nearest(self, block: np.ndarray, enough: float, known: float) -> tuple[np.ndarray, np.ndarray]:
        """A leader that is near enough to each row, or the nearest of all; and its cosine."""
        few, many, all_ = self._parts.few, self._parts.many, self._parts.all
        searches = (few, many, all_) if known >= _MOSTLY else (few, all_)
        return nearest_of(self._sums, searches, block, enough, self._lengths)

    def take(self, block: np.ndarray, threshold: float, known: float) -> np.ndarray | None:
        """Add the rows that are near a leader to it, and hold the others as leaders.

        Args:
            block: Unit rows, shape (rows, columns).
            threshold: Cosine from which a row is near.
            known: Share of the rows that were near a leader of late.

        Returns:
            The leader of each row, int32; None where there is no room.
        """
        homes, near = np.empty(len(block), np.int32), np.zeros(len(block), bool)
        if self.count:
            which, scores = self.nearest(block, threshold, known)
            near = scores > threshold
            homes[near] = which[near]
            self._add(which[near], block[near])
        homes[~near] = np.arange(self.count, self.count + np.count_nonzero(~near))
        return homes if self.append(block[~near]) else None

    def _add(self, which: np.ndarray, block: np.ndarray) -> None:
        order = np.argsort(which, kind="stable")
        touched, firsts = np.unique(which[order], return_index=True)
        if len(touched):
            self._sums[touched] += np.add.reduceat(block[order], firsts, axis=0)
            self._lengths[touched] = np.linalg.norm(self._sums[touched], axis=1)

    def groups(self, threshold: float, members: Sequence[tuple[np.ndarray, np.ndarray]]) -> Groups:
        """What was found."""
        found = self._sums[: self.count]
        found /= self._lengths[: self.count, None]
        numbers, homes = (np.concatenate(part) for part in zip(*members, strict=True))
        order = np.argsort(numbers)
        return Groups(found, threshold, self._parts, numbers[order], homes[order])
