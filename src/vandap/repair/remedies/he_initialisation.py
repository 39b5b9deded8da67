"""Initialise ReLU layers with "he_normal"."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import Initialiser
from vandap.repair.remedy import Case, Remedy, Safety


class HeInitialisation(Remedy):
    """Kernels that keep the size of the signal."""

    words = 'initialise ReLU layers with "he_normal"'
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        layers = tuple(layer.path for layer in case.hidden("Dense", "Conv1D", "Conv2D"))
        return ((Initialiser("he_normal", layers),),) if layers else ()
