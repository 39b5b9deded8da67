"""Divide pixels by 255, or begin with Rescaling(1/255)."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.data import RescaleInputs
from vandap.repair.inputs import highest
from vandap.repair.remedy import Case, Remedy, Safety


class RescaleImages(Remedy):
    """Pixels from 0 to 1."""

    words = "divide pixels by 255, or begin with Rescaling(1/255)"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        most = highest(case)
        return ((RescaleInputs(255.0),),) if most is not None and 127 < most <= 255 else ()
