"""Compaction: the next generation holds what is alive and nothing else; what was removed is then nowhere on disk.

It rewrites the index as it is when it begins, and holds nobody up: searches go on in the old generation, and so do
changes. Those are carried over into the new generation's journal in the moment in which it takes the old one's place.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from vandap.core.progress import Progress, silent
from vandap.search.build import build_generation, publish, take_back
from vandap.search.codes._code import RowCode
from vandap.search.delta import Delta
from vandap.search.durable import discard, replace_file
from vandap.search.families import row_code
from vandap.search.folder import (
    BUILD_STATE,
    BUILDING,
    EMBEDDING,
    IDS_COLUMN,
    Manifest,
    journal_path,
    read_manifest,
    rebuilding,
    sweep,
    writing,
)
from vandap.search.generation import IDS, Generation, open_generation
from vandap.search.ids import Ids
from vandap.search.index import Index
from vandap.search.journal import Change, Journal
from vandap.search.live import Live
from vandap.search.plan import Contents, Plan
from vandap.search.threads import threads_of

_BEGUN = "compaction.json"


def compact(path: str | Path, threads: int | None = None, say: Progress = silent) -> Index:
    """Rewrite an index without what was removed, and verify its promise again on fresh held-out queries.

    Searches and changes go on meanwhile. What is removed meanwhile is hidden at once, and erased by the next
    compaction. A killed compaction leaves the index as it was; when called again it goes on, unless something was
    removed since it began: then it begins anew, so that this is erased as well. What `build_index` says of searches in
    other threads holds here, too.

    Args:
        path: The index's folder.
        threads: All cores when left out.
        say: Told what is being done.

    Raises:
        IndexFolderError: No index, or another process builds or compacts it.
        UsageError: Less than one thread.
    """
    folder, cores = Path(path), threads_of(threads)
    read_manifest(folder)
    with rebuilding(folder):
        generation = open_generation(folder, cores)
        take_back(folder, generation.manifest.generation + 1)
        delta, journal = _begun(folder, generation)
        manifest = build_generation(
            _contents(generation, delta, journal.end),
            folder, _plan(generation.manifest, cores), generation.manifest.generation + 1, say,
        )  # fmt: skip
        built = Ids(folder / BUILDING / IDS, manifest.count)
        built.prepare()
        with writing(folder, patience=math.inf):
            publish(folder, manifest, _carried(journal, delta, built, row_code(manifest.rows)))
        sweep(folder, manifest.generation)
        (folder / _BEGUN).unlink()
        discard(folder / EMBEDDING)  # of a killed build; people may be gone who are in it
    return Index(folder, threads)


def _begun(folder: Path, generation: Generation) -> tuple[Delta, Journal]:
    """The state to rewrite, and its journal read up to there: that of a compaction that was cut, or the present one."""
    number = generation.manifest.generation
    try:
        begun = json.loads((folder / _BEGUN).read_bytes())
    except (FileNotFoundError, json.JSONDecodeError):
        begun = {}
    if begun.get("generation") == number and (folder / BUILDING / BUILD_STATE).is_file():
        delta, journal = _read(folder, generation, begun["end"])
        later = Journal(journal.path, number)
        if not any(len(change.gone) and later.end > journal.end for change in later.read()):
            return delta, journal
    delta, journal = _settled(folder, generation)
    replace_file(folder / _BEGUN, json.dumps({"generation": number, "end": journal.end}).encode())
    return delta, journal


def _settled(folder: Path, generation: Generation) -> tuple[Delta, Journal]:
    """The present state. What was read beside a writer counts if it is still there while nobody writes."""
    while True:
        delta, journal = _read(folder, generation)
        with writing(folder, patience=math.inf):
            if not journal.rewound:
                return delta, journal


def _read(folder: Path, generation: Generation, until: int | None = None) -> tuple[Delta, Journal]:
    number = generation.manifest.generation
    delta, journal = Delta(generation), Journal(journal_path(folder, number), number)
    for change in journal.read(until):
        delta.take(change)
    return delta, journal


def _contents(generation: Generation, delta: Delta, end: int) -> Contents:
    """What is alive."""
    manifest = generation.manifest
    vectors = Live(delta, manifest.columns, f"compaction:{manifest.generation}:{end}")
    named = str(manifest.build.get(IDS_COLUMN, ""))
    return Contents(vectors, vectors.ids(), vectors.payload(), companions=generation.companions, named=named)


def _plan(manifest: Manifest, threads: int) -> Plan:
    """What was asked of the index."""
    asked = str(manifest.build.get("asked", manifest.engine))
    engine = manifest.engine if manifest.engine != "exact" else asked
    rows = str(manifest.build.get("rows_asked", manifest.rows)) if manifest.rows == "half" else manifest.rows
    judged = bool(manifest.build.get("judged", manifest.rows == "exact"))
    return Plan(manifest.target, engine, threads, manifest.generation, rows, manifest.lost, judged)


def _carried(journal: Journal, delta: Delta, built: Ids, code: RowCode) -> Iterator[Change]:
    """What happened since the state that was rewritten, by the new generation's row numbers and in its form of rows.

    Args:
        journal: Of the old generation, read up to that state.
        delta: That state.
        built: The new generation's ids.
        code: The new generation's form of rows.
    """
    late: dict[int | str, int] = {}
    total = len(built.values)
    for change in journal.read():
        names = delta.ids_of(change.gone)
        gone = built.rows_of(names)
        for place, name in enumerate(names):
            gone[place] = late.pop(name, gone[place])
        late.update(zip(change.ids, range(total, total + len(change.ids)), strict=True))
        total += len(change.ids)
        yield Change(gone, change.ids, _recoded(change.rows, delta, code), change.payload)
        delta.take(change)


def _recoded(rows: np.ndarray, delta: Delta, code: RowCode) -> np.ndarray:
    return rows if delta.code is code or not len(rows) else code.pack(delta.code.unpack(rows, delta.columns))
