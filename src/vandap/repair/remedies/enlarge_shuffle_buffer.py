"""Shuffle over the whole data set."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.data import ShuffleBuffer
from vandap.repair.remedy import Case, Remedy, Safety


class EnlargeShuffleBuffer(Remedy):
    """Batches from everywhere in the data."""

    words = "shuffle over the whole data set: shuffle(len(x)) before batch"
    safety = Safety.SAFE
    by_hand = True

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        fit = case.program.fit
        return ((ShuffleBuffer(fit.examples or 10_000),),) if fit.data == "tf.data" else ()
