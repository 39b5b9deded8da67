"""The face detectors by name."""

from __future__ import annotations

from vandap.core.family import members
from vandap.errors import UsageError
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
    found = next((item for item in detectors() if item.slug == slug), None)
    if found is None:
        raise UsageError(
            "There is no such face detector.",
            received=slug,
            expected="one of " + ", ".join(item.slug for item in detectors()),
            hint="Leave --faces out where the photos are cut to faces already.",
        )
    found.need()
    return found
