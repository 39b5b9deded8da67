"""Compaction: the next generation holds what is alive and nothing else; what was removed is then nowhere on disk."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from vandap.core.progress import Progress, silent
from vandap.search.build import build_generation
from vandap.search.folder import EMBEDDING, locked
from vandap.search.index import Index
from vandap.search.live import Live
from vandap.search.plan import Contents, Plan


def compact(path: str | Path, threads: int | None = None, say: Progress = silent) -> Index:
    """Rewrite an index without what was removed, and verify its promise again on fresh held-out queries.

    Searches go on meanwhile in the old generation; a killed compaction leaves it as it was and goes on when called
    again.

    Args:
        path: The index's folder.
        threads: All cores when left out.
        say: Told what is being done.

    Raises:
        IndexFolderError: No index, or another writer holds it.
    """
    folder = Path(path)
    index = Index(folder, threads)
    with locked(folder):
        index.refresh()
        manifest = index.generation.manifest
        state = f"{manifest.generation}:{index.journal_end}"
        vectors = Live(index.delta, index.columns, f"compaction:{state}")
        asked = str(manifest.build.get("asked", manifest.engine))
        engine = manifest.engine if manifest.engine != "exact" else asked
        rows = str(manifest.build.get("rows_asked", manifest.rows)) if manifest.rows != "8bit" else manifest.rows
        cores = len(os.sched_getaffinity(0))
        plan = Plan(manifest.target, engine, threads or cores, manifest.generation, rows, manifest.lost)
        companions = index.generation.companions(folder)
        contents = Contents(vectors, vectors.ids(), vectors.payload(), companions=companions)
        build_generation(contents, folder, plan, manifest.generation + 1, say)
        shutil.rmtree(folder / EMBEDDING, ignore_errors=True)  # of a killed build; people may be gone who are in it
    return Index(folder, threads)
