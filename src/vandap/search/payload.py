"""Payload: typed columns beside the vectors, in one Arrow file, memory-mapped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vandap.errors import DataError
from vandap.search.where.evaluate import type_name


def plain(table: pa.Table, like: pa.Schema | None = None) -> pa.Table:
    """A table in the few types that filters know: whole numbers, numbers, texts, truth values, times.

    Args:
        table: Of any types.
        like: Columns whose type is known; it decides where there is not one value to tell it.

    Raises:
        DataError: A column of another type or with values out of its range, or two of one name.
    """
    names = table.schema.names
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError(
            "Payload columns must have different names.",
            received=", ".join(twice) + " more than once",
            expected="each name once",
            hint="Give the columns other names, or leave the repeated ones out.",
        )
    known = {} if like is None else {field.name: field.type for field in like}
    columns = zip(names, table.columns, strict=True)
    return pa.table({name: _cast(name, column, known.get(name)) for name, column in columns})


def _cast(name: str, column: pa.ChunkedArray, known: pa.DataType | None) -> pa.ChunkedArray:
    if known is not None and pa.types.is_null(column.type):
        return column.cast(known)
    try:
        return _plain(name, column)
    except pa.ArrowException as error:
        raise DataError(
            f"A payload column cannot be kept as it is: {str(error).splitlines()[0]}".rstrip(".") + ".",
            received=f"{name} of type {column.type}",
            expected="whole numbers of 63 bits, times to the microsecond",
            hint="Round the values, leave the column out, or write it as text.",
        ) from None


def is_known(kind: pa.DataType) -> bool:
    """Whether filters know a type, or one that it can be brought to: nulls can become any."""
    return pa.types.is_null(kind) or _kept_as(kind) is not None


def _kept_as(kind: pa.DataType) -> pa.DataType | None:
    """The type, of the few that filters know, that a column of some type is kept as; None for others."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_integer(kind):
        return pa.int64()
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return pa.float64()
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pa.large_string()
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return pa.timestamp("us")
    return kind if pa.types.is_boolean(kind) else None


def _plain(name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    kept = _kept_as(column.type)
    if kept is not None:
        return column.cast(kept)
    raise DataError(
        "A payload column is of a type that filters do not know.",
        received=f"{name} of type {column.type}",
        expected="whole numbers, numbers, texts, truth values or times",
        hint="Leave the column out, or write it as text.",
    )


def read_table(path: Path, like: pa.Schema | None = None) -> pa.Table:
    """Payload from a Parquet or CSV file.

    Args:
        path: The file.
        like: Columns whose type is known: what is a text there is one, whatever it looks like in a CSV file. Of others
            those are texts in which a number begins with a zero, such as postcodes: they would be cut.

    Raises:
        DataError: It cannot be read.
    """
    import pyarrow.csv as csv
    import pyarrow.parquet as pq

    known = () if like is None else like
    texts = {field.name: pa.large_string() for field in known if type_name(field.type) == "a text"}
    try:
        if path.suffix.lower() in (".parquet", ".pq"):
            return plain(pq.read_table(path), like)
        form = csv.ParseOptions(delimiter=_delimiter(path))
        found = csv.read_csv(path, parse_options=form, convert_options=csv.ConvertOptions(column_types=texts))
        whole = [field.name for field in found.schema if pa.types.is_integer(field.type)]
        unsure = [name for name in whole if like is None or name not in like.names]
        if unsure:
            as_written = dict.fromkeys(unsure, pa.large_string())
            chosen = csv.ConvertOptions(column_types=as_written, include_columns=unsure, strings_can_be_null=True)
            found = _uncut(found, csv.read_csv(path, parse_options=form, convert_options=chosen))
        return plain(found, like)
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            f"The payload cannot be read: {str(error).splitlines()[0]}".rstrip(".") + ".",
            received=str(path),
            expected="a Parquet or CSV file with one row for each vector",
            hint="Check the path and the file.",
        ) from None


def _uncut(table: pa.Table, written: pa.Table) -> pa.Table:
    """A table whose columns of whole numbers are texts where a number begins with a zero that it would lose.

    Args:
        table: As it was read.
        written: Those columns as they are written.
    """
    for name, column in zip(written.column_names, written.columns, strict=True):
        if pc.any(pc.match_substring_regex(column, r"^\s*[-+]?0[0-9]")).as_py():
            table = table.set_column(table.schema.get_field_index(name), name, column)
    return table


def _delimiter(path: Path) -> str:
    """What separates the columns of a CSV file: the one of its first line, a comma where there is one."""
    with path.open(encoding="utf-8", errors="replace") as file:
        first = file.readline()
    found = [mark for mark in (",", "\t", ";", "|") if mark in first]
    return found[0] if found else ","


def streamed(table: pa.Table) -> bytes:
    """A table as Arrow writes a stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def write_table(path: Path, table: pa.Table) -> None:
    """Write payload."""
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def map_table(path: Path) -> pa.Table:
    """Map payload into memory."""
    with pa.memory_map(str(path)) as file:
        return pa.ipc.open_file(file).read_all()


def refuse_unknown(columns: Iterable[str], schema: pa.Schema) -> None:
    """Refuse columns that an index does not have, before it is thought that they are in it.

    Raises:
        DataError: There is one.
    """
    unknown = sorted(set(columns) - set(schema.names))
    if unknown:
        raise DataError(
            "The index has no such payload column.",
            received=", ".join(unknown),
            expected="one of " + ", ".join(schema.names) if schema.names else "an index with payload",
            hint="The columns are fixed when the index is built.",
        )


def table_of(columns: Mapping[str, Sequence[Any]], schema: pa.Schema, count: int) -> pa.Table:
    """Added payload as a table of the index's columns; what is left out is missing.

    Args:
        columns: Values by column.
        schema: The index's columns.
        count: Rows.

    Raises:
        DataError: A column that the index does not have, another number of values, or values of another type.
    """
    refuse_unknown(columns, schema)
    return pa.table(
        [_typed(field, columns.get(field.name, [None] * count), count) for field in schema],
        schema=schema,
    )


def _typed(field: pa.Field, values: Sequence[Any], count: int) -> pa.Array:
    if len(values) == count:
        try:
            return pa.array(values, field.type)
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, ValueError):
            pass
    raise DataError(
        "The values do not fit the payload column.",
        received=f"{len(values)} values for {field.name}, such as {values[0] if len(values) else 'none'!r}",
        expected=f"{count} values, each {type_name(field.type)}",
        hint="`vandap index info INDEX` lists the columns and their types.",
    )
