"""A face upright in one frame: eyes, nose and mouth at the same places in every picture."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PIL import Image

from vandap.faces.detectors._detector import Face

_SIDE = 112.0
_FRAME = {
    "left_eye": (38.29, 51.70),
    "right_eye": (73.53, 51.50),
    "nose": (56.03, 71.74),
    "left_mouth": (41.55, 92.37),
    "right_mouth": (70.73, 92.20),
}
"""Where the points go in a frame of 112 x 112: the places that ArcFace and most models after it are trained with."""
_USUAL_EYES = {"left_eye": (0.30, 0.395), "right_eye": (0.68, 0.395)}
"""Where eyes lie in the box of a frontal face (means of 73 photos of ORL, deviation 0.02), if they were not found."""


def aligned(photo: np.ndarray, face: Face, size: tuple[int, int]) -> np.ndarray:
    """Cut a face out, turned, scaled and shifted so that its points lie where models expect them.

    Args:
        photo: uint8, shape `(height, width, channels)`, 1 or 3 channels.
        face: The face.
        size: (height, width) of the result; the frame is fitted to its shorter side, in its middle.

    Returns:
        uint8 of shape `(*size, channels)`; black where the photo ends.
    """
    points = face.points if {"left_eye", "right_eye"} <= set(face.points) else usual_eyes(face)
    names = [name for name in _FRAME if name in points]
    here, there = np.array([points[name] for name in names]), frame(size, names)
    matrix = similarity(there, here)
    image = Image.fromarray(photo[..., 0] if photo.shape[-1] == 1 else photo)
    shrink = np.hypot(*matrix[:, 0])
    if shrink > 2:  # Pillow's affine transform looks at four pixels only, so a large face is first made smaller
        image = image.reduce(int(shrink))
        matrix = matrix / int(shrink)
    turned = image.transform(
        (size[1], size[0]), Image.Transform.AFFINE, tuple(matrix.ravel()), Image.Resampling.BILINEAR
    )
    return np.asarray(turned).reshape(*size, photo.shape[-1])


def usual_eyes(face: Face) -> Mapping[str, tuple[float, float]]:
    """Where the eyes of a frontal face are by its box alone."""
    left, top, width, height = face.box
    return {name: (left + x * width, top + y * height) for name, (x, y) in _USUAL_EYES.items()}


def frame(size: tuple[int, int], names: list[str]) -> np.ndarray:
    """Where points go in a picture of a size (height, width); shape `(points, 2)`, x before y."""
    scale = min(size) / _SIDE
    margin = (np.array([size[1], size[0]]) - scale * _SIDE) / 2
    return np.array([_FRAME[name] for name in names]) * scale + margin


def similarity(source: np.ndarray, goal: np.ndarray) -> np.ndarray:
    """The turn, scale and shift that bring points nearest to others; shape (2, 3).

    Args:
        source: Shape `(points, 2)`, at least two different ones.
        goal: Where they should go, the same shape.

    References:
        Umeyama 1991, "Least-squares estimation of transformation parameters between two point patterns"; in the plane
        and without mirroring it is a division of complex numbers.
    """
    one, other = (points[:, 0] + 1j * points[:, 1] for points in (source, goal))
    centred = one - one.mean()
    turn = np.vdot(centred, other - other.mean()) / np.vdot(centred, centred)
    shift = other.mean() - turn * one.mean()
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])
