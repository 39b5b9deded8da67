"""Lead the input of each block around it."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import Skip
from vandap.repair.remedy import Case, Remedy, Safety
from vandap.repair.shared import keeping_the_shape


class AddSkipConnections(Remedy):
    """A short way for the gradient."""

    words = "lead the input of each block around it: layers.add([x, block(x)])"
    safety = Safety.ASK
    by_hand = True

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        layers = tuple(layer.path for layer in keeping_the_shape(case))
        return ((Skip(layers),),) if layers else ()
