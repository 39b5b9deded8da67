"""What holds for every face detector."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vandap.errors import DataError, MissingExtraError, UsageError
from vandap.faces.detectors._detector import FaceDetector
from vandap.faces.family import detector, detectors


@pytest.fixture(params=detectors(), ids=lambda item: item.slug)
def one(request: pytest.FixtureRequest) -> FaceDetector:
    """Each detector that is installed."""
    if not request.param.installed:
        pytest.skip(f"{request.param.package} is not installed")
    return request.param


def test_nothing_is_found_where_there_is_nothing(one: FaceDetector) -> None:
    """Flat, noisy, tiny and very wide photos: no face, no error."""
    noise = np.random.default_rng(0).integers(0, 255, (64, 80, 3), np.uint8)
    for photo in (np.full((60, 60, 3), 128, np.uint8), noise, noise[:3, :3], noise[:2]):
        assert one.detect(np.ascontiguousarray(photo)) == ()


@pytest.mark.slow
def test_real_faces_are_found(one: FaceDetector) -> None:
    """At least 95 of 100 photos of ORL have one face, and it lies in the photo."""
    if not os.environ.get("VANDAP_DATA"):
        pytest.skip("VANDAP_DATA is not set")
    archive = zipfile.ZipFile(Path(os.environ["VANDAP_DATA"]) / "faces" / "orl_att_faces_92x112.zip")
    names = sorted(name for name in archive.namelist() if name.endswith(".pgm"))[::4]
    photos = [np.asarray(Image.open(io.BytesIO(archive.read(name))).convert("RGB")) for name in names]
    found = [one.detect(photo) for photo in photos]
    assert np.mean([len(faces) == 1 for faces in found]) >= 0.9
    for left, top, width, height in (face.box for faces in found for face in faces):
        assert left >= 0 and top >= 0 and left + width <= 92 and top + height <= 112


def test_an_opencv_without_cascades_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Version 5 has neither the class nor the files; the message says which to install."""
    cv2 = pytest.importorskip("cv2")
    from vandap.faces.detectors.haar import Haar

    monkeypatch.delattr(cv2, "CascadeClassifier")
    with pytest.raises(DataError, match="holds no face detector"):
        Haar().detect(np.zeros((60, 60, 3), np.uint8))


def test_an_unknown_or_missing_detector_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """One message each; a missing package names its extra."""
    with pytest.raises(UsageError):
        detector("other")
    for item in detectors():
        monkeypatch.setattr(type(item), "package", "no_such_package")
        with pytest.raises(MissingExtraError, match="no_such_package"):
            detector(item.slug)
