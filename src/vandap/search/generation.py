"""One generation of an index, opened: what a build or a compaction wrote, never changed afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from vandap.search.engines._engine import Engine, Job, Structure
from vandap.search.families import engine, row_code
from vandap.search.folder import Manifest, check_files, damaged, generation_folder, read_manifest
from vandap.search.ids import Ids
from vandap.search.payload import map_table
from vandap.search.rows import Rows

IDS, ENGINE, PAYLOAD, TRUTH = "ids.npy", "engine.bin", "payload.arrow", "truth.npz"


@dataclass(frozen=True)
class Generation:
    """What the manifest names.

    Args:
        manifest: The manifest.
        rows: The vectors.
        ids: Their ids.
        payload: Their payload; no columns when there is none.
        engine: The engine.
        structure: The engine's structure, loaded.
    """

    manifest: Manifest
    rows: Rows
    ids: Ids
    payload: pa.Table
    engine: Engine
    structure: Structure

    def companions(self, folder: Path) -> Mapping[str, Path]:
        """Files that stay with the vectors and are no engine's business, by name.

        Args:
            folder: The index.
        """
        own = {self.rows.code.file, IDS, ENGINE, PAYLOAD, TRUTH}
        files = generation_folder(folder, self.manifest.generation)
        return {name: files / name for name in self.manifest.files if name not in own}


def open_generation(folder: Path, threads: int) -> Generation:
    """Open the generation that holds.

    Raises:
        IndexFolderError: There is none, or it is damaged.
        MissingExtraError: Its engine's package is not installed.
    """
    while True:
        manifest = read_manifest(folder)
        try:
            return _open(folder, manifest, threads)
        except FileNotFoundError:
            if read_manifest(folder).generation == manifest.generation:
                raise  # else a compaction replaced it while it was being opened


def _open(folder: Path, manifest: Manifest, threads: int) -> Generation:
    files = generation_folder(folder, manifest.generation)
    if not files.is_dir() and read_manifest(folder).generation != manifest.generation:
        raise FileNotFoundError(files)
    check_files(folder, manifest)
    found = engine(manifest.engine)
    found.need()
    code = row_code(manifest.rows)
    rows = Rows(files / code.file, manifest.columns, code, manifest.count)
    nothing = np.zeros(0, np.int64)
    try:
        structure = found.load(files / ENGINE, Job(rows, nothing, manifest.settings, threads))
    except (RuntimeError, ValueError) as error:
        raise damaged(files / ENGINE, f"the engine cannot read its file: {str(error).splitlines()[-1]}") from None
    payload = map_table(files / PAYLOAD) if PAYLOAD in manifest.files else pa.table({})
    return Generation(manifest, rows, Ids(files / IDS, manifest.count), payload, found, structure)
