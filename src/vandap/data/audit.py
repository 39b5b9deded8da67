"""What is wrong with the data and with their split, measured before anything is trained."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from vandap.core.dataset import IMAGES, Dataset
from vandap.core.rows import assign, blocks, every_row, picked
from vandap.core.signals import Series
from vandap.data import duplicates as copies
from vandap.data.contents import TEST, TRAIN, VALIDATION, Contents
from vandap.data.duplicates import Duplicates
from vandap.data.hashing import hash_examples, hash_raw
from vandap.data.measure import bounded, measure
from vandap.data.overlap import KINDS, PAIRS, Identity, count_overlap
from vandap.data.profile import profile
from vandap.data.sets import Sets

_POPULATION = (
    "Some combinations of values are so common that equal rows are the population, not copies: they may stand in "
    "several parts and are not counted."
)
_REPEATED = ("exact", "near", "conflicting", "rows")


def audit(
    dataset: Dataset, contents: Contents, found: Duplicates | None = None
) -> tuple[dict[str, Any], dict[str, Series]]:
    """Measure the data and audit the split.

    Args:
        dataset: The data after the split and all transforms.
        contents: What was read.
        found: The copies among the rows of `contents`, where they are known already. Where a transform changed the
            examples, hashes and copies are computed anew.

    Returns:
        Facts for `data.json` (`profile`, `audit`, `fingerprints`) and the data signals by name.
    """
    as_read = dataset.examples is contents.examples
    hashes = contents.hashes if as_read else hash_examples(dataset.examples)
    found = found if found is not None and as_read else copies.find(dataset.examples, hashes)
    same_rows = contents.time is not None and len(contents.time) == len(dataset.target)
    identity = Identity(found, dataset.split.groups, contents.time if same_rows else None)
    overlap = count_overlap(dataset.split, identity)
    repeated = _repeated(dataset, found)
    parts = _parts(dataset)
    facts = {
        "profile": profile(dataset, contents.facts),
        "audit": _audit_facts(overlap, repeated, _checks(dataset, identity, overlap)),
        "fingerprints": {name: _fingerprint(hashes, dataset.target, rows) for name, rows in parts.items()},
    }
    signals = measure(dataset)
    signals |= {
        "target_missing": Series(np.array(float(contents.target_missing))),
        "duplicates": Series(
            np.array([float(repeated[kind]) for kind in _REPEATED]),
            {"kind": _REPEATED},
        ),
        "split_overlap": Series(overlap, {"kind": KINDS, "pair": PAIRS}),
        "split_method": _method(dataset, identity),
    }
    return facts, signals


def _method(dataset: Dataset, identity: Identity) -> Series:
    flags = (dataset.split.given, identity.time is not None, identity.groups is not None)
    return Series(np.array(flags, float), {"fact": ("given", "time", "group")})


def part_fingerprint(dataset: Dataset, rows: np.ndarray) -> str:
    """Fingerprint of some rows: BLAKE2b over their input hashes and targets in row order, hexadecimal.

    The fingerprints of the parts are taken from the audit; for other rows the inputs are read.
    """
    for name, part in _parts(dataset).items():
        if np.array_equal(part, rows) and name in dataset.facts.get("fingerprints", {}):
            return str(dataset.facts["fingerprints"][name])
    hashes = [hash_raw(raw) for raw in bounded(dataset.examples, rows)]
    of_rows = np.concatenate([np.zeros(0, np.uint64), *hashes])
    return _fingerprint(of_rows, picked(dataset.target, rows), every_row(len(rows)))


def _fingerprint(hashes: np.ndarray, target: np.ndarray, rows: np.ndarray) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for values, kind in ((hashes, "<u8"), (target, "<f8")):
        for block in blocks(len(rows)):
            digest.update(np.ascontiguousarray(values[rows[block]], kind).data)
    return digest.hexdigest()


def _parts(dataset: Dataset) -> dict[str, np.ndarray]:
    split = dataset.split
    return {TRAIN: split.train, VALIDATION: split.validation, TEST: split.test}


def _repeated(dataset: Dataset, found: Duplicates) -> dict[str, int]:
    """Copies beyond the first over the rows in use; `combinations` counts repeats that are the population instead."""
    parts = tuple(_parts(dataset).values())
    used = np.zeros(found.exact.rows, bool)
    for rows in parts:
        assign(used, rows, True)
    equal, together = found.exact.among(used), found.cluster.among(used)
    exact, united = equal.repeats, together.repeats
    natural = exact if found.natural else max(0, exact - united)
    counted = exact - natural
    conflicting = 0 if found.natural or not dataset.task.is_classification else _conflicting(dataset, equal, together)
    near = united - counted if dataset.kind == IMAGES else 0
    return {
        "exact": counted,
        "near": near,
        "conflicting": conflicting,
        "rows": sum(map(len, parts)),
        "combinations": natural,
    }


def _conflicting(dataset: Dataset, equal: Sets, together: Sets) -> int:
    """Rows whose class is not the most frequent one among the rows with the same input.

    Only copies count: common combinations of a table (rows in a cluster of their own) may well have several classes.
    """
    copied = np.isin(equal.members, together.members)
    target, codes = dataset.target[equal.members[copied]], equal.codes[copied]
    pairs, counts = np.unique(np.stack([codes, target]), axis=1, return_counts=True)
    most = np.zeros(len(equal.sizes), np.int64)
    np.maximum.at(most, pairs[0], counts)
    return int(copied.sum() - most.sum())


def _audit_facts(overlap: np.ndarray, repeated: Mapping[str, int], checks: list[str]) -> dict[str, Any]:
    return {
        "exact_duplicates": repeated["exact"],
        "near_duplicates": repeated["near"],
        "conflicting": repeated["conflicting"],
        "repeated_combinations": repeated["combinations"],
        "overlap": {
            pair: {kind: int(overlap[row, column]) for row, kind in enumerate(KINDS)}
            for column, pair in enumerate(PAIRS)
        },
        "checks": checks,
    }


def _checks(dataset: Dataset, identity: Identity, overlap: np.ndarray) -> list[str]:
    """What was checked and found, as sentences."""
    compared = identity.found.compared
    how = f"exact; near copies among {compared:,} different images" if compared else "exact"
    parts, checks = _parts(dataset), []
    if len(identity.found.population):
        how += ", population aside"
        checks.append(_POPULATION)
    for column, pair in enumerate(PAIRS):
        earlier, later = pair.split("-")
        folded = bool(dataset.split.folds) and column == 0
        if not folded and not (len(parts[earlier]) and len(parts[later])):
            continue
        exact, near, group, time = (int(count) for count in overlap[:, column])
        subject, place = ("", "in two folds") if folded else (f" of the {later} part", f"in {earlier}")
        checks.append(f"{_examples(exact + near)}{subject} {_verb(exact + near)} {place} ({how}).")
        if identity.groups is not None:
            checks.append(f"{_examples(group)}{subject} {_verb(group)} {place} by its group.")
        if identity.time is not None and not folded:
            verb = "is" if time < 2 else "are"
            checks.append(f"{_examples(time)} of the {later} part {verb} older than the newest of {earlier}.")
    return checks


def _examples(count: int) -> str:
    return {0: "No example", 1: "1 example"}.get(count, f"{count:,} examples")


def _verb(count: int) -> str:
    return "stands" if count < 2 else "stand"
