"""Which form the rows take: what was asked for, or the smallest that the promise can bear, by measurement."""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vandap.search.codes._code import RowCode
from vandap.search.families import row_code
from vandap.search.nearest import Nearest
from vandap.search.recall import REPEATS, TIE, others
from vandap.search.rows import Rows
from vandap.search.target import Target

_BEARABLE = 0.25
"""Share of the neighbours that may be missed which rounding may use up; the rest is left to the engine."""
_SMALL = 2**28
"""Bytes of half-precision rows below which halving them saves nothing that anybody would notice."""
_BLOCK = 8192
_PASSING = 30
"""Neighbours beyond the k nearest that are looked at for what rounding brings before them."""


@dataclass(frozen=True)
class Choice:
    """The form of the rows.

    Args:
        code: The form.
        lost: Share of the true neighbours that an exact search over rows of this form misses.
        notes: Why it is not a smaller one.
    """

    code: RowCode
    lost: float = 0.0
    notes: tuple[str, ...] = ()


def kept_code(asked: str) -> RowCode:
    """The form that the rows have while an index is built, of which the final one is made."""
    return row_code("half" if asked in ("auto", "8bit") else asked)


def choose(
    asked: str, rows: Rows, queries: np.ndarray, truth: Nearest, target: Target, *, exact: bool, rounded: bool
) -> Choice:
    """Choose the form of the rows, and measure what it loses.

    Args:
        asked: A code's slug, or `auto`.
        rows: The vectors as the build holds them.
        queries: Unit vectors, float32.
        truth: Their true nearest among the vectors before they were rounded, some more than count.
        target: The promise.
        exact: Whether the engine is the exact one, of which nobody expects a miss.
        rounded: Whether the vectors are rows that were rounded before, of which finer ones would hold no more.
    """
    bearable = math.inf if asked == "half" or (asked == "8bit" and exact) else _BEARABLE * (1 - target.recall)
    refused = []
    for code in _smallest_first(asked, rows, target, exact=exact, rounded=rounded):
        lost = loss(code, rows, queries, truth, target.k) if code.rounds else 0.0
        if lost <= bearable:
            break
        refused.append(
            f"Rounding to {code.title} loses {lost:.4f} of the true neighbours whatever the engine, more than the "
            f"{bearable:.4f} that a promise of {target.recall} leaves for it."
        )
    return Choice(code, lost, (*refused, f"The rows are kept in {code.title}.") if refused else ())


def _smallest_first(asked: str, rows: Rows, target: Target, *, exact: bool, rounded: bool) -> list[RowCode]:
    """Forms that may be taken; the last one loses nothing."""
    eight, half, single = (row_code(slug) for slug in ("8bit", "half", "exact"))
    width = half.width(rows.columns)
    if asked == "8bit" or (asked == "auto" and not exact and (rows.count * width > _SMALL or width > target.bytes)):
        return [eight, half, single]
    if asked == "half" or (asked == "auto" and (rounded or not exact)):
        return [half, single]
    return [single]


def loss(code: RowCode, rows: Rows, queries: np.ndarray, truth: Nearest, k: int) -> float:
    """Share of the k true nearest that are no longer the nearest when rows are rounded.

    Only the nearest known are looked at: what is beyond them would have to pass them all.

    Args:
        code: The form.
        rows: The vectors as the build holds them.
        queries: Unit vectors, float32.
        truth: Their true nearest before rounding, more than k of them, best first.
        k: Neighbours that count.
    """
    left, looked = others(truth.scores, k), k + REPEATS + _PASSING
    shares = []
    for place in np.flatnonzero(left.usable):
        numbers, scores = (found[place, left.itself[place] : looked] for found in (truth.rows, truth.scores))
        numbers = numbers[numbers >= 0]
        read = code.scores(code.pack(rows.wide(numbers)), queries[place, None])[0]
        right = scores[: len(numbers)] >= scores[k - 1] - TIE
        shares.append(1 - right[np.argsort(-read)[:k]].sum() / k)
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
