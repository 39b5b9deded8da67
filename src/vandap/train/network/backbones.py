"""Pretrained backbones from `keras.applications` or any `.keras` file: found on disk, never downloaded."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vandap.errors import DataError


@dataclass(frozen=True)
class Application:
    """One architecture of `keras.applications`.

    Args:
        constructor: Its name there.
        prefixes: How its weight files begin, in lower case, as Keras names them in its cache.
        scale: Pixel scaling that its weights expect: `unit` (-1 to 1), `caffe` (BGR minus the ImageNet mean), `torch`
            (ImageNet mean and deviation) or `none` (0 to 255; the model scales itself).
        side: Side of the input images its weights were trained on.
    """

    constructor: str
    prefixes: tuple[str, ...]
    scale: str
    side: int


APPLICATIONS = (
    Application("MobileNetV2", ("mobilenet_v2", "mobilenetv2"), "unit", 224),
    Application("MobileNetV3Large", ("weights_mobilenet_v3_large", "mobilenetv3large"), "none", 224),
    Application("MobileNetV3Small", ("weights_mobilenet_v3_small", "mobilenetv3small"), "none", 224),
    Application("MobileNet", ("mobilenet_1", "mobilenet_2", "mobilenet_5", "mobilenet_7", "mobilenet."), "unit", 224),
    Application("EfficientNetV2B0", ("efficientnetv2-b0", "efficientnetv2b0"), "none", 224),
    Application("EfficientNetB0", ("efficientnetb0",), "none", 224),
    Application("ResNet50V2", ("resnet50v2",), "unit", 224),
    Application("ResNet50", ("resnet50",), "caffe", 224),
    Application("DenseNet121", ("densenet121",), "torch", 224),
    Application("Xception", ("xception",), "unit", 299),
)
"""In the order of preference when several are in the cache: small ones first, because they are tuned on the spot."""

LEAST_SIDE = 96
"""Smaller images are enlarged to this side; larger ones keep theirs, up to the application's own."""

OWN = "own"
"""The pixel scaling of a model that no application made."""


def find_weights(given: str | None) -> Path | None:
    """The weight file to use: the one given, or the first known one in Keras' cache; None when there is none.

    Raises:
        DataError: A file was given that does not exist or that no known architecture fits.
    """
    if given is not None:
        path = Path(given)
        if not path.is_file() or (path.suffix != ".keras" and _application(path) is None):
            raise DataError(
                "The pretrained weights cannot be used.",
                received=str(path) + ("" if path.is_file() else " (no such file)"),
                expected="a .keras model, or a weight file named as Keras names it, for "
                + ", ".join(item.constructor for item in APPLICATIONS),
                hint="Give --weights the path of such a file, or leave it out.",
            )
        return path
    cache = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "models"
    files = sorted(cache.glob("*notop*.h5")) + sorted(cache.glob("*no_top*.h5")) if cache.is_dir() else []
    known = [(_rank(path), path) for path in files if _application(path)]
    return min(known)[1] if known else None


def _application(path: Path) -> Application | None:
    name = path.name.lower()
    return next((item for item in APPLICATIONS if name.startswith(item.prefixes)), None)


def _rank(path: Path) -> int:
    application = _application(path)
    return len(APPLICATIONS) if application is None else APPLICATIONS.index(application)


def backbone(path: Path, height: int, width: int) -> tuple[Any, str]:
    """Build a frozen feature extractor for images of this size.

    Returns:
        The Keras model from scaled pixels of shape `(n, side, side, 3)` to features, and its pixel scaling; `OWN` for a
        model of the user's, which reads the data as they are.

    Raises:
        DataError: The file does not hold what its name says.
    """
    import keras

    application = _application(path) if path.suffix != ".keras" else None
    try:
        if application is None:
            whole = keras.saving.load_model(path, compile=False, safe_mode=True)
            return _headless(whole), OWN
        side = min(application.side, max(LEAST_SIDE, height, width))
        build = getattr(keras.applications, application.constructor)
        return build(weights=str(path), include_top=False, input_shape=(side, side, 3)), application.scale
    except (ValueError, OSError, KeyError, TypeError) as error:
        raise DataError(
            "The pretrained weights cannot be read.",
            received=f"{path}: {error}",
            expected="weights without the top (notop) of the architecture in the file's name, or a .keras model",
            hint="Check the file, or leave --weights out.",
        ) from error


def _headless(model: Any) -> Any:
    """The model up to its last feature map or pooled vector: its classifier is dropped."""
    import keras

    for layer in reversed(model.layers):
        shape = layer.output.shape
        if len(shape) == 4 or type(layer).__name__.startswith("Global"):
            return keras.Model(model.inputs, layer.output, name="backbone")
    return model


def scaled(x: Any, scale: str) -> Any:
    """Apply a pixel scaling as layers, so that it is part of the shipped model."""
    from keras import layers

    if scale == "unit":
        return layers.Rescaling(1 / 127.5, offset=-1.0, name="scale")(x)
    if scale == "torch":
        variance = [(255 * deviation) ** 2 for deviation in (0.229, 0.224, 0.225)]
        return layers.Normalization(mean=[123.675, 116.28, 103.53], variance=variance, name="scale")(x)
    if scale == "caffe":
        red, green, blue = (x[..., index : index + 1] for index in range(3))
        x = layers.Concatenate(name="bgr")([blue, green, red])
        return layers.Normalization(mean=[103.939, 116.779, 123.68], variance=[1.0, 1.0, 1.0], name="scale")(x)
    return x
