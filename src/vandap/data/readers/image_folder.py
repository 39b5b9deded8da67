"""Image folders: one sub-folder a class, or `train/`, `val/`, `test/` above them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from vandap.core.recipe import DataSpec
from vandap.data.contents import TEST, TRAIN, VALIDATION, Contents
from vandap.data.hashing import fingerprint_folder
from vandap.data.image_examples import ImageFolderExamples
from vandap.data.image_scan import FULL_SCAN, Scan, choose_size, facts, scan
from vandap.data.images import is_image_name
from vandap.data.labels import refuse_options, target_column
from vandap.data.readers._reader import Reader, dataset_name, existing
from vandap.data.target import make_target
from vandap.errors import DataError, UsageError

_PART_FOLDERS = {
    **dict.fromkeys(("train", "training"), TRAIN),
    **dict.fromkeys(("val", "valid", "validation"), VALIDATION),
    **dict.fromkeys(("test", "testing"), TEST),
}
_LAYOUT = "FOLDER/<class>/<image>, or FOLDER/train/<class>/<image> (with val/ and test/ beside train/)"
_SHOWN = 5


@dataclass(frozen=True)
class Listing:
    """Image files with what the folders say of them.

    Args:
        files: The files, sorted; texts, of which millions take a third of the memory of paths.
        labels: Class name of each.
        parts: Part of each, or "" where the folders do not say.
        empty: Class folders without images.
    """

    files: list[str]
    labels: list[str]
    parts: list[str]
    empty: list[str]

    @cached_property
    def paths(self) -> list[Path]:
        """The files as paths."""
        return [Path(file) for file in self.files]


class ImageFolderReader(Reader):
    """Folders of images; the folder's name is the class."""

    slug = "image-folder"
    title = "folder of images (one sub-folder a class)"
    order = 20

    def recognises(self, path: Path | str) -> bool:
        """Whether the path is a folder that holds an image somewhere in its first few sub-folders."""
        return Path(path).is_dir() and _holds_image(Path(path))

    def read(self, spec: DataSpec, seed: int, memory: Any = None) -> Contents:
        """List the files, look at each image once, and leave the decoding to the batches."""
        refuse_options(spec, ("test", "image_size", "channels"), "An image folder")
        root = existing(spec.source)
        listing = _with_test(list_folder(root), spec)
        seen = scan(listing.paths)
        _check_readable(seen, listing, spec)
        return _contents(root, listing, seen, spec)


def _contents(root: Path, listing: Listing, seen: Scan, spec: DataSpec) -> Contents:
    rows = np.flatnonzero(seen.readable)
    words = tuple(sorted({listing.labels[row] for row in rows}))
    codes = {word: code for code, word in enumerate(words)}
    target = make_target(np.array([codes[listing.labels[row]] for row in rows], np.int32), words, spec.task, "class")
    kept = rows[target.keep]
    size, channels, notes = _form(seen, spec)
    names = [str(listing.paths[row]) for row in np.flatnonzero(~seen.readable)]
    parts = np.array([listing.parts[row] for row in kept])
    return Contents(
        name=dataset_name(str(root.resolve())),
        source=spec.source,
        examples=ImageFolderExamples(root, [listing.paths[row] for row in kept], size, channels),
        target=target.values,
        classes=target.classes,
        task=target.task,
        columns=(target_column(target, "class"),),
        parts=parts if any(parts) else None,
        groups=None,
        time=None,
        hashes=seen.hashes[target.keep],
        fingerprint=fingerprint_folder(root, listing.paths),
        notes=tuple(notes + _notes(listing, seen, names) + list(target.notes)),
        facts=facts(seen.headers, names),
    )


def _form(seen: Scan, spec: DataSpec) -> tuple[tuple[int, int], int, list[str]]:
    size = spec.image_size or choose_size(seen.headers)
    grey = all(header.grey for header in seen.headers)
    channels = spec.channels or (1 if grey else 3)
    if channels not in (1, 3) or min(size) < 1:
        raise UsageError(
            "Images are grey or colour, and at least one pixel wide.",
            received=f"--channels {channels} --image-size {size[0]}x{size[1]}",
            expected="1 or 3 channels, positive sides",
            hint="Leave the options away to have them chosen.",
        )
    sizes = {(header.height, header.width) for header in seen.headers}
    notes = []
    if spec.image_size is None and sizes != {size}:
        what = "their median size" if max(size) < 128 else "their median size, capped at 128 pixels a side"
        notes.append(f"Images are resized to {size[0]} x {size[1]} pixels, {what} (--image-size overrides).")
    if spec.channels is None:
        notes.append(f"Images are read as {'grey' if channels == 1 else 'colour'} (--channels overrides).")
    return size, channels, notes


def _notes(listing: Listing, seen: Scan, unreadable: Sequence[str]) -> list[str]:
    notes = []
    if unreadable:
        shown = ", ".join(unreadable[:_SHOWN]) + (", ..." if len(unreadable) > _SHOWN else "")
        notes.append(f"{len(unreadable)} images could not be read and were skipped: {shown}.")
    if listing.empty:
        notes.append(f"Class folders without images were left out: {', '.join(listing.empty)}.")
    if not seen.full:
        why = f"There are more than {FULL_SCAN:,} images"
        notes.append(f"{why}, so only their headers were checked; equal files count as copies.")
    return notes


