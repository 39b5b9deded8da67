"""What a trained model answers on the examples that were kept, in training and in inference mode; no state changes."""

from __future__ import annotations

from vandap.core.program import Program
from vandap.watch.kept import Kept
from vandap.watch.recorder import Signals


def afterwards(kept: Kept, program: Program) -> Signals:
    """Measure the signals `predictions`, `inference_loss` and `loss_parts`."""
    return {}
