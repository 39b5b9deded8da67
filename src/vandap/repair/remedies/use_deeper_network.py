"""Use deeper network."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import Deepen
from vandap.repair.remedy import Case, Remedy, Safety
from vandap.repair.shared import followable


class UseDeeperNetwork(Remedy):
    """Another hidden layer like the last one."""

    words = "give the network another hidden layer"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        layers = followable(case)
        return ((Deepen((layers[-1].path,)),),) if layers else ()
