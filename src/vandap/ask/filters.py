"""The first convolution's filters as a picture, from a saved model; no Keras is needed to read them."""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

ENLARGED = 12
"""Side of one weight in the picture, in pixels."""

_CONVOLUTION = "Conv2D"


def filters(model: Path) -> tuple[str, np.ndarray] | None:
    """The filters of the first two-dimensional convolution that reads pixels.

    Args:
        model: A `.keras` file.

    Returns:
        The layer's name, and its kernel of the shape (height, width, channels, filters); None where the model begins
        with no convolution of one or three channels, or the file cannot be read.
    """
    import h5py

    try:
        with zipfile.ZipFile(model) as archive:
            configured = json.loads(archive.read("config.json"))
            weights = io.BytesIO(archive.read("model.weights.h5"))
        name = next(_convolutions(configured["config"]["layers"]), None)
        if name is None:
            return None
        with h5py.File(weights) as file:
            kernel = _kernel(file, name)
    except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile):
        return None
    return (name, kernel) if kernel is not None and kernel.ndim == 4 and kernel.shape[2] in (1, 3) else None


def _convolutions(layers: list[Mapping[str, Any]]) -> Iterator[str]:
    return (layer["config"]["name"] for layer in layers if layer["class_name"] == _CONVOLUTION)


def _kernel(file: Any, name: str) -> np.ndarray | None:
    """Keras stores layers under their class and number, and the layer's own name as an attribute of its variables."""
    for group in file["layers"].values():
        held = group.get("vars")
        if held is not None and held.attrs.get("name") == name and "0" in held:
            return np.asarray(held["0"])
    return None


def picture(kernel: np.ndarray) -> bytes:
    """Draw filters side by side as a PNG, each stretched to its own range of weights.

    Args:
        kernel: (height, width, channels, filters), with one or three channels.

    Returns:
        The file's bytes.
    """
    from PIL import Image

    height, width, channels, count = kernel.shape
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    sheet = np.full((rows * (height + 1) + 1, columns * (width + 1) + 1, channels), 255, np.uint8)
    for index in range(count):
        top, left = 1 + (index // columns) * (height + 1), 1 + (index % columns) * (width + 1)
        sheet[top : top + height, left : left + width] = _stretched(kernel[..., index])
    enlarged = np.repeat(np.repeat(sheet, ENLARGED, axis=0), ENLARGED, axis=1)
    buffer = io.BytesIO()
    Image.fromarray(enlarged.squeeze(-1) if channels == 1 else enlarged).save(buffer, "PNG")
    return buffer.getvalue()


def _stretched(weights: np.ndarray) -> np.ndarray:
    low, high = float(weights.min()), float(weights.max())
    return np.asarray(255 * (weights - low) / (high - low if high > low else 1.0), np.uint8)
