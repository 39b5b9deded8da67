"""Clip the gradient: clipnorm=1.0 in the optimizer."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import Clip
from vandap.repair.remedy import Case, Remedy, Safety


class ClipGradients(Remedy):
    """A bound on the gradient."""

    words = "clip the gradient: clipnorm=1.0 in the optimizer"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return ((Clip(1.0),),)
