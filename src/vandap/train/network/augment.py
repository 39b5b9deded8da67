"""Image augmentation of a training batch, vectorised in numpy so that it is the same on every back end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from vandap.train.network.plan import AUGMENTATIONS


def augment(images: np.ndarray, names: tuple[str, ...], generator: np.random.Generator) -> np.ndarray:
    """Apply augmentations to images of shape `(n, height, width, channels)`, in the order given.

    Args:
        images: The batch; not changed.
        names: `shift` (crop after reflecting the border by an eighth of the side), `nudge` (the same by a
            sixteenth), `flip` (left to right, half of the
            images), `cutout` (a grey square of a quarter of the side; DeVries and Taylor 2017).
        generator: Source of randomness.
    """
    for name in names:
        images = _AUGMENTATIONS[name](images, generator)
    return images


def _shift(images: np.ndarray, generator: np.random.Generator, share: int = 8) -> np.ndarray:
    count, height, width = images.shape[:3]
    up, left = max(1, height // share), max(1, width // share)
    padded = np.pad(
        images, ((0, 0), (up, up), (left, left), (0, 0)), mode="reflect" if min(height, width) > 8 else "edge"
    )
    windows = sliding_window_view(padded, (height, width), axis=(1, 2))  # (n, 2*up+1, 2*left+1, channels, h, w)
    rows = generator.integers(0, 2 * up + 1, count)
    columns = generator.integers(0, 2 * left + 1, count)
    return np.ascontiguousarray(windows[np.arange(count), rows, columns].transpose(0, 2, 3, 1))


def _flip(images: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    turned = generator.random(len(images)) < 0.5
    return np.where(turned[:, None, None, None], images[:, :, ::-1], images)


def _cutout(images: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    count, height, width = images.shape[:3]
    side = max(1, min(height, width) // 4)
    top = generator.integers(-side // 2, height - side // 2, count)[:, None]
    left = generator.integers(-side // 2, width - side // 2, count)[:, None]
    rows, columns = np.arange(height)[None], np.arange(width)[None]
    inside = ((rows >= top) & (rows < top + side))[:, :, None] & ((columns >= left) & (columns < left + side))[
        :, None, :
    ]
    fill = images.mean(axis=(0, 1, 2)).astype(images.dtype)
    return np.where(inside[..., None], fill, images)


_AUGMENTATIONS: Mapping[str, Callable[[np.ndarray, np.random.Generator], np.ndarray]] = {
    "shift": _shift,
    "nudge": partial(_shift, share=16),
    "flip": _flip,
    "cutout": _cutout,
}
assert tuple(_AUGMENTATIONS) == AUGMENTATIONS
