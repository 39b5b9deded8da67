"""Frozen dataclasses to JSON and back.

A record is a frozen dataclass whose fields are annotated with JSON-like types, other records, tuples, mappings or numpy
arrays. JSON has no NaN: a non-finite float is written as null, and null in a float field is read as NaN.
"""

from __future__ import annotations

import dataclasses
import enum
import math
import types
import typing
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")


def to_json(value: Any) -> Any:
    """Return `value` as plain JSON data (dict, list, str, int, float, bool, None)."""
    if isinstance(value, enum.Enum):
        return value.value
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, np.bool_ | np.integer):
        return value.item()
    if isinstance(value, np.ndarray):
        return to_json(value.tolist())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Sequence | set | frozenset):
        return [to_json(item) for item in value]
    raise TypeError(f"This value has no JSON form. Received: {type(value).__name__}. Expected: a record or JSON data.")


def from_json(kind: type[T], data: Any) -> T:
    """Build a record of type `kind` from JSON data. Unknown keys are ignored, so that newer files stay readable."""
    return typing.cast(T, _build(kind, data))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _build(kind: Any, data: Any) -> Any:
    origin = typing.get_origin(kind)
    if kind is Any:
        return data
    if origin in (types.UnionType, typing.Union):
        return _build_union(typing.get_args(kind), data)
    if dataclasses.is_dataclass(kind):
        known = {field.name for field in dataclasses.fields(kind)}
        hints = _hints(typing.cast(type, kind))
        return typing.cast(Any, kind)(**{key: _build(hints[key], item) for key, item in data.items() if key in known})
    if origin is tuple:
        return _build_tuple(typing.get_args(kind), data)
    if origin is not None and issubclass(origin, Mapping):
        item = typing.get_args(kind)[1]
        return {key: _build(item, entry) for key, entry in data.items()}
    if origin is not None and issubclass(origin, Sequence):
        return [_build(typing.get_args(kind)[0], entry) for entry in data]
    return _build_plain(origin or kind, data)


def _build_plain(kind: Any, data: Any) -> Any:
    if kind is np.ndarray:
        return np.asarray([] if data is None else data)
    if kind is float:
        return math.nan if data is None else float(data)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return kind(data)
    return data


def _build_union(options: tuple[Any, ...], data: Any) -> Any:
    if data is None and type(None) in options:
        return None
    rest = [option for option in options if option is not type(None)]
    return _build(rest[0], data) if len(rest) == 1 else data


def _build_tuple(items: tuple[Any, ...], data: Any) -> tuple[Any, ...]:
    if len(items) == 2 and items[1] is Ellipsis:
        return tuple(_build(items[0], entry) for entry in data)
    return tuple(_build(item, entry) for item, entry in zip(items, data, strict=True))
