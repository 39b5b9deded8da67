"""Copies of images are found; look-alikes are not."""

from __future__ import annotations

import io

import numpy as np
from made_contents import images
from PIL import Image
from sklearn.datasets import load_sample_images

from vandap.data import near_duplicates
from vandap.data.examples import ArrayExamples
from vandap.data.near_duplicates import near_pairs, similar


def pairs_of(array: np.ndarray) -> set[tuple[int, int]]:
    """The pairs found, the smaller row first."""
    pairs, _, _ = near_pairs(ArrayExamples(array, "images"), np.arange(len(array)))
    return {(min(pair), max(pair)) for pair in pairs.tolist()}


def photographs() -> np.ndarray:
    """Ten different cuts of real photographs, 96 pixels a side."""
    pictures = load_sample_images().images
    return np.stack([picture[y : y + 96, x : x + 96] for picture in pictures for x, y in
                     ((100, 200), (150, 60), (300, 100), (250, 200), (400, 330))])  # fmt: skip


def encoded(image: np.ndarray, side: int = 96) -> np.ndarray:
    """Brightened, resized by 5 % and back, JPEG of quality 80."""
    brighter = Image.fromarray(np.clip(image.astype(float) + 10, 0, 255).astype(np.uint8))
    resized = brighter.resize((side - 1, side + 1)).resize((side, side))
    file = io.BytesIO()
    resized.save(file, "JPEG", quality=80)
    return np.asarray(Image.open(file))


def test_re_encoded_photographs_are_found() -> None:
    """Each photograph is paired with its re-encoded, resized, brighter copy and with nothing else."""
    originals = photographs()
    copies = np.stack([encoded(image) for image in originals])
    assert pairs_of(np.concatenate([originals, copies])) == {(row, row + 10) for row in range(10)}


def test_small_re_encoded_images_are_found() -> None:
    """At 32 pixels, where single pixels change, a copy is found because nothing else is about as close."""
    originals = np.stack([np.asarray(Image.fromarray(image).resize((32, 32))) for image in photographs()])
    copies = np.stack([encoded(image, 32) for image in originals])
    assert pairs_of(np.concatenate([originals, copies])) == {(row, row + 10) for row in range(10)}


def test_a_crowd_is_not_paired() -> None:
    """Small images that all differ equally little are look-alikes: none is closer than the rest."""
    outline = photographs()[0, ::3, ::3, 0].astype(float)
    crowd = np.clip(outline + np.random.default_rng(0).normal(0, 10, (30, 32, 32)), 0, 255)
    assert not pairs_of(crowd.astype(np.uint8))


def test_look_alikes_are_not_paired() -> None:
    """The same outline with other grain is another image."""
    outline = np.zeros((1, 64, 64), np.float32)
    outline[:, 10:50, 20:40] = 200
    grain = np.random.default_rng(0).normal(60, 60, (30, 64, 64))
    assert not pairs_of(np.clip(outline + grain, 0, 255).astype(np.uint8))


def test_flat_images_are_not_paired() -> None:
    """Blank images of different brightness hold no picture to compare."""
    assert not pairs_of(np.arange(10, 40, dtype=np.uint8)[:, None, None] * np.ones((1, 32, 32), np.uint8))


def test_tiny_images_are_compared_exactly_only() -> None:
    """Below 16 pixels a side nothing is compared, and this is said."""
    pairs, compared, notes = near_pairs(images(20, side=8), np.arange(20))
    assert (len(pairs), compared, len(notes)) == (0, 0, 1)


def test_one_of_each_exact_set_is_compared() -> None:
    """Equal images are not compared again."""
    array = images(12).take(np.arange(12) // 2)
    pairs, compared, _ = near_pairs(ArrayExamples(array, "images"), np.arange(12) // 2)
    assert (len(pairs), compared) == (0, 6)


def test_large_data_are_sampled(monkeypatch) -> None:
    """Above the bound a spread of the images is compared, and this is said."""
    monkeypatch.setattr(near_duplicates, "MOST_IMAGES", 10)
    _, compared, notes = near_pairs(images(30), np.arange(30))
    assert compared == 10
    assert "10 of 30" in notes[0]


def test_a_crowd_of_look_alikes_is_bounded(monkeypatch) -> None:
    """When too many pairs are candidates, the search ends and says that it is not complete."""
    monkeypatch.setattr(near_duplicates, "_MOST_CANDIDATES", 50)
    small = np.tile(images(1, side=32).array.astype(np.float16), (40, 1, 1))
    assert similar(small, coarse_too=False)[1] is False


def test_blocks_do_not_matter(monkeypatch) -> None:
    """The same pairs are found whatever the block size."""
    array = photographs().repeat(2, axis=0)
    array[1::2] = np.clip(array[1::2].astype(int) + 5, 0, 255)
    whole = pairs_of(array)
    monkeypatch.setattr(near_duplicates, "_BLOCK", (3, 2))
    assert pairs_of(array) == whole == {(row, row + 1) for row in range(0, 20, 2)}
