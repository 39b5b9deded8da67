"""Plain tables for the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

WIDTH = 100
"""Columns of running text."""


def wrapped(text: str, indent: str = "") -> str:
    """Break running text into lines, each behind the indent."""
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    """Lay out text in columns.

    Args:
        head: Column titles.
        rows: Cells, one sequence a row, as many as there are titles.
        numbers: Columns that are flushed right.
    """
    widths = [max(len(row[index]) for row in (head, *rows)) for index in range(len(head))]

    def line(row: Sequence[str]) -> str:
        cells = [
            cell.rjust(width) if i in numbers else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        return "  ".join(cells).rstrip()

    return "\n".join([line(head), "  ".join("-" * width for width in widths), *map(line, rows)])


def cell(value: object) -> str:
    """One value as a cell."""
    from vandap.report.format import value as written

    return written(value)
