"""The folder of an index: its manifest, its generations, its lock.

::

    INDEX/
      manifest.json        which generation holds, what is in it, what it promises; with its own checksum
      generation-000001/   rows.i8 (.f16, .f32)  ids.npy  engine.bin  payload.arrow  truth.npz   (never changed)
      journal-000001.log   what was added and removed since
      building/            a build that is not finished; goes on when its command is given again
      embedding/           vectors of photos for a build that is not finished
      compaction.json      which state of the index a compaction that is not finished rewrites
      .lock                held by the one writer, as long as a change takes
      .build.lock          held by the one build or compaction, as long as it takes

A generation becomes the index's when the manifest that names it is moved into place. If the process is killed before,
the state of the build, which lies in it until then, says that it is whole: the same command publishes it, and any other
build or compaction removes it. Numbers only count up, so generations
before the index's are nobody's: a compaction removes the one that it replaced, and a writer what a killed one left.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import re
import shutil
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import IO, Any

from vandap.core.records import from_json, to_json
from vandap.errors import IndexFolderError
from vandap.search.durable import replace_file
from vandap.search.target import Filtered, Recall, Setting, Speed, Target

SCHEMA = 2
_SINCE_2 = {"rows": "half", "lost": 0.0}
"""What a manifest of layout 1 did not say: there was one form of rows then."""
MANIFEST, BUILDING, EMBEDDING = "manifest.json", "building", "embedding"
BUILD_STATE = "build.json"
"""In `building/`: what is built, and how far it is; without it nobody goes on with the build."""
WRITE_LOCK, BUILD_LOCK = ".lock", ".build.lock"
_PATIENCE = 5.0
"""Seconds that a writer waits for another one: a change takes less, and so does a compaction that takes its place."""
_POLL = 0.02
_NUMBERED = re.compile(r"generation-([0-9]{6,})|journal-([0-9]{6,})\.log")


IDS_COLUMN = "ids_column"
"""Of what a build took: the payload column that the ids are, "" where they are none."""


@dataclass(frozen=True)
class Manifest:
    """`manifest.json`.

    Args:
        generation: Counts up with every build and compaction.
        columns: Numbers in a vector.
        count: Rows of the generation.
        engine: The engine's slug.
        settings: The engine's settings.
        setting: How it is searched.
        target: What was asked.
        recall: What was measured on held-out queries.
        met: Whether the lower bound of the recall, and what else was asked, holds.
        speed: Time of single queries.
        files: Size and CRC-32 of each file of the generation, by name.
        build: What the build took, predicted and measured.
        filters: How it is searched under filters, from the widest one to the narrowest.
        notes: Sentences for the user.
        rows: The slug of the code of its rows.
        lost: Share of the true neighbours that the rounding of rows loses, whatever the engine.
        schema: Version of the folder's layout.
    """

    generation: int
    columns: int
    count: int
    engine: str
    settings: Mapping[str, int]
    setting: Setting
    target: Target
    recall: Recall
    met: bool
    speed: Speed
    files: Mapping[str, tuple[int, int]]
    build: Mapping[str, Any] = field(default_factory=dict)
    filters: tuple[Filtered, ...] = ()
    notes: tuple[str, ...] = ()
    rows: str = "half"
    lost: float = 0.0
    schema: int = SCHEMA


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Make a generation the index's."""
    body = to_json(manifest)
    text = json.dumps({"checksum": _checksum(body), **body}, indent=1, ensure_ascii=False, allow_nan=False)
    replace_file(folder / MANIFEST, text.encode() + b"\n")


def read_manifest(folder: Path) -> Manifest:
    """Read which generation holds.

    Raises:
        IndexFolderError: No index, a foreign or damaged manifest, or one of a newer version.
    """
    try:
        content = (folder / MANIFEST).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise _absent(folder) from None
    try:
        body = dict(json.loads(content))
        checksum, schema = body.pop("checksum"), int(body["schema"])
    except (ValueError, TypeError, KeyError):
        raise damaged(folder / MANIFEST, "it is not what vandap wrote") from None
    if schema > SCHEMA:
        raise IndexFolderError(
            "This index was written by a newer vandap.",
            received=f"layout version {schema}",
            expected=f"layout version {SCHEMA} or older",
            hint="pip install --upgrade vandap",
        )
    whole = checksum == _checksum(body)
    if schema < SCHEMA:
        body = _SINCE_2 | body
    if not whole or not {item.name for item in fields(Manifest)} <= set(body):
        raise damaged(folder / MANIFEST, "its checksum does not fit")
    return from_json(Manifest, body)


