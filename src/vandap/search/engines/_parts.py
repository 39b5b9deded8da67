"""Codes of growing sets of vectors, in parts, so that a search need not look through them all.

For sets where a query is far nearer to its neighbour than to anything else, as rows are to their small groups: the
codes are so short that only such a neighbour is told by them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from vandap.search.engines._faiss import padded, putting

_COLUMNS_A_CODE = 16
"""Two rows of a group are so much nearer than any others that codes of 16 bytes for 512 columns find them among 16."""
_A_PART = 768
"""Vectors for each part, about. Smaller parts tell more, but each costs half a microsecond whatever it holds."""
_ALIKE = 4
"""Parts that a vector is put into. What a search costs is the product of these and of the parts that it looks into, and
it finds most where the two are about as many: of 520,000 groups of made people in 1,024 parts, a sixteenth of the
codes held 0.86 of the pictures' groups where each was in one part, 0.89 in two, 0.92 in four and in eight."""
_FEW, _MANY = 16, 4
"""The share of all codes, one in so many, that is looked through at first, and then: 0.91 of the pictures find their
group at first, in a tenth of the time that all codes take, and 0.99 then, in a quarter of it."""
_CANDIDATES, _OF_ALL = 4, 16
"""From some parts, and from all of them."""
_GROWN = 2.0
"""faiss doubles what is full, and what a part grew out of fits no other: measured 1.3 to 2."""


def held(count: int, expected: int, columns: int) -> float:
    """Bytes that the codes of so many vectors take: alone, and with their numbers in parts."""
    wide = columns + -columns % _COLUMNS_A_CODE
    code = wide / _COLUMNS_A_CODE / 2
    return count * (code + _ALIKE * (code + 8)) * _GROWN + _parts(expected) * wide * 4


def _parts(expected: int) -> int:
    """How many parts."""
    return 2 ** round(math.log2(max(_FEW, expected / _A_PART)))


class Parts:
    """Codes, added in order.

    Args:
        whole: Scans all codes.
        some: Holds the same in parts.
    """

    def __init__(self, whole: Any, some: Any) -> None:
        import faiss

        self._all, self._some, self._centres = whole, some, faiss.downcast_index(some.quantizer)
        self._wide, parts = int(some.d), int(some.nlist)
        probed = (max(1, parts // (share * _ALIKE)) for share in (_FEW, _MANY))
        self._probed = [faiss.SearchParametersIVF(nprobe=many) for many in probed]
        self._alike = min(_ALIKE, parts)

    @classmethod
    def empty(cls, words: np.ndarray, expected: int) -> Parts:
        """Without codes.

        Args:
            words: Rows that the words of the codes are learnt from, float32; some of them are the parts' centres.
            expected: How many vectors there will be, about.
        """
        import faiss

        wide = words.shape[1] + -words.shape[1] % _COLUMNS_A_CODE
        rows, codes = padded(words, wide), wide // _COLUMNS_A_CODE
        parts = min(_parts(expected), len(rows))
        whole = faiss.IndexPQFastScan(wide, codes, 4, faiss.METRIC_INNER_PRODUCT)
        whole.train(rows)
        centres = faiss.IndexFlatIP(wide)
        centres.add(np.ascontiguousarray(rows[:: len(rows) // parts][:parts]))  # from all over the file
        some = faiss.IndexIVFPQFastScan(centres, wide, parts, codes, 4, faiss.METRIC_INNER_PRODUCT)
        some.by_residual = False
        some.train(rows)
        return cls(whole, some)

    @classmethod
    def read(cls, saved: Mapping[str, np.ndarray]) -> Parts:
        """What was saved."""
        import faiss

        return cls(*(faiss.deserialize_index(saved[name]) for name in ("whole", "some")))

    def saved(self) -> dict[str, np.ndarray]:
        """Bytes, uint8, by name."""
        import faiss

        return {"whole": faiss.serialize_index(self._all), "some": faiss.serialize_index(self._some)}

    def add(self, rows: np.ndarray) -> None:
        """Add vectors, float32."""
        if len(rows):
            wide, first = padded(rows, self._wide), int(self._all.ntotal)
            self._all.add(wide)
            numbers, near = np.arange(first, first + len(wide)), self._centres.search(wide, self._alike)[1]
            with putting(self._some) as put:
                for parts in near.T:
                    put(wide, parts, numbers)

    def few(self, rows: np.ndarray) -> np.ndarray:
        """Candidates from the few parts nearest to each row, int64, shape (rows, candidates), -1 where it has fewer."""
        return self._searched(self._some, rows, _CANDIDATES, self._probed[0])

    def many(self, rows: np.ndarray) -> np.ndarray:
        """Candidates from more parts in the same form."""
        return self._searched(self._some, rows, _CANDIDATES, self._probed[1])

    def all(self, rows: np.ndarray) -> np.ndarray:
        """Candidates from all parts in the same form."""
        return self._searched(self._all, rows, _OF_ALL)

    def _searched(self, index: Any, rows: np.ndarray, candidates: int, parameters: Any = None) -> np.ndarray:
        found: np.ndarray = index.search(padded(rows, self._wide), candidates, params=parameters)[1]
        return found
