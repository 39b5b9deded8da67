"""Columns of whole numbers compared with any number, exactly.

Arrow would go by way of floats: they tell whole numbers apart up to 2**53 only, and it refuses columns that hold more.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vandap.search.where.nodes import OPERATORS


def compared(values: pa.ChunkedArray, operator: str, number: float) -> pa.ChunkedArray:
    """Whether each value stands so to a number; missing where it is missing.

    Args:
        values: Of a type of whole numbers.
        operator: `= != < <= > >=`.
        number: Any, also one that the type cannot hold.
    """
    least, most = _bounds(values.type)
    if not least <= number <= most:
        return _all(values, operator == "!=" or operator[0] == ("<" if number > most else ">"))
    floor = pa.scalar(math.floor(number), values.type)
    if number == math.floor(number):
        return OPERATORS[operator](values, floor)
    if operator in ("=", "!="):
        return _all(values, operator == "!=")
    return OPERATORS["<=" if operator[0] == "<" else ">"](values, floor)


def held(kind: pa.DataType, numbers: Iterable[float]) -> list[int]:
    """Those of the numbers that a type of whole numbers can hold."""
    least, most = _bounds(kind)
    return [int(number) for number in numbers if least <= number <= most and number == math.floor(number)]


def _bounds(kind: pa.DataType) -> tuple[int, int]:
    facts = np.iinfo(kind.to_pandas_dtype())
    return int(facts.min), int(facts.max)


def _all(values: pa.ChunkedArray, truth: bool) -> pa.ChunkedArray:
    """The same for every value that is there."""
    return pc.if_else(pc.is_valid(values), truth, pa.scalar(None, pa.bool_()))
