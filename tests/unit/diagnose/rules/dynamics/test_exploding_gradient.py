"""C2: gradients that grow without bound."""

from __future__ import annotations

from watched_zoo import broken, healthy

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(signals, **changes):  # noqa: D103
    return diagnose({**signals, **changes}, [rule("C2")])[0]


def grown(signals):  # noqa: D103
    signals["gradients"].values[5, 1, 0] = 500.0
    return signals


def test_growth_that_breaks_the_training_is_an_issue_at_the_variable() -> None:
    """In a training that learns, clipping or luck did its work."""
    verdict = judge(grown(broken()))
    assert verdict.finding.severity is Severity.ISSUE
    assert verdict.finding.where.layer == "dense_1"
    assert judge(grown(healthy())).status is Status.CLEAR
    assert judge(broken()).status is Status.CLEAR
