from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vandap.data.images import UnreadableImageError, decode, read_header


def _saved(tmp_path: Path, image: Image.Image, name: str = "image.png", **how: object) -> Path:
    image.save(tmp_path / name, **how)  # type: ignore[arg-type]
    return tmp_path / name


def _gradient() -> np.ndarray:
    return np.linspace(0, 255, 64).astype(np.uint8).reshape(8, 8)


def test_sixteen_bits_are_scaled_by_their_type(tmp_path: Path) -> None:
    """The full 16-bit range becomes the full 8-bit range; nothing is clipped."""
    wide = _gradient().astype(np.uint16) * 257
    assert np.array_equal(decode(_saved(tmp_path, Image.fromarray(wide)), None, 1)[..., 0], _gradient())


def test_transparency_is_shown_on_white(tmp_path: Path) -> None:
    """What is transparent is white, not whatever colour lies below."""
    pixels = np.zeros((4, 4, 4), np.uint8)
    pixels[:2, :, 3] = 255
    image = decode(_saved(tmp_path, Image.fromarray(pixels, "RGBA")), None, 3)
    assert (image[:2] == 0).all() and (image[2:] == 255).all()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I", "F"])
@pytest.mark.parametrize("channels", [1, 3])
def test_every_mode_becomes_grey_or_colour(tmp_path: Path, mode: str, channels: int) -> None:
    """All of Pillow's common modes decode to uint8 of the channels asked for."""
    name = "image.tif" if mode in ("CMYK", "I", "F") else "image.png"
    path = _saved(tmp_path, Image.fromarray(_gradient()).convert(mode), name)
    image = decode(path, None, channels)
    assert image.shape == (8, 8, channels) and image.dtype == np.uint8
    assert read_header(path).mode == mode


def test_palette_with_transparent_entry_keeps_quiet(tmp_path: Path) -> None:
    """A palette image with transparency decodes without a warning (which the test suite would raise)."""
    image = Image.fromarray(_gradient()).convert("P")
    path = _saved(tmp_path, image, transparency=bytes([0] * 128 + [255] * 128))
    assert decode(path, None, 3).shape == (8, 8, 3)


def test_photos_are_turned_upright(tmp_path: Path) -> None:
    """The orientation tag of a camera is obeyed, in the header's size too."""
    image = Image.new("RGB", (16, 8))
    tags = image.getexif()
    tags[0x0112] = 6
    path = _saved(tmp_path, image, "photo.jpg", exif=tags)
    assert decode(path, None, 3).shape == (16, 8, 3)
    header = read_header(path)
    assert (header.height, header.width) == (16, 8)


def test_sizes_are_height_by_width(tmp_path: Path) -> None:
    """Resizing takes (height, width), whatever the format skips while decoding."""
    for name in ("image.png", "image.jpg"):
        path = _saved(tmp_path, Image.new("RGB", (300, 200)), name)
        assert decode(path, (10, 20), 3).shape == (10, 20, 3)


@pytest.mark.parametrize("content", [b"", b"no image", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0\x00\x10JFIF"])
def test_what_is_no_image_is_unreadable(tmp_path: Path, content: bytes) -> None:
    """Damaged files raise one kind of error, however they are damaged."""
    (tmp_path / "image.png").write_bytes(content)
    with pytest.raises(UnreadableImageError):
        decode(tmp_path / "image.png", None, 3)
