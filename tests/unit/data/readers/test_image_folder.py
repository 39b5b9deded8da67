from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from reader_samples import write_images

from vandap.core.recipe import DataSpec
from vandap.data.contents import Contents
from vandap.data.readers.image_folder import ImageFolderReader
from vandap.errors import DataError, UsageError


def _read(root: Path, **stated: object) -> Contents:
    return ImageFolderReader().read(DataSpec(str(root), **stated), 0)  # type: ignore[arg-type]


def test_folders_are_classes(tmp_path: Path) -> None:
    """The sub-folder's name is the class, deeper folders and odd capitals included; hidden files are not read."""
    root = write_images(tmp_path / "photos")
    (root / "cat" / "deeper").mkdir()
    Image.new("RGB", (10, 12)).save(root / "cat" / "deeper" / "x.JPG")
    (root / "cat" / ".hidden.png").write_text("no image")
    (root / ".git").mkdir()
    contents = _read(root)
    assert contents.classes == ("cat", "dog") and np.bincount(contents.target).tolist() == [7, 6]
    assert contents.examples.take(np.arange(2)).shape == (2, 12, 10, 3)
    assert contents.examples.name(0) == "cat/0.png"


def test_part_folders_give_the_split(tmp_path: Path) -> None:
    """train/, val/ and test/ above the classes are taken as they are."""
    for part in ("train", "val", "test"):
        write_images(tmp_path / "photos" / part, count=3)
    contents = _read(tmp_path / "photos")
    assert contents.parts is not None and contents.classes == ("cat", "dog")
    assert {part: int((contents.parts == part).sum()) for part in np.unique(contents.parts)} == {
        "test": 6,
        "train": 6,
        "validation": 6,
    }


def test_a_class_called_test_is_a_class(tmp_path: Path) -> None:
    """A folder named like a part, with images directly in it, holds a class."""
    contents = _read(write_images(tmp_path / "photos", ("test", "control")))
    assert contents.classes == ("control", "test") and contents.parts is None


@pytest.mark.parametrize(("beside", "inside"), [("alice", "2024"), ("horse", "cat"), ("train", "")])
def test_a_split_beside_other_folders_is_told(tmp_path: Path, beside: str, inside: str) -> None:
    """The others vanished without a word: a person called test, a test part beside the classes, one without classes."""
    part = "val" if beside == "train" else "test"
    write_images(tmp_path / "photos" / part, (inside or "cat", "dog"), count=2)
    write_images(tmp_path / "photos", (beside,), count=2)
    with pytest.raises(DataError, match=f"with {part} beside {beside}"):
        _read(tmp_path / "photos")


def test_what_holds_no_images_may_stand_beside_a_split(tmp_path: Path) -> None:
    """Notes, hidden folders; and beside classes an empty folder that is called like a part is no split."""
    root = tmp_path / "photos"
    write_images(root / "train", count=2)
    write_images(root / "test", count=2)
    for name in ("labels", ".cache", "val"):
        (root / name / "below").mkdir(parents=True)
    (root / "labels" / "below" / "readme.txt").write_text("none")
    (root / "val" / "below").rmdir()
    assert _read(root).classes == ("cat", "dog")
    plain = write_images(tmp_path / "plain")
    (plain / "test" / "below").mkdir(parents=True)
    assert _read(plain).classes == ("cat", "dog") and _read(plain).parts is None


def test_a_separate_test_folder(tmp_path: Path) -> None:
    """--test images become the test part; classes that training lacks are refused."""
    root = write_images(tmp_path / "photos")
    contents = _read(root, test=str(write_images(tmp_path / "later", count=2)))
    assert contents.parts is not None and (contents.parts == "test").sum() == 4
    with pytest.raises(DataError, match="lacks"):
        _read(root, test=str(write_images(tmp_path / "other", ("cat", "horse"), count=2)))


def test_unreadable_images_are_skipped_and_named(tmp_path: Path) -> None:
    """Text named .jpg, a cut-off image and an empty file do not stop the others."""
    root = write_images(tmp_path / "photos")
    (root / "cat" / "text.jpg").write_text("no image")
    (root / "cat" / "empty.png").write_bytes(b"")
    (root / "dog" / "cut.png").write_bytes((root / "dog" / "0.png").read_bytes()[:200])
    contents = _read(root)
    assert len(contents.examples) == 12
    names = {Path(name).name for name in contents.facts["unreadable"]}
    assert names == {"text.jpg", "empty.png", "cut.png"}
    assert any("3 images could not be read" in note for note in contents.notes)


def test_equal_pictures_hash_equal_in_any_file_format(tmp_path: Path) -> None:
    """The hash is that of the pixels, not of the file."""
    root = write_images(tmp_path / "photos")
    with Image.open(root / "cat" / "0.png") as image:
        image.save(root / "dog" / "copy.bmp")
    contents = _read(root)
    names = [contents.examples.name(row) for row in range(len(contents.examples))]
    assert contents.hashes[names.index("cat/0.png")] == contents.hashes[names.index("dog/copy.bmp")]


def test_size_and_channels_follow_the_images_or_the_user(tmp_path: Path) -> None:
    """Grey images stay grey; large ones are capped at 128 pixels a side; options win."""
    for name in ("a", "b"):
        (tmp_path / "p" / name).mkdir(parents=True)
        for number in range(3):
            Image.effect_noise((400, 200), 50 + number).save(tmp_path / "p" / name / f"{number}.png")
    assert _read(tmp_path / "p").examples.take(np.arange(1)).shape == (1, 64, 128, 1)
    stated = _read(tmp_path / "p", image_size=(20, 30), channels=3)
    assert stated.examples.take(np.arange(1)).shape == (1, 20, 30, 3)
    with pytest.raises(UsageError):
        _read(tmp_path / "p", channels=2)


def test_an_empty_class_folder_is_said(tmp_path: Path) -> None:
    """It is left out of the classes."""
    root = write_images(tmp_path / "photos")
    (root / "horse").mkdir()
    contents = _read(root)
    assert contents.classes == ("cat", "dog") and any("horse" in note for note in contents.notes)


def test_an_image_that_vanishes_later_reads_as_grey(tmp_path: Path) -> None:
    """A batch never fails for one file; the failure is recorded."""
    root = write_images(tmp_path / "photos")
    contents = _read(root)
    (root / "cat" / "0.png").unlink()
    assert (contents.examples.take(np.array([0])) == 127).all()
    assert contents.examples.failed == {"cat/0.png"}  # type: ignore[attr-defined]
