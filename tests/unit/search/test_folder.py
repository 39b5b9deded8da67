from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from made_vectors import built, identities

from vandap.errors import IndexFolderError
from vandap.search.compact import compact
from vandap.search.folder import MANIFEST, _checksum
from vandap.search.index import Index

VECTORS = identities(300, 16)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A built index."""
    return built(tmp_path / "index", VECTORS, "ivf").path


def test_a_missing_index_is_said(tmp_path: Path) -> None:
    """An absent folder, and one without a manifest."""
    for path in (tmp_path / "absent", tmp_path):
        with pytest.raises(IndexFolderError, match="not an index"):
            Index(path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"schema": 1}', b"\xff\xfe"])
def test_a_foreign_manifest_is_said(folder: Path, content: bytes) -> None:
    """Whatever lies there instead."""
    (folder / MANIFEST).write_bytes(content)
    with pytest.raises(IndexFolderError, match="damaged"):
        Index(folder)


def test_a_changed_manifest_is_said(folder: Path) -> None:
    """A number changed by hand does not pass."""
    (folder / MANIFEST).write_text((folder / MANIFEST).read_text().replace('"count": 300', '"count": 200'))
    with pytest.raises(IndexFolderError, match="checksum"):
        Index(folder)


def test_an_index_of_the_first_layout_opens(folder: Path) -> None:
    """Its rows are half precision; its manifest said nothing of rows, nor of bytes that were asked for."""
    body = json.loads((folder / MANIFEST).read_text())
    before = {key: value for key, value in body.items() if key not in ("checksum", "rows", "lost")}
    before |= {"schema": 1, "target": {key: value for key, value in body["target"].items() if key != "bytes"}}
    (folder / MANIFEST).write_text(json.dumps({"checksum": _checksum(before), **before}))
    index = Index(folder)
    assert index.generation.rows.code.slug == "half" and index.generation.manifest.lost == 0
    assert len(index.search(index.delta.wide(np.array([0])), 1).ids[0]) == 1


def test_a_newer_layout_is_said(folder: Path) -> None:
    """With the command that helps."""
    body = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps({**body, "schema": 3}))
    with pytest.raises(IndexFolderError) as caught:
        Index(folder)
    assert "newer" in caught.value.message and "upgrade" in caught.value.hint


def test_any_truncated_or_missing_file_is_said(folder: Path) -> None:
    """Every file that the manifest names is guarded by its size."""
    for path in sorted((folder / "generation-000001").iterdir()):
        content = path.read_bytes()
        for damage in (lambda path=path, content=content: path.write_bytes(content[:-1]), path.unlink):
            damage()
            with pytest.raises(IndexFolderError, match="damaged"):
                Index(folder)
            path.write_bytes(content)
    Index(folder).check()


def test_a_changed_byte_is_found_on_request(folder: Path) -> None:
    """`check` reads every byte."""
    for path in sorted((folder / "generation-000001").iterdir()):
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        with pytest.raises(IndexFolderError):
            Index(folder).check()
        path.write_bytes(content)


def test_remnants_are_swept(folder: Path) -> None:
    """What a killed compaction left is not opened: of before its end by the next writer, of after by the next one."""
    for number in (0, 2):
        (folder / f"generation-{number:06d}").mkdir()
        (folder / f"generation-{number:06d}" / "rows.f16").write_bytes(b"remnant")
        (folder / f"journal-{number:06d}.log").write_bytes(b"remnant")
    Index(folder).remove([1])
    assert not (folder / "generation-000000").exists() and not (folder / "journal-000000.log").exists()
    assert len(Index(folder)) == 299
    assert len(compact(folder, 1)) == 299
    assert sorted(path.name for path in folder.glob("*-0*")) == ["generation-000002", "journal-000002.log"]
    Index(folder).check()


def test_only_what_is_numbered_is_swept(folder: Path) -> None:
    """Folders and files of the user with names like those of an index stay."""
    kept = [folder / name for name in ("generation-old", "generation-1", "journal-2024.log", "journal-000000.log.gz")]
    for path in kept:
        path.write_bytes(b"mine")
    Index(folder).remove([1])
    compact(folder, 1)
    assert all(path.read_bytes() == b"mine" for path in kept)


def test_a_missing_journal_is_said(folder: Path) -> None:
    """Acknowledged changes may have been in it."""
    (folder / "journal-000001.log").unlink()
    with pytest.raises(IndexFolderError, match="missing"):
        Index(folder)


@pytest.mark.parametrize("engine", ["exact", "ivf", "hnsw"])
def test_a_compaction_elsewhere_does_not_disturb_a_reader(engine: str, tmp_path: Path) -> None:
    """The reader goes on with the generation that it opened, and sees the next one when it refreshes."""
    folder = built(tmp_path / "index", VECTORS, engine).path
    reader = Index(folder, threads=1)
    before = reader.search(VECTORS[7], 5).ids
    Index(folder).remove([3])
    compact(folder, threads=1)
    assert not (folder / "generation-000001").exists()
    assert reader.search(VECTORS[7], 5).ids == before
    reader.refresh()
    assert len(reader) == 299 and reader.generation.manifest.generation == 2
