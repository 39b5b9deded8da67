"""From a data specification to a data set that is split, audited and ready to train on."""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import Any

import numpy as np

from vandap.core.dataset import Dataset
from vandap.core.family import members
from vandap.core.memory import give_back
from vandap.core.recipe import Change, DataSpec
from vandap.core.signals import Series
from vandap.data import duplicates as copies
from vandap.data import readers as reader_family
from vandap.data import transforms as transform_family
from vandap.data.audit import audit
from vandap.data.contents import Contents
from vandap.data.readers._reader import MEMORY, Reader, existing
from vandap.data.split import make_split
from vandap.data.transforms._transform import Transform
from vandap.errors import DataError, UsageError


def readers() -> tuple[Reader, ...]:
    """Every reader, in the order in which they are asked."""
    return tuple(sorted(members(reader_family, Reader), key=lambda reader: reader.order))  # type: ignore[type-abstract]


def choose_reader(spec: DataSpec, memory: Any = None) -> Reader:
    """Choose the reader that the user states, else the first one that recognises the source.

    Raises:
        UsageError: The stated reader does not exist.
        DataError: No such path, or nothing that any reader recognises.
    """
    by_slug = {reader.slug: reader for reader in readers()}
    if memory is not None:
        return by_slug["frame"]
    if spec.kind is not None:
        if spec.kind not in by_slug:
            close = difflib.get_close_matches(spec.kind, by_slug, n=1)
            raise UsageError(
                f"There is no kind of data {spec.kind!r}.",
                received=f"--kind {spec.kind}",
                expected=f"one of {', '.join(by_slug)}",
                hint=f"Did you mean {close[0]}?" if close else "Leave --kind away to have it detected.",
            )
        return by_slug[spec.kind]
    for reader in by_slug.values():
        if reader.recognises(spec.source):
            return reader
    raise _unrecognised(spec.source)


def _unrecognised(source: str) -> DataError:
    path = existing(source)
    if path.is_dir():
        items = sorted(item.name for item in path.iterdir())
        shown = ", ".join(items[:8]) + (" ..." if len(items) > 8 else "")
        return DataError(
            "The folder is empty." if not items else "The folder holds nothing that vandap can read as one data set.",
            received=f"{source} with {shown}" if items else source,
            expected="one sub-folder a class with images in it (or train/, val/, test/ above them), or x.npy and y.npy",
            hint="Check the path; for a table, give the file itself.",
        )
    return DataError(
        "The file has an ending that no reader knows.",
        received=source,
        expected="; ".join(reader.title for reader in readers() if reader.slug != "frame"),
        hint="State what it is with --kind, such as --kind csv. Save Excel sheets as CSV first.",
    )


def read(spec: DataSpec, seed: int, memory_source: Any = None) -> Contents:
    """Read the data without splitting them. See `load`."""
    return choose_reader(spec, memory_source).read(spec, seed, memory_source)


def load(
    spec: DataSpec, seed: int, transforms: tuple[Change, ...] = (), memory_source: Any = None
) -> tuple[Dataset, dict[str, Series]]:
    """Read, split, transform and audit the data.

    Args:
        spec: What to read and how.
        seed: Seed of every random choice.
        transforms: Edits of the data, applied in order after the split.
        memory_source: A data frame or an `(x, y)` pair instead of a path; `spec.source` is then `<memory>`.

    Returns:
        The data set, and the data signals by name.

    Raises:
        InputError: The data or the options cannot be used.
    """
    if spec.source == MEMORY and memory_source is None:
        raise DataError(
            "The data were in the memory of another process.",
            received=MEMORY,
            expected="a path, or the data themselves",
            hint="Call vandap.train with the data again.",
        )
    contents = read(spec, seed, memory_source)
    found = copies.find(contents.examples, contents.hashes)
    split, notes = make_split(contents, spec, seed, found)
    dataset = Dataset(
        name=contents.name,
        source=contents.source,
        task=contents.task,
        examples=contents.examples,
        target=contents.target,
        classes=contents.classes,
        columns=contents.columns,
        split=split,
        fingerprint=contents.fingerprint,
        notes=contents.notes + tuple(notes),
        facts=contents.facts,
    )
    dataset = transformed(dataset, transforms, seed)
    facts, signals = audit(dataset, contents, None if transforms else found)
    del contents, found
    give_back()
    return _with_facts(dataset, facts), signals


def transformed(dataset: Dataset, changes: tuple[Change, ...], seed: int) -> Dataset:
    """Apply data transforms in order, each with a generator of its own.

    Raises:
        UsageError: No such transform.
    """
    known = {member.slug: member for member in members(transform_family, Transform)}  # type: ignore[type-abstract]
    for place, change in enumerate(changes):
        if change.slug not in known:
            raise UsageError(
                f"There is no data transform {change.slug!r}.",
                received=change.slug,
                expected=f"one of {', '.join(known)}",
                hint="Check the transforms of the recipe.",
            )
        dataset = known[change.slug].apply(dataset, change.settings, np.random.default_rng([seed, place]))
    return dataset


def _with_facts(dataset: Dataset, facts: dict[str, Any]) -> Dataset:
    return replace(dataset, facts={**dataset.facts, **facts})
