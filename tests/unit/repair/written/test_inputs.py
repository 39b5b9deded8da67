"""Functions that `vandap fix` writes into scripts, to bring inputs to a scale."""

from __future__ import annotations

import numpy as np

from vandap.repair.written.inputs import from_0_to_1, standardised


def test_columns_are_standardised_by_themselves() -> None:
    """Missing values stay missing, constant columns become zero, and twice is as once: a fit may stand in a loop."""
    given = np.array([[1.0, 5.0, 1e9], [3.0, 5.0, np.nan], [5.0, 5.0, 3e9]])
    found = standardised(given)
    assert found.dtype == np.float32 and np.isnan(found[1, 2]) and (found[:, 1] == 0).all()
    np.testing.assert_allclose(found[[0, 2], 2], [-1, 1], rtol=1e-6)
    np.testing.assert_allclose(np.nanstd(found, axis=0), [1, 0, 1], rtol=1e-6)
    np.testing.assert_allclose(standardised(found), found, rtol=1e-6)
    images = np.random.default_rng(0).normal(7, 2, (5, 4, 4, 2))
    np.testing.assert_allclose(standardised(images).mean(axis=(0, 1, 2)), 0, atol=1e-6)


def test_pixels_are_divided_once() -> None:
    """However often they come by."""
    once = from_0_to_1(np.array([0, 51, 255], np.uint8))
    np.testing.assert_allclose(once, [0, 0.2, 1])
    np.testing.assert_array_equal(from_0_to_1(once), once)
