"""Image files to arrays: every mode to grey or colour, upright, at one size."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".ppm", ".pgm")
_GREY_MODES = ("1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L", "F")
_WIDE_MODES = ("I", "I;16", "I;16B", "I;16L", "F")
_ORIENTATION = 0x0112
_SIDEWAYS = (5, 6, 7, 8)
_REDUCING_GAP = 2.0
_WIDE_MAXIMUM = 65_535.0


@dataclass(frozen=True)
class Header:
    """What the header of an image file says.

    Args:
        height: Pixels, after the orientation tag.
        width: Pixels.
        mode: Pillow's name of the pixel format.
    """

    height: int
    width: int
    mode: str

    @property
    def grey(self) -> bool:
        """Whether the image has no colour."""
        return self.mode in _GREY_MODES


class UnreadableImageError(Exception):
    """A file that cannot be decoded as an image."""


def is_image_name(name: str) -> bool:
    """Whether a file name ends as an image's and is not hidden."""
    return not name.startswith(".") and name.lower().endswith(SUFFIXES)


def read_header(path: Path) -> Header:
    """Read an image's size and mode without decoding its pixels.

    Raises:
        UnreadableImageError: No image.
    """
    with _opened(path) as image:
        width, height = image.size
        # a PNG's orientation stands behind its pixels, so that asking for it would decode them
        if image.format != "PNG" and image.getexif().get(_ORIENTATION) in _SIDEWAYS:
            height, width = width, height
        return Header(height, width, image.mode)


def decode(path: Path, size: tuple[int, int] | None, channels: int) -> np.ndarray:
    """Decode an image file.

    Args:
        path: The file.
        size: (height, width) to resize to; None keeps the size.
        channels: 1 for grey, 3 for colour.

    Returns:
        uint8 of shape `(height, width, channels)`.

    Raises:
        UnreadableImageError: A file that is no image, or a damaged one.
    """
    with _opened(path) as image:
        try:
            if size is not None and image.format == "JPEG":
                # the decoder skips detail that the smaller size cannot show, which saves most of its time
                image.draft("L" if channels == 1 else "RGB", (2 * max(size), 2 * max(size)))
            return to_array(image, size, channels)
        except (OSError, SyntaxError, ValueError, EOFError, IndexError) as error:
            raise UnreadableImageError(f"{type(error).__name__}: {error}") from None


def to_array(image: Image.Image, size: tuple[int, int] | None, channels: int) -> np.ndarray:
    """Turn an opened image upright, to grey or colour, and to a size. Returns uint8 `(height, width, channels)`."""
    if image.getexif().get(_ORIENTATION, 1) != 1:
        image = ImageOps.exif_transpose(image)
    image = flatten(image, "L" if channels == 1 else "RGB")
    if size is not None and image.size != (size[1], size[0]):
        image = image.resize((size[1], size[0]), Image.Resampling.BILINEAR, reducing_gap=_REDUCING_GAP)
    array = np.asarray(image)
    return array[..., None] if array.ndim == 2 else array


def flatten(image: Image.Image, mode: str) -> Image.Image:
    """Convert any mode to `L` or `RGB`: transparency over white, 16-bit by the range of its type."""
    if image.mode in _WIDE_MODES:
        image = Image.fromarray(_narrow(np.asarray(image), image.mode))
    elif image.mode in ("RGBA", "LA", "La", "RGBa", "PA") or "transparency" in image.info:
        with_alpha = image.convert("RGBA")
        white = Image.new("RGBA", with_alpha.size, (255, 255, 255, 255))
        image = Image.alpha_composite(white, with_alpha)
    return image if image.mode == mode else image.convert(mode)


def _narrow(array: np.ndarray, mode: str) -> np.ndarray:
    """Scale 16-bit pixels (Pillow keeps some as int32) to 8 bits; float pixels are in [0, 1] or else in [0, 255]."""
    values = array.astype(np.float32)
    if mode == "F":
        values = values * (255.0 if np.nanmax(values, initial=0.0) <= 1.0 else 1.0)
    elif mode != "I" or values.max(initial=0.0) > 255:
        values = values * (255.0 / _WIDE_MAXIMUM)
    return np.clip(np.rint(np.nan_to_num(values)), 0, 255).astype(np.uint8)


def _opened(path: Path) -> Image.Image:
    try:
        return Image.open(path)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise UnreadableImageError(f"{type(error).__name__}: {error}") from None
