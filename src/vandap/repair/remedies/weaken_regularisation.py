"""Weaken regularisation."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import LayerSetting
from vandap.repair.layers import of_kind, without_penalties
from vandap.repair.remedy import Case, Remedy, Safety
from vandap.repair.shared import without_decay


class WeakenRegularisation(Remedy):
    """A weaker penalty."""

    words = "lower the penalty or the dropout rate"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        high = [layer for layer in of_kind(case, "Dropout") if float(layer.settings.get("rate") or 0.0) > 0.3]
        dropped = tuple(layer.path for layer in high)
        penalties = without_penalties(case)
        if penalties:
            yield penalties
        yield from without_decay(case, 0.1, 0.01)
        if dropped:
            yield (LayerSetting("rate", 0.2, dropped),)
