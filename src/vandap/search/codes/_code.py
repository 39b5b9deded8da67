"""What a row code is: one way to keep a unit vector in bytes, and to multiply a query with it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np


class RowCode(ABC):
    """One form of rows. A record is a row's bytes; all records of a file are equally long.

    What was packed once is packed to the same record again after `unpack`, so that rewriting an index changes no row.

    Attributes:
        slug: Name on the command line (`--rows`) and in manifests.
        title: Name in messages.
        file: Name of the file of rows.
        rounds: Whether neighbours may change places, which a build then measures.
        plain: Type in which rows are exported.
    """

    slug: ClassVar[str]
    title: ClassVar[str]
    file: ClassVar[str]
    rounds: ClassVar[bool] = False
    plain: ClassVar[np.dtype]

    @abstractmethod
    def width(self, columns: int) -> int:
        """Bytes of a record."""

    @abstractmethod
    def pack(self, rows: np.ndarray) -> np.ndarray:
        """Records of unit vectors (float16 or float32, shape (rows, columns)): uint8, shape (rows, width)."""

    @abstractmethod
    def unpack(self, records: np.ndarray, columns: int) -> np.ndarray:
        """The vectors that records stand for, at unit length but for rounding, float32, shape (records, columns)."""

    @abstractmethod
    def scores(self, records: np.ndarray, queries: np.ndarray) -> np.ndarray:
        """Cosines of unit queries (float32, shape (queries, columns)) with records, shape (queries, records)."""
