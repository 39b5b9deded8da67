"""A table to `Contents`, in two passes of bounded memory: what the columns are, then their values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from vandap.core.memory import give_back
from vandap.core.recipe import DataSpec
from vandap.core.schema import Column, ColumnKind, Role
from vandap.data.column_profile import ColumnProfile
from vandap.data.column_store import CategoryStore, NumberStore, Store, keep_rows
from vandap.data.contents import PARTS, TEST, TRAIN, VALIDATION, Contents
from vandap.data.detect import Detected, detect
from vandap.data.examples import TableExamples
from vandap.data.hashing import hash_columns
from vandap.data.table_source import TableSource
from vandap.data.target import Target, check_target, guess_target, make_target, unknown_column
from vandap.data.values import WIDE, parse_booleans, parse_dates, parse_numbers
from vandap.errors import DataError, UsageError

_STORED = (ColumnKind.NUMBER, ColumnKind.BOOLEAN, ColumnKind.DATE, ColumnKind.CATEGORY)
_PART_WORDS = {
    TRAIN: ("train", "training", "tr", "fit"),
    VALIDATION: ("validation", "valid", "val", "dev"),
    TEST: ("test", "testing", "holdout"),
}


@dataclass(frozen=True)
class Plan:
    """What the second pass reads.

    Args:
        columns: The schema, without categories yet.
        profiles: What the first pass found.
        target: Name of the target column.
        notes: What was guessed.
    """

    columns: tuple[Column, ...]
    profiles: Mapping[str, ColumnProfile]
    target: str
    notes: tuple[str, ...]

    def named(self, *roles: Role) -> tuple[Column, ...]:
        """The columns with one of these roles."""
        return tuple(column for column in self.columns if column.role in roles)

    @property
    def read(self) -> tuple[str, ...]:
        """Names of the columns whose values are needed."""
        return tuple(column.name for column in self.columns if column.role is not Role.IGNORED)


def read_table(source: TableSource, test: TableSource | None, spec: DataSpec, name: str, fingerprint: str) -> Contents:
    """Read a table.

    Args:
        source: The table.
        test: A separate test table with the same columns, or None.
        spec: What the user stated.
        name: Name of the data set.
        fingerprint: Fingerprint of the files.

    Raises:
        DataError: An unknown column, an unusable target, no usable feature, no rows.
        UsageError: Options that do not exist or exclude each other.
    """
    _check_names(source, spec)
    profiles, rows = _profile(source, spec)
    plan = _plan(source, profiles, spec)
    rows_of = [rows] if test is None else [rows, _count(test, source, plan)]
    stores = _parse([source] if test is None else [source, test], plan, rows_of)
    words = {name: store.finish() for name, store in stores.items()}
    pa.default_memory_pool().release_unused()
    give_back()
    return _contents(plan, stores, words, rows_of, source, test, spec, name, fingerprint)


def _check_names(source: TableSource, spec: DataSpec) -> None:
    stated = [(spec.target, "--target"), (spec.group, "--group"), (spec.time, "--time"), (spec.split_column, "--split")]
    stated += [(name, "--ignore") for name in spec.ignore] + [(name, "--type") for name in spec.types]
    for name, option in stated:
        if name is not None and name not in source.names:
            raise unknown_column(name, source.names, option)
    if spec.test is not None and spec.split_column is not None:
        raise UsageError(
            "The test part is given twice.",
            received=f"--test {spec.test} and --split {spec.split_column}",
            expected="one of the two",
            hint="Leave one of them away.",
        )


def _profile(source: TableSource, spec: DataSpec) -> tuple[dict[str, ColumnProfile], int]:
    names = [name for name in source.names if name not in spec.ignore]
    profiles = {name: ColumnProfile(name, source.decimal_comma) for name in names}
    rows = 0
    for block in source.blocks(names):
        rows += block.num_rows
        for name, column in zip(names, block.columns, strict=True):
            profiles[name].feed(column)
    if rows < 2:
        raise DataError(
            "The table has too few rows.",
            received=f"{source.label} with {rows} rows",
            expected="at least two rows",
            hint="Check that the file was written completely.",
        )
    return profiles, rows


def _plan(source: TableSource, profiles: Mapping[str, ColumnProfile], spec: DataSpec) -> Plan:
    detected = {name: detect(profile, spec.types.get(name)) for name, profile in profiles.items()}
    stated = {spec.group: Role.GROUP, spec.time: Role.TIME, spec.split_column: Role.SPLIT}
    notes = list(source.notes)
    if spec.target is None:
        target, note = guess_target(detected, [name for name in stated if name])
        notes.append(note)
    else:
        target = spec.target
        if target not in detected:
            raise UsageError(
                "The target cannot be ignored.",
                received=f"--target {target} --ignore {target}",
                expected="different columns",
                hint="Leave one of the two away.",
            )
    check_target(target, detected[target])
    columns = []
    for name in source.names:
        found = detected.get(name, Detected(ColumnKind.TEXT, "left out by the user"))
        role = Role.TARGET if name == target else stated.get(name) or _feature_role(found)
        columns.append(Column(name, found.kind, role, found.reason, format=found.format))
    notes += _column_notes(columns, profiles)
    if not any(column.role is Role.FEATURE for column in columns):
        raise _no_features(columns)
    return Plan(tuple(columns), profiles, target, tuple(notes))


def _feature_role(found: Detected) -> Role:
    return Role.FEATURE if found.kind in _STORED else Role.IGNORED


def _column_notes(columns: Sequence[Column], profiles: Mapping[str, ColumnProfile]) -> list[str]:
    notes = [
        f"The column {column.name!r} was left out ({column.kind.value}): {column.reason}."
        for column in columns
        if column.role is Role.IGNORED and column.name in profiles
    ]
    notes += [
        f"In the column {name!r}, {profile.words:,} values that are no numbers were taken for missing."
        for name, profile in profiles.items()
        if profile.words and any(column.name == name and column.kind is ColumnKind.NUMBER for column in columns)
    ]
    marked: dict[str, int] = {}
    for profile in profiles.values():
        for marker in profile.markers:
            marked[marker] = marked.get(marker, 0) + 1
    notes += [
        f"The marker {marker!r} was taken for a missing value ({count} columns)." for marker, count in marked.items()
    ]
    return notes


def _no_features(columns: Sequence[Column]) -> DataError:
    left_out = "; ".join(f"{column.name}: {column.reason}" for column in columns if column.role is Role.IGNORED)
    return DataError(
        "No column is left to predict from.",
        received=left_out or "a table with the target only",
        expected="at least one column of numbers, categories, booleans or dates",
        hint="Override a guess with --type COLUMN=category or COLUMN=number.",
    )


def _count(test: TableSource, source: TableSource, plan: Plan) -> int:
    missing = [name for name in plan.read if name not in test.names]
    if missing:
        raise DataError(
            "The test table lacks columns of the training table.",
            received=f"{test.label} without {', '.join(missing[:10])}",
            expected=f"the columns of {source.label}",
            hint="Give a test table with the same columns, or leave --test away.",
        )
    return sum(block.num_rows for block in test.blocks(plan.read[:1]))


def _store(column: Column, profile: ColumnProfile, rows: int, decimal_comma: bool) -> Store:
    as_words = column.role is Role.GROUP or column.role is Role.SPLIT
    as_words = as_words or column.kind is ColumnKind.CATEGORY
    if column.role is Role.TARGET and column.kind is ColumnKind.BOOLEAN:
        as_words = profile.words > 0
    if as_words or column.kind not in _STORED:
        return CategoryStore(rows)
    if column.kind is ColumnKind.BOOLEAN and column.role is Role.FEATURE:
        return NumberStore(rows, np.float32, parse_booleans)
    if column.kind is ColumnKind.DATE:
        return NumberStore(rows, np.float64, partial(parse_dates, format=column.format))
    exact = column.format == WIDE or column.role is not Role.FEATURE
    return NumberStore(rows, np.float64 if exact else np.float32, _number_parser(decimal_comma))


def _number_parser(decimal_comma: bool) -> Callable[[pa.Array], np.ndarray]:
    return lambda block: parse_numbers(block, decimal_comma).values


def _parse(sources: Sequence[TableSource], plan: Plan, rows_of: Sequence[int]) -> dict[str, Store]:
    comma = sources[0].decimal_comma
    columns = [column for column in plan.columns if column.role is not Role.IGNORED]
    stores = {column.name: _store(column, plan.profiles[column.name], sum(rows_of), comma) for column in columns}
    plain = frozenset(name for name, store in stores.items() if isinstance(store, NumberStore) and _plain(plan, name))
    start = 0
    for place, source in enumerate(sources):
        # the first pass saw the first source only
        for block in source.blocks(plan.read, frozenset() if place else plain):
            for name, array in zip(plan.read, block.columns, strict=True):
                stores[name].put(start, array)
            start += block.num_rows
    if start != sum(rows_of):
        raise DataError(
            "The file changed while it was read.",
            received=f"{sum(rows_of)} rows at first, {start} rows then",
            expected="a file that stays as it is",
            hint="Wait until it is written, then run the command again.",
        )
    return stores


def _plain(plan: Plan, name: str) -> bool:
    numeric = any(column.name == name and column.kind is ColumnKind.NUMBER for column in plan.columns)
    return numeric and plan.profiles[name].plain


def _contents(
    plan: Plan,
    stores: Mapping[str, Store],
    words: Mapping[str, tuple[str, ...]],
    rows_of: Sequence[int],
    source: TableSource,
    test: TableSource | None,
    spec: DataSpec,
    name: str,
    fingerprint: str,
) -> Contents:
    notes = list(plan.notes) + list(source.problems()) + list(test.problems() if test else ())
    store = stores[plan.target]
    names = words[plan.target] if isinstance(store, CategoryStore) else None
    target = make_target(store.values, names, spec.task, plan.target)
    target, time_notes = _without_missing_time(target, plan, stores)
    keep = None if target.keep.all() else target.keep
    kept = {name: store.values if keep is None else keep_rows(store.values, keep) for name, store in stores.items()}
    features = {column.name: kept[column.name] for column in plan.named(Role.FEATURE)}
    rows = len(target.values)
    columns = tuple(_with_categories(column, words, target) for column in plan.columns)
    facts: dict[str, Any] = {"skipped_rows": source.skipped + (test.skipped if test else 0)}
    return Contents(
        name=name,
        source=spec.source,
        examples=TableExamples(features, rows, None if keep is None else np.flatnonzero(keep)),
        target=target.values,
        classes=target.classes,
        task=target.task,
        columns=columns,
        parts=_parts(plan, kept, words, rows_of, keep),
        groups=_groups(plan, kept),
        time=next((kept[column.name].astype(np.float64) for column in plan.named(Role.TIME)), None),
        hashes=hash_columns(features, rows),
        fingerprint=fingerprint,
        notes=tuple(notes + list(target.notes) + time_notes),
        target_missing=target.missing,
        facts=facts,
    )


def _without_missing_time(target: Target, plan: Plan, stores: Mapping[str, Store]) -> tuple[Target, list[str]]:
    for column in plan.named(Role.TIME):
        values = stores[column.name].values
        if column.kind not in (ColumnKind.DATE, ColumnKind.NUMBER) or values.dtype.kind != "f":
            raise DataError(
                f"The column {column.name!r} holds no points in time.",
                received=f"--time {column.name}, a column of kind {column.kind.value}: {column.reason}",
                expected="a column of dates or numbers",
                hint=f"Choose another column, or state --type {column.name}=date.",
            )
        known = np.isfinite(values)
        lost = int((target.keep & ~known).sum())
        if lost:
            kept = replace(target, values=target.values[known[target.keep]], keep=target.keep & known)
            return kept, [f"{lost:,} rows were left out because their time {column.name!r} is missing."]
    return target, []


def _with_categories(column: Column, words: Mapping[str, tuple[str, ...]], target: Target) -> Column:
    if column.role is Role.TARGET:
        kind = ColumnKind.CATEGORY if target.classes else ColumnKind.NUMBER
        return replace(column, kind=kind, reason="the target", categories=target.classes)
    if column.role is Role.FEATURE and column.kind is ColumnKind.CATEGORY:
        return replace(column, categories=words[column.name])
    return column


def _groups(plan: Plan, kept: Mapping[str, np.ndarray]) -> np.ndarray | None:
    """Codes of the group column; every row without a group is a group of its own."""
    for column in plan.named(Role.GROUP):
        codes = kept[column.name].astype(np.int64)
        lone = np.flatnonzero(codes < 0)
        codes[lone] = codes.max(initial=-1) + 1 + np.arange(len(lone))
        return codes
    return None


def _parts(
    plan: Plan,
    kept: Mapping[str, np.ndarray],
    words: Mapping[str, tuple[str, ...]],
    rows_of: Sequence[int],
    keep: np.ndarray | None,
) -> np.ndarray | None:
    for column in plan.named(Role.SPLIT):
        names = np.array([part_name(word, column.name) for word in words[column.name]])
        codes = kept[column.name]
        if (codes < 0).any():
            raise DataError(
                f"The split column {column.name!r} has missing values.",
                received=f"{int((codes < 0).sum())} rows without a part",
                expected="train, validation or test in every row",
                hint="Fill the column, or leave --split away.",
            )
        return names[codes]
    if len(rows_of) == 2:
        parts = np.repeat(np.array([TRAIN, TEST]), rows_of)
        return parts if keep is None else parts[keep]
    return None


def part_name(word: str, column: str) -> str:
    """Turn what a user calls a part into `train`, `validation` or `test`.

    Raises:
        DataError: The word names no part.
    """
    for part in PARTS:
        if word.strip().lower() in _PART_WORDS[part]:
            return part
    raise DataError(
        f"The split column {column!r} holds a value that names no part.",
        received=repr(word),
        expected="train, validation (or val, valid, dev) or test",
        hint="Write these words into the column, or leave --split away.",
    )
