"""Faces turned upright."""

from __future__ import annotations

import numpy as np
import pytest

from vandap.faces.align import aligned, frame, similarity, usual_eyes
from vandap.faces.detectors._detector import Face


def test_a_similarity_is_found_again() -> None:
    """Turn, scale and shift of points, exactly; with noise, the nearest."""
    points = np.random.default_rng(0).standard_normal((5, 2))
    turn = np.array([[0.6, -0.8], [0.8, 0.6]]) * 2.5
    moved = points @ turn.T + [3, -4]
    assert np.allclose(similarity(points, moved), np.column_stack([turn, [3, -4]]))


@pytest.mark.parametrize("angle", [0.0, 0.4, -0.3])
@pytest.mark.parametrize("scale", [0.5, 1.0, 7.0])
def test_eyes_come_where_models_expect_them(angle: float, scale: float) -> None:
    """Two bright spots in a turned photo of any size end at the frame's places."""
    side = int(120 * scale)
    across = np.array([np.cos(angle), np.sin(angle)]) * 20 * scale
    middle = np.array([side / 2, side / 2])
    eyes = {"left_eye": tuple(middle - across), "right_eye": tuple(middle + across)}
    rows, columns = np.mgrid[:side, :side]
    photo = np.zeros((side, side, 3), np.uint8)
    for channel, (x, y) in enumerate(eyes.values()):
        photo[..., channel] = 255 * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * (3 * scale) ** 2))
    face = aligned(photo, Face((0, 0, side, side), 1.0, eyes), (112, 96))
    for channel, wanted in enumerate(frame((112, 96), ["left_eye", "right_eye"])):
        here = face[..., channel].astype(float)
        found = [(here.sum(axis=axis) @ np.arange(here.shape[1 - axis])) / here.sum() for axis in (0, 1)]
        assert np.allclose(found, wanted, atol=1.5)


def test_a_face_without_eyes_is_cut_by_its_box() -> None:
    """The usual places of eyes stand in, and grey photos stay grey."""
    face = Face((10, 20, 50, 50), 1.0, {})
    assert usual_eyes(face)["left_eye"] == pytest.approx((25.0, 39.75))
    assert aligned(np.full((90, 80, 1), 9, np.uint8), face, (32, 32)).shape == (32, 32, 1)
