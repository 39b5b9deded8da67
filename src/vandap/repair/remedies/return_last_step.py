"""Let the last recurrent layer return its last step."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import LayerSetting
from vandap.repair.remedy import Case, Remedy, Safety


class ReturnLastStep(Remedy):
    """One answer for a sequence."""

    words = "leave return_sequences=True out of the last recurrent layer"
    safety = Safety.ASK
    by_hand = True

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        given = [layer for layer in case.program.layers if layer.settings.get("return_sequences") is True]
        return ((LayerSetting("return_sequences", False, (given[-1].path,)),),) if given else ()