def _checksum(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _absent(folder: Path) -> IndexFolderError:
    unfinished = (folder / BUILDING).is_dir() or generation_folder(folder, 1).is_dir()
    return IndexFolderError(
        "The build of this index is not finished." if unfinished else "This is not an index.",
        received=str(folder),
        expected=f"a folder that holds {MANIFEST}",
        hint="Give the command that began to build it once more; it goes on where it was cut."
        if unfinished
        else "Give the folder that `vandap index build --out INDEX` wrote.",
    )


def damaged(path: Path, why: str) -> IndexFolderError:
    """The error of a file that was cut, changed, or is of another program."""
    return IndexFolderError(
        f"The index is damaged: {why}.",
        received=str(path),
        expected="the file as vandap wrote it",
        hint="Restore the folder from a copy, or build the index again.",
    )


@contextmanager
def missing_is_damaged(path: Path) -> Iterator[None]:
    """Say of a file that is not there that the index is damaged.

    Raises:
        IndexFolderError: It is not.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise damaged(Path(error.filename or path), "a file is missing") from None


def stamp(path: Path) -> tuple[int, int]:
    """Changes whenever the manifest is replaced."""
    try:
        facts = (path / MANIFEST).stat()
    except OSError:
        return (0, 0)
    return facts.st_ino, facts.st_mtime_ns


def generation_folder(folder: Path, generation: int) -> Path:
    """Where the files of a generation lie."""
    return folder / f"generation-{generation:06d}"


def journal_path(folder: Path, generation: int) -> Path:
    """The journal of what happened since a generation."""
    return folder / f"journal-{generation:06d}.log"


def check_files(folder: Path, manifest: Manifest, *, contents: bool = False) -> None:
    """Refuse a generation whose files are not those that the manifest names.

    Args:
        folder: The index.
        manifest: Its manifest.
        contents: Read every file and compare its CRC-32, not only its size.

    Raises:
        IndexFolderError: A file is missing, cut or changed.
    """
    for name, (size, checksum) in manifest.files.items():
        path = generation_folder(folder, manifest.generation) / name
        if not path.is_file():
            raise damaged(path, "a file is missing")
        if path.stat().st_size != size:
            raise damaged(path, f"a file has {path.stat().st_size:,} bytes and should have {size:,}")
        if contents and crc(path) != checksum:
            raise damaged(path, "the checksum of a file does not fit")


def crc(path: Path) -> int:
    """CRC-32 of a file."""
    value = 0
    with path.open("rb") as file:
        while block := file.read(1 << 22):
            value = zlib.crc32(block, value)
    return value


@contextmanager
def writing(folder: Path, *, patience: float | None = None) -> Iterator[None]:
    """Be the index's one writer.

    Args:
        folder: The index.
        patience: Seconds to wait for another one; a few when left out.

    Raises:
        IndexFolderError: Another process is, and goes on being.
    """
    with _held(folder / WRITE_LOCK, _PATIENCE if patience is None else patience) as is_held:
        if not is_held:
            raise IndexFolderError(
                "Another process is writing this index.",
                received=str(folder),
                expected="one writer at a time; any number may search",
                hint="Wait for it to end, and give the command again.",
            )
        yield


@contextmanager
def rebuilding(folder: Path) -> Iterator[None]:
    """Be the one process that builds or compacts the index; others may change it meanwhile.

    Raises:
        IndexFolderError: Another process is.
    """
    with _held(folder / BUILD_LOCK, 0.0) as is_held:
        if not is_held:
            raise IndexFolderError(
                "Another process is building or compacting this index.",
                received=str(folder),
                expected="one build or compaction at a time",
                hint="Wait for it to end; `vandap index info` shows what it made.",
            )
        yield


@contextmanager
def _held(path: Path, patience: float) -> Iterator[bool]:
    """A lock file, held where nobody else holds it for longer than this many seconds."""
    until = time.monotonic() + patience
    with path.open("a+") as file:
        while not (is_held := _taken(file)) and time.monotonic() < until:
            time.sleep(_POLL)
        yield is_held


def _taken(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def sweep(folder: Path, generation: int) -> None:
    """Remove the generations before one that is the index's, or was, and their journals. It needs no lock."""
    for path, number in _numbered(folder):
        if number < generation:
            remove(path)


def last_number(folder: Path) -> int:
    """The highest number that a generation or a journal has, be it the index's or not; 0 where there is none."""
    return max((number for _, number in _numbered(folder)), default=0)


def _numbered(folder: Path) -> Iterator[tuple[Path, int]]:
    for path in folder.iterdir():
        if found := _NUMBERED.fullmatch(path.name):
            yield path, int(found[1] or found[2])


def remove(path: Path) -> None:
    """Remove a file, or a folder with all that is in it; another process may be removing it as well."""
    while path.is_dir():
        with suppress(FileNotFoundError):
            shutil.rmtree(path)
    path.unlink(missing_ok=True)
