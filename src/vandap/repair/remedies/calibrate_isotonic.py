"""Calibrate isotonic."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class CalibrateIsotonic(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "map the probabilities through sklearn's IsotonicRegression, fitted on validation rows"
