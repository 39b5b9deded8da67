"""From vectors to an index that keeps a measured promise: the lock, the work, and its publication."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from vandap.core.progress import Progress, silent
from vandap.errors import IndexFolderError, UsageError
from vandap.search.durable import sync_folder
from vandap.search.folder import (
    BUILD_LOCK,
    BUILD_STATE,
    BUILDING,
    MANIFEST,
    Manifest,
    generation_folder,
    journal_path,
    last_number,
    read_manifest,
    rebuilding,
    remove,
    sweep,
    write_manifest,
    writing,
)
from vandap.search.footprint import Footprint, held
from vandap.search.journal import Change, Journal
from vandap.search.plan import Contents, Plan
from vandap.search.work import Work


def build(contents: Contents, folder: Path, plan: Plan, *, overwrite: bool = False, say: Progress = silent) -> Manifest:
    """Build an index, or go on with a build that was cut.

    Args:
        contents: Vectors, ids, payload.
        folder: Where the index goes.
        plan: What is asked.
        overwrite: Replace an index that is there; until the new one is whole, the old one stays.
        say: Told what is being done.

    Raises:
        InputError: Vectors, ids or payload cannot be used, or there is an index already, or something else.
    """
    claim(folder)
    with rebuilding(folder), writing(folder):
        generation = next_generation(folder, overwrite=overwrite)
        manifest = build_generation(contents, folder, plan, generation, say)
        publish(folder, manifest)
    sweep(folder, manifest.generation)
    return manifest


def claim(folder: Path) -> None:
    """Make the folder of an index, or see that it is one; a build takes what has the name of its own files for them.

    Raises:
        UsageError: It holds something else.
    """
    ours = (MANIFEST, BUILD_LOCK, f"{BUILDING}/{BUILD_STATE}")
    held = [] if any((folder / name).exists() for name in ours) else _held(folder)
    if held:
        raise UsageError(
            "There is something already where the index should go.",
            received=f"{folder} with {', '.join(held[:5])}" + (", ..." if len(held) > 5 else ""),
            expected="a folder that is not there yet, is empty, or holds an index",
            hint="Give another folder with --out.",
        )
    folder.mkdir(parents=True, exist_ok=True)


def _held(path: Path) -> list[str]:
    """What lies in a folder; a file holds something as well."""
    if path.is_dir():
        return sorted(item.name for item in path.iterdir())
    return ["a file's content"] if path.exists() else []


def next_generation(folder: Path, *, overwrite: bool) -> int:
    """The number of the generation that a build writes.

    Raises:
        UsageError: There is an index already, and it is not to be replaced.
    """
    if not (folder / MANIFEST).exists():
        return 1
    if not overwrite:
        raise UsageError(
            "There is an index already.",
            received=str(folder),
            expected="a new folder",
            hint="Give another folder with --out, add to it with `vandap index add`, or replace it with --overwrite.",
        )
    try:
        return read_manifest(folder).generation + 1
    except IndexFolderError:  # damaged, or of a newer version: what there is of it stays until the new one is whole
        return last_number(folder) + 1


def build_generation(contents: Contents, folder: Path, plan: Plan, generation: int, say: Progress) -> Manifest:
    """Build the next generation in `building/`; the caller holds the build's lock, and publishes it."""
    take_back(folder, generation)
    with Footprint() as footprint:
        work = Work(contents, folder, plan, say)
        manifest = work.ended
        if manifest is None:
            made = work.run()
            facts = {"peak_bytes": max(footprint.peak, held()), "seconds": work.seconds()}
            manifest = _within_memory(replace(made, generation=generation, build={**made.build, **facts}))
            work.end(manifest)
    _tidy(folder / BUILDING, manifest)
    return manifest


def take_back(folder: Path, generation: int) -> None:
    """See what became of a build whose process was killed before its manifest came into place; it goes on from there.

    Args:
        folder: The index.
        generation: The next one, which has no manifest.
    """
    made = generation_folder(folder, generation)
    if (made / BUILD_STATE).exists() and not (folder / BUILDING).exists():
        made.rename(folder / BUILDING)
    remove(made)


def _tidy(built: Path, manifest: Manifest) -> None:
    """Leave only the files of the generation, and what says that they are whole."""
    for path in built.iterdir():
        if path.name not in (*manifest.files, BUILD_STATE):
            remove(path)


def _within_memory(manifest: Manifest) -> Manifest:
    """The same, not met where more memory was held than asked for."""
    peak, limit = manifest.build["peak_bytes"], manifest.target.memory
    if peak <= limit:
        return manifest
    note = f"The build held {peak / 2**20:,.0f} MiB of memory, more than the {limit / 2**20:,.0f} MiB asked for."
    return replace(manifest, met=False, notes=(*manifest.notes, note))


def publish(folder: Path, manifest: Manifest, since: Iterable[Change] = ()) -> None:
    """Make what was built the index's, in the order in which nothing can be lost; the caller is its writer.

    It takes as long as writing the changes does; the old generation's files are left to `sweep`. Until the manifest is
    in place, the state of the build stays with what was built: whoever builds or compacts next takes it back.

    Args:
        folder: The index.
        manifest: Of the generation that lies in `building/`.
        since: Changes that are not in what was built, by its row numbers.
    """
    made = generation_folder(folder, manifest.generation)
    (folder / BUILDING).rename(made)
    sync_folder(folder)
    Journal(journal_path(folder, manifest.generation), manifest.generation).create(since)
    write_manifest(folder, manifest)
    (made / BUILD_STATE).unlink()
