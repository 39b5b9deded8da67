"""Augment the training images."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import FirstLayer
from vandap.repair.layers import reads_images
from vandap.repair.remedy import Case, Remedy, Safety


class Augment(Remedy):
    """Images that are moved, mirrored and turned by chance."""

    words = "augment the examples: where they are images, begin with RandomTranslation, RandomFlip or RandomRotation"
    safety = Safety.ASK
    by_hand = True

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        given = {"RandomTranslation": "0.1, 0.1", "RandomFlip": '"horizontal"', "RandomRotation": "0.05"}
        known = {layer.kind for layer in case.program.layers}
        fresh = tuple((FirstLayer(kind, text),) for kind, text in given.items() if kind not in known)
        return fresh if reads_images(case) else ()
