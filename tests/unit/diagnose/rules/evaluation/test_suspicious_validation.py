"""D3: validation better than training."""

from __future__ import annotations

import numpy as np
from watched_zoo import healthy, plain

from vandap.core.finding import Severity, Status
from vandap.core.signals import Series
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(signals, **changes):  # noqa: D103
    return diagnose({**signals, **changes}, [rule("D3")])[0]


def losses(train: float, inference: float):  # noqa: D103
    return Series(np.array([train, inference, 512.0]), {"fact": ("train_mode", "inference_mode", "examples")})


def test_only_inference_mode_counts() -> None:
    """Dropout makes the reported training loss worse, and is no reason for suspicion."""
    good = plain("val_loss", [1.0, 0.6, 0.3])
    assert judge(healthy(), val_loss=good, inference_loss=losses(0.9, 0.9)).finding.severity is Severity.TIP
    assert judge(healthy(), val_loss=good, inference_loss=losses(0.9, 0.3)).status is Status.CLEAR
