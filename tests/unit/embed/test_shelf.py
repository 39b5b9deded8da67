"""Photos read in order, what fails left out, and a killed embedding gone on with."""

from __future__ import annotations

import os
import sys
import tracemalloc
from dataclasses import dataclass, field
from pathlib import Path

import made_photos
import numpy as np
import pytest
from PIL import Image

from vandap.core.progress import silent
from vandap.embed import shelf as module
from vandap.embed.embedder import Record
from vandap.embed.photos import NO_FACE, UNREADABLE, PhotoList, Photos, photo_list
from vandap.embed.pixels import check_pixels, scale_pixels
from vandap.embed.shelf import fill
from vandap.embed.stream import UNUSABLE, embedded
from vandap.errors import DataError, UsageError
from vandap.search.ids import decoded, id_array


@dataclass
class Plain:
    """An embedder without a network: a photo's mean colour, and how often it was asked."""

    record: Record = field(default_factory=lambda: Record("m", "0", "l", False, (16, 12), 3, "255", "", 3))
    asked: int = 0
    fails_after: int = 10**9

    def reader(self, photos: PhotoList) -> Photos:
        """See `Embedder.reader`."""
        return Photos(photos, (16, 12), 3)

    def vectors(self, images: np.ndarray, batch: int) -> np.ndarray:
        """See `Embedder.vectors`."""
        if self.asked >= self.fails_after:
            raise KeyboardInterrupt
        self.asked += 1
        return images.mean(axis=(1, 2)).astype(np.float32)


def _photos(tmp_path: Path) -> PhotoList:
    made_photos.write_photos(tmp_path / "photos", range(3), range(4))
    (tmp_path / "photos" / "p01" / "broken.png").write_bytes(b"no photo")
    return photo_list(tmp_path / "photos")


def test_folders_are_people(tmp_path: Path) -> None:
    """A sub-folder is a person; loose photos are nobody's; one photo alone; nothing at all is told."""
    photos = _photos(tmp_path)
    assert photos.names[0] == "p00/0.png" and photos.people[0] == "p00" and len(photos) == 13
    assert photo_list(tmp_path / "photos" / "p00").people == (None,) * 4
    assert photo_list(tmp_path / "photos" / "p00" / "0.png").names == ("0.png",)
    (tmp_path / "empty").mkdir()
    for absent in (tmp_path / "empty", tmp_path / "absent", tmp_path / "photos" / "absent.png"):
        with pytest.raises(DataError) as caught:
            photo_list(absent)
        assert "person" in caught.value.expected and "class" not in str(caught.value)


@pytest.mark.parametrize("batch", [1, 5, 100])
def test_vectors_come_in_order_and_failures_are_named(tmp_path: Path, batch: int) -> None:
    """A broken photo has no vector, whatever the batch."""
    photos = _photos(tmp_path)
    made = fill(tmp_path / "work", Plain(), photos, batch, silent)
    assert (made.count, made.columns, made.failed) == (12, 3, [("p01/broken.png", UNREADABLE)])
    found = np.concatenate(list(made.blocks(5)))
    wanted = [np.asarray(Image.open(photos.path(row))).mean(axis=(0, 1)) for row in made.origin]
    assert np.allclose(found, wanted, atol=1e-3)
    assert np.array_equal(np.concatenate(list(made.blocks(4, 7))), found[7:])


