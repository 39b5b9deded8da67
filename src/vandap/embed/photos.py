"""Photos on the disk: which there are, whose they are, and how one is read."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vandap.core.dataset import IMAGES, Examples
from vandap.data.image_examples import pool
from vandap.data.images import SUFFIXES, UnreadableImageError, decode, is_image_name
from vandap.data.readers.image_folder import has_class_folders, list_folder
from vandap.errors import DataError, UsageError
from vandap.faces.align import aligned
from vandap.faces.detectors._detector import FaceDetector

UNREADABLE, NO_FACE = "cannot be read", "no face found"


@dataclass(frozen=True)
class PhotoList:
    """Photos in a fixed order. Each takes some 75 bytes and the letters of its name.

    Args:
        root: The folder that they lie in.
        files: Where each lies below it.
        names: What each is called: its path below the folder, in UTF-8.
        people: Name of the person's folder that each lies in, None for one that lies in none.
    """

    root: Path
    files: tuple[str, ...]
    names: tuple[str, ...]
    people: tuple[str | None, ...]

    def __len__(self) -> int:
        return len(self.files)

    def path(self, row: int) -> Path:
        """Where a photo lies."""
        return self.root / self.files[row]


def photo_list(source: str | Path, person: str | None = None) -> PhotoList:
    """The photos of a folder, `FOLDER/<person>/<photo>` or all in one; or one photo.

    Folders are read as `vandap train` reads them. Only names are looked at.

    Args:
        source: A photo, or a folder.
        person: Whose photos all of them are; they are then called as if they lay in a folder of that name.

    Raises:
        DataError: There are none, or they lie in folders of people and a person was given.
        UsageError: The person's name cannot be a folder's.
    """
    found = _listed(source)
    if person is None:
        return found
    if not person or "/" in person or any(name is not None for name in found.people):
        raise UsageError(
            "These photos cannot all be of one person.",
            received=f"--person {person!r}" + (f", with folders in {source}" if any(found.people) else ""),
            expected="a name without /, and a photo or a folder of photos without folders in it",
            hint="Leave --person out where folders say whose the photos are.",
        )
    whose = _text(person)
    return PhotoList(found.root, found.files, tuple(f"{whose}/{name}" for name in found.names), (whose,) * len(found))


def _listed(source: str | Path) -> PhotoList:
    root = Path(source).expanduser()
    if root.is_file() and is_image_name(root.name):
        return PhotoList(root.parent, (root.name,), (_text(root.name),), (None,))
    if not root.is_dir():
        raise _none(source, "There are no photos here." if root.exists() else "There is no such file or folder.")
    files = (item for item in root.iterdir() if item.is_file() or not item.exists())  # a link to nothing is named later
    loose = sorted(item.name for item in files if is_image_name(item.name))
    below, labels = list[str](), list[str]()
    in_folders = has_class_folders(root)
    if not loose and not in_folders:
        raise _none(source, "There are no photos in this folder, nor in its sub-folders.")
    if in_folders:
        listing, own = list_folder(root), len(str(root / "x")) - 1
        below, labels = [file[own:] for file in listing.files], listing.labels
    people = {label: _text(label) for label in set(labels)}
    found = (*below, *loose)
    names = tuple(_text(file if os.sep == "/" else file.replace(os.sep, "/")) for file in found)
    return PhotoList(root, found, names, (*(people[label] for label in labels), *[None] * len(loose)))


def _none(source: str | Path, message: str) -> DataError:
    return DataError(
        message,
        received=str(source),
        expected="a photo, a folder of photos, or a folder with one sub-folder of photos a person",
        hint="Check the path. Photos are found by the endings of their names: " + ", ".join(SUFFIXES) + ".",
    )


def _text(name: str) -> str:
    r"""A file's name as a text that can be an id: bytes that are no UTF-8 are written as \udcNN."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return name.encode("utf-8", "backslashreplace").decode()
    return name  # itself, not a copy: there are millions


class Photos(Examples):
    """Photos as a model takes them: decoded, cut to the largest face if a detector is given, at one size.

    Args:
        photos: The files.
        size: (height, width).
        channels: 1 or 3.
        detector: Finds the face; None for photos that are faces already.

    Attributes:
        failed: Why a photo gives no vector, by its number; it reads as black.
    """

    kind = IMAGES

    def __init__(
        self, photos: PhotoList, size: tuple[int, int], channels: int, detector: FaceDetector | None = None
    ) -> None:
        self._photos, self._size, self._channels, self._detector = photos, size, channels, detector
        self.failed: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._photos)

    def take(self, rows: np.ndarray) -> np.ndarray:
        """Read these photos: uint8, shape `(n, height, width, channels)`."""
        return np.stack(list(pool().map(self._one, [int(row) for row in rows])))

    def name(self, row: int) -> str:
        """The file's name below the folder."""
        return self._photos.names[row]

    def _one(self, row: int) -> np.ndarray:
        path = self._photos.path(row)
        try:
            if self._detector is None:
                return decode(path, self._size, self._channels)
            photo = decode(path, None, 3)
            faces = self._detector.detect(photo)
            if faces:
                face = aligned(photo, faces[0], self._size)
                return face if self._channels == 3 else _grey(face)
            self.failed[row] = NO_FACE
        except (UnreadableImageError, OSError):
            self.failed[row] = UNREADABLE
        return np.zeros((*self._size, self._channels), np.uint8)


_LUMA = np.array([299, 587, 114], np.uint32)


def _grey(photo: np.ndarray) -> np.ndarray:
    """Colour to grey by Pillow's formula (ITU-R 601-2)."""
    return ((photo @ _LUMA + 500) // 1000).astype(np.uint8)[..., None]
