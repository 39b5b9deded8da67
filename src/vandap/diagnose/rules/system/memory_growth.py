"""A process that needs more memory with every epoch."""

from __future__ import annotations

import numpy as np

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.curves import finite
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.watched import at_fit


class MemoryGrowth(Rule):
    """The memory of the process grows from epoch to epoch and does not settle.

    ## What it finds
    A resident memory that grew in nearly every epoch of the second half of at least six, and by a fifth and 200 MB over
    that half.

    ## Why it matters
    A longer training will end with an error, or slow the whole machine down by swapping.

    ## What to do
    Look for lists that collect tensors or predictions in a callback or generator, for layers or models made in a loop,
    and for data that are read again and kept.

    ## References
    - Keras guide, Writing your own callbacks; TraceML (2025)
    """

    code = "E2"
    severity = Severity.TIP
    remedies = ("release-memory",)
    growth = Threshold(0.2, "of the memory at the half: caches settle before")
    bytes = Threshold(2e8, "bytes: less is what allocators keep")
    epochs = Threshold(6, "epochs below which growth cannot be told from warming up")
    steady = Threshold(0.8, "share of the epochs in which it grew")

    def check(self, memory: Series, program: Program | None = None) -> Outcome:
        """Ask whether the second half of the training kept growing."""
        values = finite(memory)
        if values.size < self.epochs.value:
            return CannotTell(f"The memory of fewer than {self.epochs.value:g} epochs is known.")
        late = values[values.size // 2 :]
        grown = float(late[-1] - late[0])
        steady = float((np.diff(late) > 0).mean())
        measured = (
            f"Over the last {late.size} epochs the memory grew from {late[0] / 1e6:.0f} to {late[-1] / 1e6:.0f} MB"
        )
        if grown < self.bytes.value or grown < self.growth.value * late[0] or steady < self.steady.value:
            return Clear(f"{measured} (thresholds {self.growth.value:.0%} and {self.bytes.value / 1e6:.0f} MB).")
        return self.found(
            f"{measured} (thresholds {self.growth.value:.0%} and {self.bytes.value / 1e6:.0f} MB).",
            {"first": late[0], "last": late[-1], "epochs": float(late.size)},
            confidence=0.7,
            where=at_fit(program),
        )
