"""C7: weights that run away."""

from __future__ import annotations

from watched_zoo import broken, healthy

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(signals, **changes):  # noqa: D103
    return diagnose({**signals, **changes}, [rule("C7")])[0]


def grown(signals):  # noqa: D103
    signals["weights"].values[4:, 2, 0] = 400.0
    signals["weights"].values[4:, 2, 3] = 90.0
    return signals


def test_growth_in_a_lost_training_is_an_issue_and_in_a_good_one_none() -> None:
    """Weights may grow while they learn."""
    assert judge(grown(broken())).finding.where.layer == "dense_2"
    assert judge(grown(broken())).finding.severity is Severity.ISSUE
    assert judge(grown(healthy())).status is Status.CLEAR
