"""Which form the rows take: what was asked for, or the smallest that the promise can bear, by measurement."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vandap.search.codes._code import RowCode
from vandap.search.families import row_code
from vandap.search.nearest import Nearest
from vandap.search.recall import TIE
from vandap.search.rows import Rows
from vandap.search.target import Target

_BEARABLE = 0.25
"""Share of the neighbours that may be missed which rounding may use up; the rest is left to the engine."""
_SMALL = 2**28
"""Bytes of half-precision rows below which halving them saves nothing that anybody would notice."""
_BLOCK = 8192
_SAME = 0.9995


@dataclass(frozen=True)
class Choice:
    """The form of the rows.

    Args:
        code: The form.
        lost: Share of the true neighbours that an exact search over rows of this form misses.
        notes: Why it is not the one that was asked for.
    """

    code: RowCode
    lost: float = 0.0
    notes: tuple[str, ...] = ()


def kept_code(asked: str) -> RowCode:
    """The form that the rows have while an index is built, of which the final one is made."""
    return row_code("half" if asked in ("auto", "8bit") else asked)


def choose(asked: str, rows: Rows, queries: np.ndarray, truth: Nearest, target: Target, *, exact: bool) -> Choice:
    """Choose the form of the rows.

    Args:
        asked: A code's slug, or `auto`.
        rows: The vectors as the build holds them.
        queries: Unit vectors, float32.
        truth: Their true nearest among the rows, some more than count.
        target: The promise.
        exact: Whether the engine is the exact one, of which nobody expects a miss.
    """
    if asked not in ("auto", "8bit"):
        return Choice(rows.code)
    eight = row_code("8bit")
    small = rows.count * rows.code.width(rows.columns) <= _SMALL and rows.code.width(rows.columns) <= target.bytes
    if asked == "auto" and (exact or small):
        return Choice(rows.code)
    lost = loss(eight, rows, queries, truth, target.k)
    bearable = _BEARABLE * (1 - target.recall)
    if lost <= bearable or (asked == "8bit" and exact):
        return Choice(eight, lost)
    note = (
        f"8-bit rows lose {lost:.4f} of the true neighbours whatever the engine, more than the {bearable:.4f} that a "
        f"promise of {target.recall} leaves for it; the rows are kept in {rows.code.title}."
    )
    return Choice(rows.code, 0.0, (note,))


def loss(code: RowCode, rows: Rows, queries: np.ndarray, truth: Nearest, k: int) -> float:
    """Share of the k true nearest that are no longer the nearest when rows are rounded.

    Only the nearest known are looked at: what is beyond them would have to pass them all.

    Args:
        code: The form.
        rows: The vectors before.
        queries: Unit vectors, float32.
        truth: Their true nearest, more than k of them, best first.
        k: Neighbours that count.
    """
    shares = []
    for query, numbers, scores in zip(queries, truth.rows, truth.scores, strict=True):
        other = (numbers >= 0) & (scores < _SAME)
        if other.sum() <= k:
            continue
        numbers, scores = numbers[other], scores[other]
        read = code.scores(code.pack(rows.wide(numbers)), query[None])[0]
        right = scores >= scores[k - 1] - TIE
        shares.append(1 - min(k, int(right[np.argsort(-read)[:k]].sum())) / k)
    return float(np.mean(shares)) if shares else 0.0


def repack(rows: Rows, code: RowCode, folder: Path, threads: int) -> Rows:
    """The rows in another form, in a file beside the first; one that is whole already is kept."""
    path, width = folder / code.file, code.width(rows.columns)
    if code is rows.code or (path.is_file() and path.stat().st_size == rows.count * width):
        return Rows(path, rows.columns, code)
    part = path.with_suffix(".part")
    with part.open("wb") as file, ThreadPoolExecutor(threads) as pool:

        def write(start: int) -> None:
            for first, block in rows.blocks(_BLOCK, start, start + _BLOCK):
                os.pwrite(file.fileno(), code.pack(block).tobytes(), first * width)

        for _ in pool.map(write, range(0, rows.count, _BLOCK)):
            pass
        os.fsync(file.fileno())
    part.replace(path)
    return Rows(path, rows.columns, code)
