"""Leave the initialisers out: the defaults suit."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import Initialiser
from vandap.repair.layers import with_own_initialiser
from vandap.repair.remedy import Case, Remedy, Safety


class UsualInitialisers(Remedy):
    """The initialisers that Keras takes by default."""

    words = "leave the initialisers out: the defaults suit"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        layers = with_own_initialiser(case)
        return ((Initialiser("", layers),),) if layers else ()