def _check_readable(seen: Scan, listing: Listing, spec: DataSpec) -> None:
    if not seen.readable.any():
        raise DataError(
            "None of the images can be read.",
            received=f"{len(listing.paths)} files, such as {listing.paths[0]}",
            expected="PNG, JPEG, BMP, GIF, TIFF, WebP, PPM or PGM images",
            hint="Open one of them in an image viewer; fetch the files again if it fails there too.",
        )


def list_folder(root: Path) -> Listing:
    """List the images of a folder with their classes and parts.

    Folders of a split are taken as such where they hold class folders, and no other folder beside them holds images.

    Raises:
        DataError: No folder, nothing in it, images without class folders, or a split with other folders beside it.
    """
    if not root.is_dir():
        raise DataError(
            "This is a file, not a folder of images.",
            received=str(root),
            expected=_LAYOUT,
            hint="Give the folder; for a table, leave --kind away.",
        )
    folders = _folders(root)
    named = [folder for folder in folders if folder.name.lower() in _PART_FOLDERS]
    parts = [folder for folder in named if not _images(folder) and _folders(folder)]
    if not any(map(_is_filled, parts)):
        return _classes(root, "")
    others = [folder.name for folder in folders if folder not in parts and _is_filled(folder)]
    if others:
        raise _mixed(root, [folder.name for folder in parts], others)
    return _joined([_classes(folder, _PART_FOLDERS[folder.name.lower()]) for folder in parts])


def _mixed(root: Path, parts: Sequence[str], others: Sequence[str]) -> DataError:
    """Reading the split alone would lose the others; reading all as classes would make a class of a whole split."""
    beside = ", ".join(others[:_SHOWN]) + (f" and {len(others) - _SHOWN:,} more" if len(others) > _SHOWN else "")
    return DataError(
        "Folders of a split stand beside other folders of images.",
        received=f"{root} with {', '.join(parts)} beside {beside}",
        expected=_LAYOUT,
        hint=f"Move the others away or into the split. If {parts[0]!r} is a class or a person, not a part of a split, "
        "put its images directly into it.",
    )


def _classes(root: Path, part: str) -> Listing:
    folders = _folders(root)
    found = {folder.name: sorted(_walk(folder), key=_steps) for folder in folders}
    if not any(found.values()):
        loose = len(_images(root))
        raise DataError(
            "The images have no class folders." if loose else "The folder holds no images.",
            received=f"{root} with {loose} images directly in it" if loose else str(root),
            expected=_LAYOUT,
            hint="Move the images of each class into a sub-folder named after the class.",
        )
    files = [file for name in found for file in found[name]]
    labels = [name for name in found for _ in found[name]]
    return Listing(files, labels, [part] * len(files), [name for name in found if not found[name]])


def _joined(listings: Sequence[Listing]) -> Listing:
    return Listing(
        [file for listing in listings for file in listing.files],
        [label for listing in listings for label in listing.labels],
        [part for listing in listings for part in listing.parts],
        sorted({name for listing in listings for name in listing.empty}),
    )


def _with_test(listing: Listing, spec: DataSpec) -> Listing:
    if spec.test is None:
        return listing
    if TEST in listing.parts:
        raise UsageError(
            "The test part is given twice.",
            received=f"--test {spec.test}, and {spec.source} has a test folder",
            expected="one of the two",
            hint="Leave --test away.",
        )
    test = _classes(existing(spec.test), TEST)
    unknown = sorted(set(test.labels) - set(listing.labels))
    if unknown:
        raise DataError(
            "The test folder has classes that the training folder lacks.",
            received=", ".join(unknown[:10]),
            expected=f"classes among {', '.join(sorted(set(listing.labels))[:20])}",
            hint="Name the class folders alike in both.",
        )
    known = Listing(listing.files, listing.labels, [part or TRAIN for part in listing.parts], listing.empty)
    return _joined([known, test])


def _folders(root: Path) -> list[Path]:
    return sorted(item for item in root.iterdir() if item.is_dir() and not item.name.startswith((".", "__")))


def _images(root: Path) -> list[Path]:
    return [item for item in root.iterdir() if is_image_name(item.name) and item.is_file()]


def _walk(folder: Path) -> Iterator[str]:
    for base, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
        yield from (os.path.join(base, name) for name in names if is_image_name(name))  # noqa: PTH118  (a text)


def _steps(file: str) -> list[str]:
    """What files are sorted by, as paths are."""
    return file.split(os.sep)  # noqa: PTH206


def has_class_folders(root: Path) -> bool:
    """Whether an image lies below a folder and not only in it."""
    return any(map(_is_filled, _folders(root)))


def _is_filled(folder: Path) -> bool:
    return next(_walk(folder), None) is not None


def _holds_image(root: Path) -> bool:
    """Whether an image lies in the folder or below; stops at the first one and looks three levels deep."""
    for base, folders, names in os.walk(root):
        if len(Path(base).relative_to(root).parts) >= 3:
            folders[:] = []
        if any(is_image_name(name) for name in names):
            return True
    return False
