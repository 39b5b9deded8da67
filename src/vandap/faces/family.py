"""The face detectors by name."""

from __future__ import annotations

from vandap.core.family import by_slug, members
from vandap.faces import detectors as package
from vandap.faces.detectors._detector import FaceDetector


def detectors() -> tuple[FaceDetector, ...]:
    """Every detector, installed or not."""
    return members(package, FaceDetector)  # type: ignore[type-abstract]


def detector(slug: str) -> FaceDetector:
    """A detector by name, ready to be used.

    Raises:
        UsageError: There is none.
        MissingExtraError: Its package is not installed.
    """
    found = by_slug(
        detectors(),
        slug,
        unknown="There is no such face detector.",
        hint="Leave --faces out where the photos are cut to faces already.",
    )
    found.need()
    return found
