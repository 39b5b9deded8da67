"""One generation of an index, opened: what a build or a compaction wrote, never changed afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
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
        home: The folder of its files.
        manifest: The manifest.
        rows: The vectors.
        ids: Their ids.
        payload: Their payload; no columns when there is none.
        engine: The engine.
        threads: Threads of a search.
    """

    home: Path
    manifest: Manifest
    rows: Rows
    ids: Ids
    payload: pa.Table
    engine: Engine
    threads: int

    @cached_property
    def structure(self) -> Structure:
        """The engine's structure, read when it is first asked for: a compaction never does, nor does a change.

        Raises:
            IndexFolderError: The engine cannot read its file.
        """
        nothing = np.zeros(0, np.int64)
        path = self.home / ENGINE
        try:
            return self.engine.load(path, Job(self.rows, nothing, self.manifest.settings, self.threads))
        except (RuntimeError, ValueError) as error:
            raise damaged(path, f"the engine cannot read its file: {str(error).splitlines()[-1]}") from None

    @property
    def loaded(self) -> bool:
        """Whether the structure was read."""
        return "structure" in vars(self)

    @property
    def companions(self) -> Mapping[str, Path]:
        """Files that stay with the vectors and are no engine's business, by name."""
        own = {self.rows.code.file, IDS, ENGINE, PAYLOAD, TRUTH}
        return {name: self.home / name for name in self.manifest.files if name not in own}


def open_generation(folder: Path, threads: int) -> Generation:
    """Open the generation that holds.

    Args:
        folder: The index.
        threads: Threads of a search.

    Raises:
        IndexFolderError: There is none, or it is damaged; or a compaction took its place meanwhile, and its files away.
        MissingExtraError: Its engine's package is not installed.
    """
    manifest = read_manifest(folder)
    check_files(folder, manifest)
    found = engine(manifest.engine)
    found.need()
    home, code = generation_folder(folder, manifest.generation), row_code(manifest.rows)
    rows, ids = Rows(home / code.file, manifest.columns, code, manifest.count), Ids(home / IDS, manifest.count)
    payload = map_table(home / PAYLOAD) if PAYLOAD in manifest.files else pa.table({})
    return Generation(home, manifest, rows, ids, payload, found, threads)