def test_a_cut_embedding_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a checkpoint vouches for is not embedded again, what came after it is; the result is the same."""
    monkeypatch.setattr(module, "_EVERY", 0.0)
    photos = _photos(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        fill(tmp_path / "work", Plain(fails_after=3), photos, 2, silent)
    with (tmp_path / "work" / "vectors.f32").open("ab") as file:
        file.write(b"half a vector")
    second = Plain()
    made = fill(tmp_path / "work", second, photos, 2, silent)
    whole = fill(tmp_path / "other", Plain(), photos, 2, silent)
    assert second.asked == 4
    assert np.array_equal(np.concatenate(list(made.blocks(99))), np.concatenate(list(whole.blocks(99))))
    assert made.fingerprint == whole.fingerprint and made.failed == whole.failed


def test_a_link_to_nothing_is_left_out(tmp_path: Path) -> None:
    """As a photo that cannot be read."""
    made_photos.write_photos(tmp_path / "photos", range(2), range(2))
    for folder in ("p01", "."):
        (tmp_path / "photos" / folder / "9.png").symlink_to(tmp_path / "nowhere.png")
    made = fill(tmp_path / "work", Plain(), photo_list(tmp_path / "photos"), 3, silent)
    assert made.count == 4 and made.failed == [("p01/9.png", UNREADABLE), ("9.png", UNREADABLE)]


@pytest.mark.skipif(sys.platform == "darwin", reason="its file names are UTF-8")
def test_a_name_in_another_encoding_is_written_out(tmp_path: Path) -> None:
    """As an id and as a person, both of which are texts in UTF-8; the photo is read."""
    for name in (b"caf\xe9", b"plain"):
        folder = tmp_path / "photos" / os.fsdecode(name)
        folder.mkdir(parents=True)
        Image.fromarray(made_photos.photo(0, 0)).save(folder / os.fsdecode(b"\xff.png"))
    photos = photo_list(tmp_path / "photos")
    assert photos.names == ("caf\\udce9/\\udcff.png", "plain/\\udcff.png")
    assert photos.people == ("caf\\udce9", "plain")
    assert fill(tmp_path / "work", Plain(), photos, 3, silent).count == 2
    assert photo_list(photos.path(1)).names == ("\\udcff.png",)


def test_another_model_or_photo_begins_anew(tmp_path: Path) -> None:
    """Nothing of a different embedding is kept."""
    photos = _photos(tmp_path)
    first = fill(tmp_path / "work", Plain(), photos, 5, silent).fingerprint
    other = Plain(Record("m", "1", "l", False, (16, 12), 3, "255", "", 3))
    assert fill(tmp_path / "work", other, photos, 5, silent).fingerprint != first and other.asked == 3


def test_no_vector_at_all_is_told(tmp_path: Path) -> None:
    """All photos broken; a model that gives zeros."""
    (tmp_path / "0.png").write_bytes(b"")
    with pytest.raises(DataError, match="None of the photos"):
        fill(tmp_path / "work", Plain(), photo_list(tmp_path), 5, silent)
    Image.new("RGB", (12, 16)).save(tmp_path / "0.png")
    with pytest.raises(DataError, match="no usable vector"):
        fill(tmp_path / "work", Plain(), photo_list(tmp_path), 5, silent)


def test_a_photo_without_a_usable_vector_is_left_out(tmp_path: Path) -> None:
    """A black one among others; also where the last batch, gone on with after a kill, holds no other."""
    made_photos.write_photos(tmp_path / "photos", range(1), range(5))
    for name in ("4.png", "5.png"):
        Image.new("RGB", (12, 16)).save(tmp_path / "photos" / "p00" / name)
    photos = photo_list(tmp_path / "photos")
    made = fill(tmp_path / "work", Plain(), photos, 2, silent)
    assert made.origin.tolist() == [0, 1, 2, 3]
    assert made.failed == [("p00/4.png", UNUSABLE), ("p00/5.png", UNUSABLE)]
    assert [piece.end for piece in embedded(Plain(), photos, 2, 4)] == [6]


def test_a_photo_without_a_face_has_no_vector(tmp_path: Path) -> None:
    """A detector that finds nothing."""

    class Blind:
        def detect(self, photo: np.ndarray) -> tuple:
            return ()

    made_photos.write_photos(tmp_path, range(1), range(1))
    reader = Photos(photo_list(tmp_path), (8, 8), 1, Blind())
    assert reader.take(np.arange(1)).shape == (1, 8, 8, 1) and reader.failed == {0: NO_FACE}


def test_pixels_are_scaled_as_named() -> None:
    """The ends of each range, and what does not fit."""
    ends = np.array([0, 255], np.uint8).reshape(2, 1, 1, 1).repeat(3, axis=3)
    assert [scale_pixels(ends, name)[:, 0, 0, 0].tolist() for name in ("255", "1", "tf")] == [[0, 255], [0, 1], [-1, 1]]
    assert np.allclose(scale_pixels(ends, "torch")[1, 0, 0], [2.2489, 2.4286, 2.64], atol=1e-3)
    assert np.allclose(scale_pixels(ends, "caffe")[0, 0, 0], [-103.939, -116.779, -123.68])
    for name, channels in (("2", 3), ("torch", 1)):
        with pytest.raises(UsageError):
            check_pixels(name, channels)


def test_names_are_held_once(tmp_path: Path) -> None:
    """A photo costs its name and places of three lists, whatever the folder's own path is."""
    root = tmp_path / ("long" * 40)
    for person in range(4):
        (root / f"p{person}").mkdir(parents=True)
        for number in range(200):
            (root / f"p{person}" / f"{number:04d}.png").touch()
    photo_list(root)
    tracemalloc.start()
    photos = photo_list(root)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(photos) == 800 and held / 800 < 75 + len("p0/0000.png") + 20
    assert photos.path(0) == root / "p0" / "0000.png" and photos.files[0] is photos.names[0]


def test_ids_of_names_take_what_they_are_stored_as() -> None:
    """One long name made four times its width of each; what cannot be ids is refused as before."""
    names = [*(f"{number:06d}" for number in range(5000)), "é" * 100]
    tracemalloc.start()
    ids = id_array(names, len(names))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert ids.dtype == "S200" and decoded(ids) == names and peak < 3 * ids.nbytes
    for wrong in (["a", ""], ["a", "\ud800"], ["a", "a"], ["a"]):
        with pytest.raises(DataError):
            id_array(wrong, 2)
