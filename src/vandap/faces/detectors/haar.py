"""OpenCV's cascades of Haar features (Viola and Jones 2001), which its wheels before version 5 hold."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np

from vandap.errors import DataError
from vandap.faces.detectors._detector import Face, FaceDetector

_SMALLEST = 0.08
"""Smallest face, as a share of the photo's shorter side."""
_STEP, _NEIGHBOURS = 1.1, 5
"""Scale of one pyramid level to the next, and hits that a face needs: OpenCV's usual."""
_WIDE, _EYE_HITS = 200, 3
"""Eyes are looked for in a face enlarged to about so many pixels: both found in 73 of 80 photos of ORL, else in 44."""
_EYES_BELOW, _EYES_ABOVE = 0.15, 0.6
"""Eyes lie between these shares of a face's box, from its top."""
_LEAST_APART, _MOST_TILT = 0.2, 0.5
"""Two eyes are at least this share of the box's width apart, and tilt at most so much (27 degrees): else they are brows
or nostrils."""


class Haar(FaceDetector):
    """Frontal faces, with both eyes where they are seen. Fast, old, and blind to profiles."""

    slug = "haar"
    title = "OpenCV Haar cascades"
    package = "cv2"
    extra = "faces"

    def __init__(self) -> None:
        self._own = threading.local()  # a cascade keeps state while it detects

    def detect(self, photo: np.ndarray) -> tuple[Face, ...]:
        """See `FaceDetector.detect`."""
        import cv2

        grey = cv2.equalizeHist(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY))
        side = max(20, round(_SMALLEST * min(grey.shape)))
        boxes, _, weights = self._cascade("haarcascade_frontalface_default.xml").detectMultiScale3(
            grey, _STEP, _NEIGHBOURS, minSize=(side, side), outputRejectLevels=True
        )
        found = [self._face(grey, box, float(weight)) for box, weight in zip(boxes, np.ravel(weights), strict=True)]
        return tuple(sorted(found, key=lambda face: -face.area))

    def _face(self, grey: np.ndarray, box: np.ndarray, score: float) -> Face:
        import cv2

        left, top, width, height = (int(value) for value in box)
        above = top + round(_EYES_BELOW * height)
        upper, larger = (
            grey[above : top + round(_EYES_ABOVE * height), left : left + width],
            max(1, round(_WIDE / width)),
        )
        upper = cv2.resize(upper, None, fx=larger, fy=larger, interpolation=cv2.INTER_CUBIC)
        side = larger * width // 8
        eyes = self._cascade("haarcascade_eye.xml").detectMultiScale(upper, _STEP, _EYE_HITS, minSize=(side, side))
        centres = [(left + (x + w / 2) / larger, above + (y + h / 2) / larger) for x, y, w, h in eyes]
        return Face((left, top, width, height), score, _two_eyes(centres, left + width / 2, width))

    def _cascade(self, name: str) -> Any:
        import cv2

        if not hasattr(self._own, name):
            # OpenCV 5 has neither the class nor the files
            folder = getattr(getattr(cv2, "data", None), "haarcascades", "")
            path = Path(folder, name)
            if not folder or not path.is_file() or not hasattr(cv2, "CascadeClassifier"):
                raise DataError(
                    "This OpenCV holds no face detector.",
                    received=f"OpenCV {cv2.__version__} without {name}",
                    expected="OpenCV 4, whose wheels hold the cascades",
                    hint="pip install 'opencv-python-headless<5'",
                )
            setattr(self._own, name, cv2.CascadeClassifier(str(path)))
        return getattr(self._own, name)


def _two_eyes(centres: list[tuple[float, float]], middle: float, width: float) -> dict[str, tuple[float, float]]:
    """The pair of points, one on either side, that lies most level; nothing where no pair can be two eyes."""
    pairs = [
        (abs(right[1] - left[1]) / (right[0] - left[0]), left, right)
        for left in centres
        for right in centres
        if left[0] < middle < right[0] and right[0] - left[0] >= _LEAST_APART * width
    ]
    tilt, left, right = min(pairs, default=(1.0, (0.0, 0.0), (0.0, 0.0)))
    return {"left_eye": left, "right_eye": right} if tilt <= _MOST_TILT else {}
