"""From photos and a model to an index that holds both; more photos later, by the same model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from vandap.core.progress import Progress, silent
from vandap.embed.embedder import MODEL, RECORD, Embedder, Options, save_record, stored_embedder
from vandap.embed.photos import PhotoList, photo_list
from vandap.embed.shelf import Shelf, fill
from vandap.embed.stream import embedded
from vandap.errors import DataError
from vandap.search.build import build, claim, next_generation
from vandap.search.durable import discard
from vandap.search.folder import EMBEDDING, generation_folder, rebuilding, writing
from vandap.search.ids import id_array
from vandap.search.index import Index
from vandap.search.plan import Contents, Plan
from vandap.search.target import Target
from vandap.search.threads import threads_of


@dataclass(frozen=True)
class Built:
    """An index of photos.

    Args:
        index: The index.
        left_out: Photos that gave no vector, with the reason.
        nobodys: Photos without a person, since they lie in no person's folder.
    """

    index: Index
    left_out: tuple[tuple[str, str], ...]
    nobodys: int = 0


@dataclass(frozen=True)
class Added:
    """An addition.

    Args:
        count: Photos that were added.
        left_out: Photos that gave no vector, with the reason.
        forgotten: Photos whose person is not kept, since the index has no such column.
        nobodys: Photos without a person, since they lie in no person's folder.
    """

    count: int
    left_out: tuple[tuple[str, str], ...]
    forgotten: int = 0
    nobodys: int = 0


PERSON = "person"
"""The payload column that holds the name of the folder which a photo lies in."""
BATCH = 32


def build_from_photos(
    photos: str | Path,
    model: str | Path,
    out: str | Path,
    *,
    options: Options | None = None,
    batch: int = BATCH,
    target: Target | None = None,
    engine: str = "auto",
    threads: int | None = None,
    seed: int = 0,
    rows: str = "auto",
    overwrite: bool = False,
    say: Progress = silent,
) -> Built:
    """Embed photos and build an index of them; what was cut goes on when it is called again.

    The id of a vector is its photo's path below the folder; the payload column `person` is the sub-folder. The model is
    copied into the index with a record of how it was used, so that queries and additions are embedded alike. At most
    three batches of photos are in memory, and the names of all: some 75 bytes and its letters each, and for the ids as
    many bytes each as the longest name has. What `build_index` says of other threads holds here, too.

    Args:
        photos: A folder of photos, `FOLDER/<person>/<photo>` or all in one.
        model: A `.keras` file, or a run folder of `vandap train`.
        out: The index's folder.
        options: Layer, pixels, size, face detector; what is left out is read from the model.
        batch: Photos that go through the model at a time.
        target: See `build_index`, as are the others.
        engine: An engine's name, or `auto`.
        threads: All cores when left out.
        seed: Of every random choice.
        rows: How rows are kept.
        overwrite: Replace an index that is there.
        say: Told what is being done.

    Raises:
        InputError: Photos or model cannot be used, or there is an index already.
    """
    plan = Plan(target or Target(), engine, threads_of(threads), seed, rows)
    found, folder = photo_list(photos), Path(out)
    claim(folder)
    next_generation(folder, overwrite=overwrite)
    embedder, work = Embedder(model, options), folder / EMBEDDING
    with rebuilding(folder), writing(folder):
        say("stage", {"title": f"embedding {len(found):,} photos with {embedder.record.name}"})
        shelf = fill(work, embedder, found, batch, say)
        save_record(embedder.record, work / RECORD)
    contents = _contents(shelf, found, {MODEL: embedder.path, RECORD: work / RECORD})
    build(contents, folder, plan, overwrite=overwrite, say=say)
    discard(work)
    nobodys = sum(found.people[row] is None for row in shelf.origin)
    return Built(Index(folder, threads), tuple(shelf.failed), nobodys)


def _contents(shelf: Shelf, photos: PhotoList, companions: dict[str, Path]) -> Contents:
    ids = id_array([photos.names[row] for row in shelf.origin], shelf.count)
    people = pa.array([photos.people[row] for row in shelf.origin], pa.large_string())
    # also where all lie in one folder: people may come later, and columns are fixed now
    return Contents(shelf, ids, pa.table({PERSON: people}), companions=companions)


def embedder_of(index: Index) -> Embedder:
    """The model that embedded the photos of an index.

    Raises:
        IndexFolderError: It was built from vectors.
    """
    return stored_embedder(generation_folder(index.path, index.generation.manifest.generation))


def add_photos(
    index: str | Path,
    photos: str | Path,
    *,
    replace: bool = False,
    person: str | None = None,
    batch: int = BATCH,
    say: Progress = silent,
) -> Added:
    """Add photos to an index, embedded by its own model; each batch is on the disk before the next is read.

    Whatever ends it early, an error or Ctrl-C, has a note that says how to go on.

    Args:
        index: The index's folder.
        photos: A photo, or a folder of them.
        replace: Photos whose id is there take its place.
        person: Whose photos all of them are, where no folder says so; their ids are then `PERSON/<photo>`.
        batch: Photos that go through the model at a time.
        say: Told what is being done.

    Raises:
        InputError: Something cannot be used; batches before it are added.
    """
    opened, found = Index(index), photo_list(photos, person)
    embedder, added, failed, forgotten, nobodys = embedder_of(opened), 0, [], 0, 0
    knows_people = PERSON in opened.generation.payload.schema.names
    put = opened.upsert if replace else opened.add
    if not replace:
        _refuse_known(opened, found.names)
    try:
        for piece in embedded(embedder, found, batch):
            if len(piece.photos):
                names = [found.names[row] for row in piece.photos]
                people = [found.people[row] for row in piece.photos]
                added += put(piece.vectors, names, {PERSON: people} if knows_people else None)
                without = people.count(None)
                forgotten += 0 if knows_people else len(people) - without
                nobodys += without if knows_people else 0
            failed += [(found.names[row], why) for row, why in piece.failed]
            say("note", {"text": f"{piece.end:,} of {len(found):,} photos"})
    except BaseException as error:
        if added:
            error.add_note(f"{added:,} photos are in the index: to go on, give the same command with --replace.")
        raise
    return Added(added, tuple(failed), forgotten, nobodys)


def _refuse_known(index: Index, names: Sequence[str]) -> None:
    """Refuse before hours of embedding, not after."""
    known = [name for name, row in zip(names, index.delta.rows_of(list(names)), strict=True) if row >= 0]
    if known:
        raise DataError(
            "There are photos with these names already.",
            received=", ".join(known[:5]) + (", ..." if len(known) > 5 else ""),
            expected="new names below the folder",
            hint="Nothing was added; to replace them, or to go on with an addition that was cut, use --replace."
            if all("/" in name for name in known)  # else another person's photo may be called so, too
            else "Nothing was added; say whose photos they are with --person NAME, which becomes a part of their ids.",
        )
