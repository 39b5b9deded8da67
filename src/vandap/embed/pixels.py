"""Pixel values as a model wants them, named as in `keras.applications.imagenet_utils`, and two plain ones."""

from __future__ import annotations

import numpy as np

from vandap.errors import UsageError

_TORCH_MEAN, _TORCH_DEVIATION = np.array([0.485, 0.456, 0.406], np.float32), np.array([0.229, 0.224, 0.225], np.float32)
_CAFFE_MEAN = np.array([103.939, 116.779, 123.68], np.float32)
PIXELS = {
    "255": "0 to 255, as they are",
    "1": "0 to 1",
    "tf": "-1 to 1",
    "torch": "0 to 1, less the ImageNet mean, by the ImageNet deviation; colour",
    "caffe": "blue first, less the ImageNet mean; colour",
}


def check_pixels(pixels: str, channels: int) -> None:
    """Refuse a name that is unknown, or does not fit grey photos.

    Raises:
        UsageError: It is.
    """
    if pixels not in PIXELS or (channels == 1 and pixels in ("torch", "caffe")):
        raise UsageError(
            "Pixels cannot be scaled so.",
            received=f"--pixels {pixels}, {channels} channels",
            expected="; ".join(f"{name}: {meaning}" for name, meaning in PIXELS.items()),
            hint="Use what the model was trained with.",
        )


def scale_pixels(images: np.ndarray, pixels: str) -> np.ndarray:
    """Scale photos.

    Args:
        images: uint8, shape `(n, height, width, channels)`.
        pixels: One of `PIXELS`.

    Returns:
        float32 of the same shape.
    """
    values = images.astype(np.float32)
    if pixels == "1":
        return values / 255
    if pixels == "tf":
        return values / np.float32(127.5) - 1
    if pixels == "torch":
        return (values / 255 - _TORCH_MEAN) / _TORCH_DEVIATION
    if pixels == "caffe":
        return values[..., ::-1] - _CAFFE_MEAN
    return values
