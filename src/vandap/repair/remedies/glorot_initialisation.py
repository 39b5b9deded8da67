"""Initialise with "glorot_uniform"."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import Initialiser
from vandap.repair.remedy import Case, Remedy, Safety


class GlorotInitialisation(Remedy):
    """Kernels that keep the size of the signal."""

    words = 'initialise with "glorot_uniform"'
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        layers = tuple(layer.path for layer in case.hidden("Dense", "Conv1D", "Conv2D"))
        return ((Initialiser("glorot_uniform", layers),),) if layers else ()
