"""Mask the zeros that sequences are padded with."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import LayerSetting
from vandap.repair.layers import of_kind
from vandap.repair.remedy import Case, Remedy, Safety


class MaskPadding(Remedy):
    """Steps of zeros are passed over."""

    words = "mask the zeros: Embedding(mask_zero=True) or a Masking layer; or pad in front"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        others = tuple(layer.path for layer in of_kind(case, "Masking") if layer.settings.get("mask_value"))
        if others:
            return ((LayerSetting("mask_value", 0.0, others),),)
        tables = tuple(layer.path for layer in of_kind(case, "Embedding") if not layer.settings.get("mask_zero"))
        return ((LayerSetting("mask_zero", True, tables),),) if tables else ()
