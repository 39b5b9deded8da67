"""What the data are: columns with their distributions, image sizes, classes, the target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vandap.report import format as written
from vandap.report.charts.records import Span, Spark
from vandap.report.material import Material, floats
from vandap.report.view import View

_MOST_COLUMNS = 200


@dataclass(frozen=True)
class ColumnRow:
    """One column of a table."""

    name: str
    kind: str
    role: str
    reason: str
    missing: str
    distinct: str
    summary: str
    spark: Spark | None


@dataclass(frozen=True)
class ClassRow:
    """One class: its name, a bar of its training examples, and its count in each part."""

    name: str
    bar: Span
    counts: tuple[str, ...]


@dataclass(frozen=True)
class Data:
    """The data profile.

    Args:
        name: The data set.
        facts: (name, text) pairs: kind, task, rows, fingerprint.
        columns: Columns of a table.
        more_columns: How many columns are not listed.
        sizes: (size, images) pairs.
        image_facts: (name, text) pairs on images.
        unreadable: Names of images that could not be read.
        parts: Names of the parts in `classes`.
        classes: Class counts, the most frequent first.
        notes: What was guessed, skipped or repaired.
    """

    name: str
    facts: tuple[tuple[str, str], ...]
    columns: tuple[ColumnRow, ...]
    more_columns: int
    sizes: tuple[tuple[str, str], ...]
    image_facts: tuple[tuple[str, str], ...]
    unreadable: tuple[str, ...]
    parts: tuple[str, ...]
    classes: tuple[ClassRow, ...]
    notes: tuple[str, ...]


class DataView(View):
    """The section of the data profile."""

    slug = "data"
    title = "The data"
    order = 90
    figures = ("class_counts", "columns")

    def build(self, material: Material) -> Data | None:
        """Return the profile; None before the data were read."""
        data = material.data
        if not data:
            return None
        profile = data.get("profile") or {}
        columns = profile.get("columns") or ()
        parts, classes = _classes(material)
        return Data(
            name=str(data.get("name", "")),
            facts=_facts(data),
            columns=tuple(_column(column) for column in columns[:_MOST_COLUMNS]),
            more_columns=max(0, len(columns) - _MOST_COLUMNS),
            sizes=tuple(
                (f"{size[1]} × {size[0]}", written.count(size[2])) for size in (profile.get("sizes") or ())[:12]
            ),
            image_facts=_image_facts(profile),
            unreadable=tuple(map(str, profile.get("unreadable") or ())),
            parts=parts,
            classes=classes,
            notes=tuple(map(str, data.get("notes") or ())),
        )


def _facts(data: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    target = data.get("target") or {}
    facts = (
        ("Source", str(data.get("source") or "")),
        ("Kind", str(data.get("kind") or "")),
        ("Task", str(data.get("task") or "")),
        ("Examples", written.count(data.get("rows"))),
        ("Target", _target(target)),
        ("Fingerprint", str(data.get("fingerprint") or "")[:16]),
    )
    return tuple((name, text) for name, text in facts if text and text != written.ABSENT)


def _target(target: Mapping[str, Any]) -> str:
    name = str(target.get("name") or "")
    if target.get("min") is None:
        return name
    low, high, mean, deviation = (written.number(target.get(key)) for key in ("min", "max", "mean", "deviation"))
    return f"{name or 'target'}: {low} to {high}, mean {mean}, standard deviation {deviation}"


def _column(column: Mapping[str, Any]) -> ColumnRow:
    name = str(column.get("name"))
    return ColumnRow(
        name=name,
        kind=str(column.get("kind") or ""),
        role=str(column.get("role") or ""),
        reason=str(column.get("reason") or ""),
        missing=_missing(column.get("missing")),
        distinct=written.count(column.get("distinct")),
        summary=_summary(column),
        spark=_spark(name, column),
    )


def _missing(missing: float | None) -> str:
    if missing is None:
        return written.ABSENT
    return written.share(missing) if isinstance(missing, float) and missing <= 1 else written.count(missing)


def _summary(column: Mapping[str, Any]) -> str:
    if column.get("mean") is not None:
        return " … ".join(written.number(column.get(key)) for key in ("min", "mean", "max"))
    top = column.get("top") or ()
    return ", ".join(f"{written.value(item[0])} ({written.count(item[1])})" for item in top[:3])


def _spark(name: str, column: Mapping[str, Any]) -> Spark | None:
    histogram = column.get("histogram") or {}
    counts = floats(histogram.get("counts") or [])
    if counts.size:
        return Spark(f"Distribution of {name}", counts)
    top = floats([item[1] for item in (column.get("top") or ())[:12]])
    return Spark(f"Most frequent values of {name}", top) if top.size > 1 else None


def _image_facts(profile: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    modes = ", ".join(f"{mode}: {written.count(count)}" for mode, count in (profile.get("modes") or {}).items())
    facts = (
        ("Images", written.count(profile.get("count"))),
        ("Modes", modes),
        ("Channel means", _numbers(profile.get("channel_mean"))),
        ("Channel deviations", _numbers(profile.get("channel_deviation"))),
    )
    return tuple((name, text) for name, text in facts if text and text != written.ABSENT)


def _numbers(values: Sequence[float] | None) -> str:
    return ", ".join(written.number(value) for value in values or ())


def _classes(material: Material) -> tuple[tuple[str, ...], tuple[ClassRow, ...]]:
    series = material.signals.get("class_counts")
    if series is None or series.values.ndim != 2 or not series.values.size:
        return (), ()
    counts = np.asarray(series.values, float)
    parts = series.labels.get("split", tuple(f"part {index}" for index in range(len(counts))))
    names = series.labels.get("class", tuple(f"class {code}" for code in range(counts.shape[1])))
    kept = [index for index in range(len(counts)) if np.nansum(counts[index]) > 0]
    axis = (0.0, float(np.nanmax(counts[0], initial=1.0)))
    order = np.argsort(-counts[0], kind="stable").tolist()
    rows = tuple(
        ClassRow(
            name=str(names[code]),
            bar=Span(f"{names[code]}: {written.count(counts[0, code])}", float(counts[0, code]), np.nan, np.nan, axis),
            counts=tuple(written.count(counts[index, code]) for index in kept),
        )
        for code in order[:_MOST_COLUMNS]
    )
    return tuple(parts[index] for index in kept), rows
