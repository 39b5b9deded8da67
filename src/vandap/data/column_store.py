"""Columns in memory as `ColumnKind` says, filled block by block into arrays that are allocated once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vandap.data.text_format import is_number
from vandap.data.values import as_text

_CHUNK = 1 << 20


class NumberStore:
    """Numbers, booleans and dates.

    Args:
        rows: Rows to allocate.
        dtype: float32 or float64.
        parse: Reads a block into float values.
    """

    def __init__(self, rows: int, dtype: type, parse: Callable[[pa.Array], np.ndarray]) -> None:
        self.values: np.ndarray = np.empty(rows, dtype)
        self._parse = parse

    def put(self, start: int, block: pa.Array) -> None:
        """Store the next block."""
        with np.errstate(over="ignore"):
            self.values[start : start + len(block)] = self._parse(block)

    def finish(self) -> tuple[str, ...]:
        """Return the vocabulary: none."""
        return ()


class CategoryStore:
    """Categories: codes in the order of appearance, sorted at the end.

    Args:
        rows: Rows to allocate.
        known: A vocabulary to code into; values outside it become -1. None builds one.
    """

    def __init__(self, rows: int, known: tuple[str, ...] | None = None) -> None:
        self.values: np.ndarray = np.empty(rows, np.int32)
        self.unknown = 0
        self._open = known is None
        self._codes: dict[str, int] = {word: code for code, word in enumerate(known or ())}

    def put(self, start: int, block: pa.Array) -> None:
        """Store the next block."""
        encoded = as_text(block).dictionary_encode()
        words = encoded.dictionary.to_pylist()
        if self._open:
            for word in words:
                self._codes.setdefault(word, len(self._codes))
        table = np.array([self._codes.get(word, -1) for word in words] + [-1], np.int32)
        places = pc.fill_null(encoded.indices, len(words)).to_numpy(zero_copy_only=False)
        codes = table[places]
        self.unknown += int(((codes < 0) & (places < len(words))).sum()) if not self._open else 0
        self.values[start : start + len(block)] = codes

    def finish(self) -> tuple[str, ...]:
        """Sort the vocabulary, recode the values in place and return the vocabulary."""
        words = sort_words(self._codes) if self._open else tuple(self._codes)
        table = np.full(len(words) + 1, -1, np.int32)
        for code, word in enumerate(words):
            table[self._codes[word]] = code
        for start in range(0, len(self.values), _CHUNK):
            self.values[start : start + _CHUNK] = table[self.values[start : start + _CHUNK]]
        self._codes = {}
        return words


Store = NumberStore | CategoryStore


def sort_words(words: dict[str, int]) -> tuple[str, ...]:
    """Sort names: by value where every one is a number, else by letters."""
    if all(map(is_number, words)):
        return tuple(sorted(words, key=lambda word: (float(word.replace(",", ".")), word)))
    return tuple(sorted(words))


def keep_rows(values: np.ndarray, keep: np.ndarray) -> np.ndarray:
    """Move the kept rows (a mask) to the front, within the same memory, and return the view of them."""
    end = 0
    for start in range(0, len(values), _CHUNK):
        kept = values[start : start + _CHUNK][keep[start : start + _CHUNK]]
        values[end : end + len(kept)] = kept
        end += len(kept)
    return values[:end]
