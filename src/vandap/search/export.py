"""Export: an index as plain files that any other engine can be filled from, and its recall measured again there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from vandap.errors import UsageError
from vandap.search.folder import generation_folder
from vandap.search.generation import TRUTH
from vandap.search.index import Index
from vandap.search.live import Live

_BLOCK = 65_536


@dataclass(frozen=True)
class Exported:
    """What was written.

    Args:
        files: Bytes of each file by name.
        rows: The slug of the code of the index's rows.
        notes: What the vectors are not.
    """

    files: dict[str, int]
    rows: str
    notes: tuple[str, ...] = ()


def export(path: str | Path, out: str | Path) -> Exported:
    """Write what is alive in an index, and the queries that it was measured with.

    `vectors.npy` (unit length; float16, or float32 where the rows are; reconstructed where they are rounded),
    `ids.npy`, `payload.parquet` where there is payload, `queries.npy`, and `truth.npz` with the ids and cosines of the
    queries' true neighbours when the generation was built. A neighbour that was removed since has the id -1, or an
    empty text, and a cosine of minus infinity; a query that is a vector of the index goes with it when it is removed.

    Args:
        path: The index's folder.
        out: A folder that is not there yet, or is empty.

    Returns:
        What was written.

    Raises:
        UsageError: The folder holds something.
        IndexFolderError: No index.
    """
    index, folder = Index(path), Path(out)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            "There is something already where the export should go.",
            received=str(out),
            expected="a folder that is not there yet, or is empty",
            hint="Give another folder with --out.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    _write_truth(index, folder)  # before the long copy, during which a compaction may take its file away
    live = Live(index.delta, index.columns, "")
    kind = index.generation.rows.code.plain
    head = {"descr": np.lib.format.dtype_to_descr(kind), "fortran_order": False, "shape": (live.count, live.columns)}
    with (folder / "vectors.npy").open("wb") as file:  # not mapped: on a full disk a mapped write ends by a signal
        np.lib.format.write_array_header_1_0(file, head)
        for block in live.blocks(_BLOCK):
            file.write(np.ascontiguousarray(block, kind).tobytes())
    np.save(folder / "ids.npy", _readable(live.ids()))
    payload = live.payload()
    if payload is not None:
        pq.write_table(payload, folder / "payload.parquet")
    files = {file.name: file.stat().st_size for file in sorted(folder.iterdir())}
    return Exported(files, index.generation.rows.code.slug, _notes(index))


def _notes(index: Index) -> tuple[str, ...]:
    """Said of vectors that are not those that went in."""
    code, lost = index.generation.rows.code, index.generation.manifest.lost
    if not code.rounds:
        return ()
    return (
        f"vectors.npy holds vectors reconstructed from {code.title}, not those that went in: an exact search over them "
        f"misses {lost:.4f} of the true neighbours. An index built with --rows exact keeps the vectors themselves.",
    )


def _readable(ids: np.ndarray) -> np.ndarray:
    """Texts as numpy's text type."""
    return np.char.decode(ids, "utf-8") if ids.dtype.kind == "S" else ids


def _write_truth(index: Index, folder: Path) -> None:
    """Queries and their true neighbours, without what was removed since: a copy is out of a compaction's reach."""
    manifest, alive = index.generation.manifest, index.delta.alive
    with np.load(generation_folder(index.path, manifest.generation) / TRUTH) as truth:
        queries, rows, scores, held = (truth[name] for name in ("queries", "rows", "scores", "held_out"))
    if len(held):  # then queries are the last rows, in this order; those that the user gave are none
        kept = alive[manifest.count - len(held) : manifest.count]
        queries, rows, scores = queries[kept], rows[kept], scores[kept]
    there = (rows >= 0) & alive[np.maximum(rows, 0)] if manifest.count else rows >= 0
    values = index.generation.ids.values
    ids = _readable(values[np.maximum(rows, 0)]) if len(values) else rows
    np.save(folder / "queries.npy", queries)
    none = "" if ids.dtype.kind == "U" else -1
    np.savez(folder / "truth.npz", ids=np.where(there, ids, none), scores=np.where(there, scores, -np.inf))
