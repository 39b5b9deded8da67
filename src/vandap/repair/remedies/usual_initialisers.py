"""Leave the initialisers out: the defaults suit."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.remedy import Case, Remedy, Safety
from vandap.repair.shared import default_initialisers


class UsualInitialisers(Remedy):
    """The initialisers that Keras takes by default."""

    words = "leave the initialisers out: the defaults suit"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return default_initialisers(case)
