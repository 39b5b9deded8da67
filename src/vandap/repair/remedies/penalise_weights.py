"""Penalise the weights."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import Penalty
from vandap.repair.remedy import Case, Remedy, Safety


class PenaliseWeights(Remedy):
    """Weights that stay small, or none where an input tells nothing."""

    words = 'penalise the weights: kernel_regularizer="l2", or L1 on the first layer, which leaves useless inputs out'
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        layers = tuple(layer.path for layer in case.hidden("Dense", "Conv1D", "Conv2D"))
        if not layers or any(layer.settings.get("kernel_regularizer") for layer in case.program.layers):
            return ()
        return (Penalty(0.0, 1e-3, layers),), (Penalty(1e-4, 1e-4, layers),), (Penalty(1e-3, 0.0, layers[:1]),)
