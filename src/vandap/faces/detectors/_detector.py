"""What a face detector is: one package that ships its model, one file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import ClassVar

import numpy as np

from vandap.errors import MissingExtraError


@dataclass(frozen=True)
class Face:
    """A face in a photo, in pixels of it.

    Args:
        box: Left, top, width, height.
        score: How sure the detector is; larger is surer, comparable within one detector only.
        points: Points of the face by name (`left_eye`, `right_eye`, `nose`, `left_mouth`, `right_mouth`; left is the
            viewer's), as many as the detector finds, each (x, y).
    """

    box: tuple[float, float, float, float]
    score: float
    points: Mapping[str, tuple[float, float]]

    @property
    def area(self) -> float:
        """Square pixels of the box."""
        return self.box[2] * self.box[3]


class FaceDetector(ABC):
    """Finds faces.

    Attributes:
        slug: Its name, for `--faces`.
        title: What it is called.
        package: The package that ships its model.
        extra: The extra of vandap that brings the package.
    """

    slug: ClassVar[str]
    title: ClassVar[str]
    package: ClassVar[str]
    extra: ClassVar[str]

    @property
    def installed(self) -> bool:
        """Whether its package can be imported."""
        return find_spec(self.package) is not None

    def need(self) -> None:
        """Refuse to go on without its package.

        Raises:
            MissingExtraError: It is not installed.
        """
        if not self.installed:
            raise MissingExtraError(self.package, self.extra, f"--faces {self.slug}")

    @abstractmethod
    def detect(self, photo: np.ndarray) -> tuple[Face, ...]:
        """Find the faces of a photo, largest first. May be called from several threads at a time.

        Args:
            photo: uint8, shape `(height, width, 3)`.

        Raises:
            DataError: The package is there, but not its model.
        """
