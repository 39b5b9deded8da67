"""A saved Keras model as a function from photos to vectors, and the record by which it is the same one later."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vandap.core.records import from_json, to_json
from vandap.embed.layer import flat, image_shape, scales_itself, vector_tensor
from vandap.embed.photos import PhotoList, Photos
from vandap.embed.pixels import PIXELS, check_pixels, scale_pixels
from vandap.errors import DataError, IndexFolderError, UsageError
from vandap.exam.model_file import opened
from vandap.faces.family import detector
from vandap.search.folder import damaged
from vandap.train.backends import prepare

MODEL, RECORD = "embedder.keras", "embedder.json"
"""Files of a generation of an index."""
SCHEMA = 1


@dataclass(frozen=True)
class Options:
    """How a model is to be used; what is left out is read from the model.

    Args:
        layer: Name of the layer whose output is the vector; `MODEL/LAYER` for one inside a model.
        pixels: How pixels are scaled (`PIXELS`).
        size: (height, width) of the photos.
        faces: A face detector's name; photos are cut to their largest face then.
    """

    layer: str | None = None
    pixels: str | None = None
    size: tuple[int, int] | None = None
    faces: str | None = None


@dataclass(frozen=True)
class Record:
    """`embedder.json`: everything that decides a vector.

    Args:
        name: The model's file name when it was given.
        sha256: Of the model file.
        layer: The layer whose output is the vector.
        pooled: Whether that is a feature map, averaged over its places.
        size: (height, width) of the photos.
        channels: 1 or 3.
        pixels: How pixels are scaled.
        faces: The face detector, or "".
        columns: Numbers in a vector.
        schema: Version of the record.
    """

    name: str
    sha256: str
    layer: str
    pooled: bool
    size: tuple[int, int]
    channels: int
    pixels: str
    faces: str
    columns: int
    schema: int = SCHEMA


class Embedder:
    """Turns photos into vectors.

    Args:
        path: A `.keras` file, or a run folder of `vandap train`, whose artifact holds one.
        options: How to use it.
        name: What the file was called when it was given; its own name when left out.

    Attributes:
        path: The model file.
        record: What decides a vector.

    Raises:
        InputError: The model cannot be opened, takes no photos, or leaves open what the options must say.
    """

    def __init__(self, path: str | Path, options: Options | None = None, name: str | None = None) -> None:
        prepare()
        import keras

        import vandap.metric_learning  # noqa: F401  (heads and losses, known to Keras by being imported)

        options = options or Options()
        self.path = model_file(Path(path))
        model = _opened(self.path)
        height, width, channels = image_shape(model, options.size)
        tensor, layer = vector_tensor(model, options.layer)
        output, pooled = flat(tensor)
        pixels = options.pixels or _own_pixels(model, Path(path))
        check_pixels(pixels, channels)
        self._model = keras.Model(model.inputs[0], output, name="embedder")
        self._detector = detector(options.faces) if options.faces else None
        self.record = Record(
            name or self.path.name,
            hashlib.sha256(self.path.read_bytes()).hexdigest(),
            layer,
            pooled,
            (height, width),
            channels,
            pixels,
            options.faces or "",
            int(output.shape[-1]),
        )

    def reader(self, photos: PhotoList) -> Photos:
        """The photos as this model takes them."""
        return Photos(photos, self.record.size, self.record.channels, self._detector)

    def vectors(self, images: np.ndarray, batch: int) -> np.ndarray:
        """Vectors of photos.

        Args:
            images: uint8, shape `(n, *size, channels)`, at most `batch` of them.
            batch: The size of all batches; a smaller one is filled up, so that the model is compiled once.

        Returns:
            float32, shape `(n, columns)`.
        """
        filled = np.zeros((batch, *images.shape[1:]), np.float32)
        filled[: len(images)] = scale_pixels(images, self.record.pixels)
        return np.asarray(self._model.predict_on_batch(filled), np.float32)[: len(images)]


def _opened(path: Path) -> Any:
    """The model with its loss, which tells a classifier; without, where the loss is code of the user's own."""
    try:
        return opened(path)
    except DataError:
        return opened(path, compiled=False)


def model_file(path: Path) -> Path:
    """The model's file, below the folder of a run if it is one.

    Raises:
        DataError: There is none.
    """
    shipped = path / "artifact" / "model.keras"
    if shipped.is_file():
        return shipped
    if not path.is_file():
        raise DataError(
            "There is no model here.",
            received=str(path),
            expected="a file that model.save('NAME.keras') wrote, or the run folder of a trained network",
            hint="Check the path.",
        )
    return path


def _own_pixels(model: Any, path: Path) -> str:
    """The pixels of a model, where that is known: from the run that trained it, else from its layers."""
    told = path / "artifact" / "preprocess.json"
    is_known = json.loads(told.read_bytes()).get("pixels") == "uint8" if told.is_file() else scales_itself(model)
    if is_known:
        return "255"
    raise UsageError(
        "It is not clear which pixel values this model wants.",
        received=f"{model.name!r}, "
        + ("trained on arrays of floats" if told.is_file() else "which does not scale its pixels itself"),
        expected="; ".join(f"--pixels {name}: {meaning}" for name, meaning in PIXELS.items()),
        hint="Give --pixels as in the training: photos scaled otherwise give vectors that mean nothing.",
    )


def save_record(record: Record, path: Path) -> None:
    """Write `embedder.json`."""
    path.write_text(json.dumps(to_json(record), indent=1) + "\n", "utf-8")


def stored_embedder(folder: Path) -> Embedder:
    """The model that an index was built with, used in the same way.

    Args:
        folder: Of the generation that holds.

    Raises:
        IndexFolderError: The index was built from vectors, or its model is another one.
    """
    try:
        record = from_json(Record, json.loads((folder / RECORD).read_bytes()))
    except FileNotFoundError:
        raise IndexFolderError(
            "This index was built from vectors, so it holds no model for photos.",
            received="a photo",
            expected="vectors",
            hint="Build it with `vandap index build --model M.keras --data PHOTOS`, or embed the photo yourself.",
        ) from None
    options = Options(record.layer, record.pixels, record.size, record.faces or None)
    made = Embedder(folder / MODEL, options, record.name)
    if made.record != record:
        raise damaged(folder / MODEL, "its model is not the one that embedded its photos")
    return made
