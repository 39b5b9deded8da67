"""Small images."""

from __future__ import annotations

import gzip

import numpy as np
from zoo.records import Raw, user_data


def digits() -> Raw:
    """8 x 8 handwritten digits with values from 0 to 16."""
    from sklearn.datasets import load_digits

    found = load_digits()
    return Raw(found.images[..., None].astype("float32"), found.target, "image", "classes", 10)


def textures() -> Raw:
    """Stripes and checks of four kinds with noise, 12 x 12 grey values from 0 to 255."""
    generator = np.random.default_rng(11)
    target = generator.integers(0, 4, 1800)
    row, column = np.mgrid[:12, :12]
    angle = np.stack([row, column, row + column, np.where((row // 2 + column // 2) % 2, 0.0, 1.5)])
    phase = generator.uniform(0, 2 * np.pi, (1800, 1, 1))
    waves = np.sin(2.1 * angle[target] + phase) + 0.9 * generator.standard_normal((1800, 12, 12))
    return Raw(_grey(waves), target, "image", "classes", 4)


def shapes() -> Raw:
    """Discs, squares and crosses at random places, 12 x 12 x 3, 0 to 255."""
    generator = np.random.default_rng(12)
    count = 1800
    target = generator.integers(0, 3, count)
    row, column = np.mgrid[:12, :12]
    centre = generator.uniform(4, 8, (2, count, 1, 1))
    down, right = np.abs(row - centre[0]), np.abs(column - centre[1])
    drawn = np.select(
        [target[:, None, None] == 0, target[:, None, None] == 1],
        [np.hypot(down, right) < 3.3, np.maximum(down, right) < 2.9],
        np.minimum(down, right) < 1.1,
    )
    colour = generator.uniform(0.4, 1.0, (count, 1, 1, 3))
    picture = drawn[..., None] * colour + 0.25 * generator.standard_normal((count, 12, 12, 3))
    return Raw(_bytes(picture), target, "image", "classes", 3)


def fashion() -> Raw:
    """Fashion-MNIST, 3,000 of the test images, halved to 14 x 14, 0 to 255."""
    images = gzip.decompress(user_data("images", "fashion-mnist", "t10k-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress(user_data("images", "fashion-mnist", "t10k-labels-idx1-ubyte.gz").read_bytes())
    pixels = np.frombuffer(images, np.uint8, offset=16).reshape(-1, 14, 2, 14, 2)[:3000].astype("float32")
    target = np.frombuffer(labels, np.uint8, offset=8)[:3000].astype("int64")
    return Raw(pixels.mean(axis=(2, 4))[..., None], target, "image", "classes", 10)


def _grey(values: np.ndarray) -> np.ndarray:
    return _bytes(values[..., None])


def _bytes(values: np.ndarray) -> np.ndarray:
    low, high = values.min(), values.max()
    return np.round(255 * (values - low) / (high - low)).astype("float32")


LOADERS = {
    "digits": ("development", digits),
    "textures": ("development", textures),
    "shapes": ("test", shapes),
    "fashion": ("test", fashion),
}
