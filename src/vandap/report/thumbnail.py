"""Pictures inside the page: small files as they are, large ones made smaller first."""

from __future__ import annotations

import base64
import io

_LARGEST = 40_000
_EDGE = 192
_COARSE = 64
_TYPES = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg"}


def data_uri(content: bytes) -> str | None:
    """Return a PNG or JPEG file as a data URI of at most about 40 kB; None if it is neither, or damaged."""
    kind = _kind(content)
    if kind is None:
        return None
    if len(content) > _LARGEST:
        smaller = _shrunk(content)
        if smaller is None:
            return None
        content, kind = smaller, "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def is_coarse(content: bytes) -> bool:
    """Whether a PNG is at most 64 pixels wide, so that enlarging it smoothly would blur it away."""
    return _kind(content) == "png" and int.from_bytes(content[16:20], "big") <= _COARSE


def _kind(content: bytes) -> str | None:
    return next((kind for magic, kind in _TYPES.items() if content.startswith(magic)), None)


def _shrunk(content: bytes) -> bytes | None:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content)) as image:
            image.thumbnail((_EDGE, _EDGE))
            buffer = io.BytesIO()
            image.convert("RGB").save(buffer, "JPEG", quality=82)
    except (UnidentifiedImageError, OSError, SyntaxError):
        return None
    return buffer.getvalue()
