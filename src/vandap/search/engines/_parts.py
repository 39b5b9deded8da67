"""Codes of growing sets of vectors, in parts, so that a search need not look through them all.

For sets where a query is far nearer to its neighbour than to anything else, as rows are to their small groups: the
codes are so short that only such a neighbour is told by them.
"""

from __future__ import annotations

import math

import numpy as np

from vandap.search.engines._faiss import padded

_COLUMNS_A_CODE = 16
"""Two rows of a group are so much nearer than any others that codes of 16 bytes for 512 columns find them among 16."""
_A_PART, _SHARE = 480, 8
"""Vectors in a part, about; and one in so many parts is looked through. Of made faces 0.8 of the rows find their group
so, in a fifth of the time that all groups take."""
_FEW, _ALL = 4, 16
"""Candidates from some parts, and from all of them."""


class Parts:
    """Codes, added in order.

    Args:
        words: Rows that the words of the codes are learnt from, float32; the first ones are the parts' centres.
        expected: How many vectors there will be, about.
    """

    def __init__(self, words: np.ndarray, expected: int) -> None:
        import faiss

        self._wide = words.shape[1] + -words.shape[1] % _COLUMNS_A_CODE
        rows, codes = padded(words, self._wide), self._wide // _COLUMNS_A_CODE
        parts = min(2 ** round(math.log2(max(_SHARE, expected / _A_PART))), len(rows))
        self._all = faiss.IndexPQFastScan(self._wide, codes, 4, faiss.METRIC_INNER_PRODUCT)
        self._all.train(rows)
        self._centres = faiss.IndexFlatIP(self._wide)
        self._centres.add(rows[:parts])
        self._some = faiss.IndexIVFPQFastScan(self._centres, self._wide, parts, codes, 4, faiss.METRIC_INNER_PRODUCT)
        self._some.by_residual = False
        self._some.train(rows)
        self._some.nprobe = max(1, parts // _SHARE)

    def add(self, rows: np.ndarray) -> None:
        """Add vectors, float32."""
        if len(rows):
            wide = padded(rows, self._wide)
            self._all.add(wide)
            self._some.add(wide)

    def some(self, rows: np.ndarray) -> np.ndarray:
        """Candidates from the parts nearest to each row, int64, shape (rows, candidates), -1 where there are fewer."""
        return self._searched(self._some, rows, _FEW)

    def all(self, rows: np.ndarray) -> np.ndarray:
        """Candidates from all parts in the same form."""
        return self._searched(self._all, rows, _ALL)

    def _searched(self, index: object, rows: np.ndarray, candidates: int) -> np.ndarray:
        found: np.ndarray = index.search(padded(rows, self._wide), candidates)[1]  # type: ignore[attr-defined]
        return found
