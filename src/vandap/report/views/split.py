"""Whether the test set stayed a test set: how the data were split, what was checked, who read the test part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vandap.core.dataset import IMAGES
from vandap.report import format as written
from vandap.report.material import Material
from vandap.report.view import View

_TITLES = {"exact": "same input", "near": "near duplicate", "group": "same group", "time": "later than its successor"}


@dataclass(frozen=True)
class Split:
    """The split audit.

    Args:
        method: How the split was made.
        sizes: (part, examples, fingerprint) triples.
        folds: How many folds, as text; empty without folds, or when the method says it.
        checks: What was checked, as sentences.
        duplicates: (name, count) pairs over all rows.
        kinds: Headings of the overlap table.
        overlap: (pair of parts, counts) rows.
        clean: Whether no overlap was found.
        reads: (time, reader, what) of the test ledger.
        ledger: How often the test part was read, as a sentence.
    """

    method: str
    sizes: tuple[tuple[str, str, str], ...]
    folds: str
    checks: tuple[str, ...]
    duplicates: tuple[tuple[str, str], ...]
    kinds: tuple[str, ...]
    overlap: tuple[tuple[str, tuple[str, ...]], ...]
    clean: bool
    reads: tuple[tuple[str, str, str], ...]
    ledger: str


class SplitView(View):
    """The section of the split audit."""

    slug = "split"
    title = "Was the test set unseen"
    order = 100

    def build(self, material: Material) -> Split | None:
        """Return the audit; None before the data were split."""
        split, audit = material.data.get("split") or {}, material.data.get("audit") or {}
        if not split and not audit:
            return None
        overlap, method = audit.get("overlap") or {}, str(split.get("method") or "")
        kinds = tuple(kind for kind in _asked(material) if any(_counted(found, kind) for found in overlap.values()))
        reads = material.data.get("ledger") or ()
        return Split(
            method=method,
            sizes=_sizes(split),
            folds=written.plural(split["folds"], "fold") if split.get("folds") and "fold" not in method else "",
            checks=tuple(map(str, audit.get("checks") or ())),
            duplicates=_duplicates(audit, material.data.get("kind") == IMAGES),
            kinds=tuple(_TITLES[kind] for kind in kinds),
            overlap=tuple(
                (pair.replace("-", " – "), tuple(written.count(found.get(kind)) for kind in kinds))
                for pair, found in overlap.items()
                if all(split.get(part) for part in pair.split("-"))
            ),
            clean=not any(found.get(kind) for found in overlap.values() for kind in kinds),
            reads=tuple((_time(read), str(read.get("reader") or ""), str(read.get("what") or "")) for read in reads),
            ledger=_ledger(len(reads)),
        )


def _sizes(split: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    marks = split.get("fingerprints") or {}
    return tuple(
        (part, written.count(split[part]), str(marks.get(part) or "")[:16])
        for part in ("train", "validation", "test")
        if split.get(part)
    )


def _asked(material: Material) -> tuple[str, ...]:
    """The kinds of overlap that this run can have: near duplicates of images, groups and times where named."""
    spec = material.recipe.data if material.recipe else None
    asked = {
        "exact": True,
        "near": material.data.get("kind") == IMAGES,
        "group": spec is None or spec.group is not None,
        "time": spec is None or spec.time is not None,
    }
    return tuple(kind for kind in _TITLES if asked[kind])


def _duplicates(audit: Mapping[str, Any], images: bool) -> tuple[tuple[str, str], ...]:
    names = {
        "exact_duplicates": "Copies of another example",
        "near_duplicates": "Near-duplicate images",
        "conflicting": "Same input with another label",
    }
    found = {key: title for key, title in names.items() if audit.get(key) is not None and (images or "near" not in key)}
    return tuple((title, written.count(audit[key])) for key, title in found.items())


def _counted(found: Mapping[str, Any], kind: str) -> bool:
    return written.is_number(found.get(kind))


def _time(read: Mapping[str, Any]) -> str:
    time = read.get("time")
    return written.when(time) if isinstance(time, int | float) else str(time or "")


def _ledger(reads: int) -> str:
    if reads == 0:
        return "The test part has not been read."
    return "The test part was read once." if reads == 1 else f"The test part was read {reads} times."
