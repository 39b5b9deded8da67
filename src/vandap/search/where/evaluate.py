"""From tree and columns to the rows that match.

A missing value matches no comparison, nor its negation, as in SQL.
"""

from __future__ import annotations

import re
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vandap.errors import UsageError
from vandap.search.where import whole
from vandap.search.where.nodes import OPERATORS, Among, Both, Compare, Either, Literal, Missing, Node, Not, Truth

_UTC = pa.timestamp("us", "UTC")
_ZONE = re.compile(r":\d\d(\.\d+)?(Z|[+-]\d\d(:?\d\d)?)$")


def matching(tree: Node, table: pa.Table) -> np.ndarray:
    """Which rows match, bool, shape (rows,).

    Raises:
        UsageError: There is no such column, or it is compared with a value of another type.
    """
    found = _evaluate(tree, table)
    return pc.fill_null(found, False).combine_chunks().to_numpy(zero_copy_only=False).astype(bool)


def _evaluate(tree: Node, table: pa.Table) -> pa.ChunkedArray:
    match tree:
        case Both(parts):
            return reduce(pc.and_kleene, (_evaluate(part, table) for part in parts))
        case Either(parts):
            return reduce(pc.or_kleene, (_evaluate(part, table) for part in parts))
        case Not(inner):
            return pc.invert(_evaluate(inner, table))
        case Missing(column):
            return pc.is_null(_column(table, column))
        case Truth(column):
            return _truth(table, column)
        case Compare(column, operator, value):
            values = _column(table, column)
            fitted = _fitted(values.type, column, value)
            if pa.types.is_integer(values.type):
                return whole.compared(values, operator, fitted)
            return OPERATORS[operator](values, fitted)
        case Among(column, wanted):
            values = _column(table, column)
            options = _options(values.type, column, wanted)
            return pc.if_else(pc.is_valid(values), pc.is_in(values, value_set=options), pa.scalar(None, pa.bool_()))


def _column(table: pa.Table, name: str) -> pa.ChunkedArray:
    if name not in table.column_names:
        raise UsageError(
            "The filter names a column that the index does not have.",
            received=name,
            expected="one of " + ", ".join(table.column_names) if table.column_names else "an index with payload",
            hint="`vandap index info INDEX` lists the columns; payload is given with --payload when building.",
        )
    return table.column(name)


def _truth(table: pa.Table, name: str) -> pa.ChunkedArray:
    values = _column(table, name)
    if not pa.types.is_boolean(values.type):
        raise UsageError(
            "Only a column of truth values can stand alone in a filter.",
            received=f"{name}, which is {type_name(values.type)}",
            expected=f"a comparison, such as {name} = ...",
            hint="Compare it with a value.",
        )
    return values


def _fitted(kind: pa.DataType, column: str, value: Literal) -> Any:
    """The value as a scalar that the column can be compared with; a number beside whole numbers stays as it is."""
    if not _fits(kind, value):
        raise _wrong(kind, column, value)
    if pa.types.is_integer(kind):
        return value
    if not isinstance(value, bool | str):
        return pa.scalar(float(value), pa.float64())
    try:
        return pa.scalar(value).cast(_UTC if _has_zone(kind, value) else kind).cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, UnicodeEncodeError):
        raise _wrong(kind, column, value) from None


def _options(kind: pa.DataType, column: str, wanted: tuple[Literal, ...]) -> pa.Array:
    """Many values as the column has them, all at once: one by one takes ten times as long."""
    if not all(_fits(kind, given()) for given in {type(value) for value in wanted}):
        raise _wrong(kind, column, next(value for value in wanted if not _fits(kind, value)))
    if pa.types.is_integer(kind):
        return pa.array(whole.held(kind, wanted), kind)  # type: ignore[arg-type]  # they fit, so none is a text
    if pa.types.is_floating(kind):
        return pa.array([float(value) for value in wanted], kind)
    if any(_has_zone(kind, value) for value in wanted):
        return pa.array([_fitted(kind, column, value).value for value in wanted], pa.int64()).cast(kind)
    try:
        return pa.array(wanted).cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, UnicodeEncodeError):
        for value in wanted:
            _fitted(kind, column, value)  # which says the first that cannot be cast
        raise


def _has_zone(kind: pa.DataType, value: Literal) -> bool:
    """Whether a time says how far it is from UTC, in which times are kept; others are taken for UTC."""
    return pa.types.is_temporal(kind) and isinstance(value, str) and _ZONE.search(value) is not None


def _fits(kind: pa.DataType, value: Literal) -> bool:
    if isinstance(value, bool):
        return pa.types.is_boolean(kind)
    if isinstance(value, str):
        return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_temporal(kind)
    return pa.types.is_integer(kind) or pa.types.is_floating(kind)


def _wrong(kind: pa.DataType, column: str, value: Literal) -> UsageError:
    return UsageError(
        "The filter compares a column with a value of another type.",
        received=f"{column}, which is {type_name(kind)}, with {value!r}",
        expected={
            "a text": "a 'text' in single quotes",
            "a truth value": "true or false",
            "a time": "a 'time' in single quotes, such as '2026-11-21' or '2026-11-21T18:30:00+07:00'",
        }.get(type_name(kind), "a number"),
        hint="Texts and times stand in single quotes, numbers and truth values without.",
    )


def type_name(kind: pa.DataType) -> str:
    """A column's type in words."""
    if pa.types.is_boolean(kind):
        return "a truth value"
    if pa.types.is_temporal(kind):
        return "a time"
    if pa.types.is_integer(kind):
        return "a whole number"
    return "a number" if pa.types.is_floating(kind) else "a text"
