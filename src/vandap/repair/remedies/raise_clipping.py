"""Raise the clipping bound, or remove it."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import NoClip
from vandap.repair.remedy import Case, Remedy, Safety


class RaiseClipping(Remedy):
    """No bound on the gradient."""

    words = "raise the clipping bound, or remove it"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return ((NoClip(),),)
