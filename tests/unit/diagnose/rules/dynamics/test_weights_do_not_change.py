"""C6: weights that stay as they were."""

from __future__ import annotations

from watched_zoo import healthy, poor

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(signals, **changes):  # noqa: D103
    return diagnose({**signals, **changes}, [rule("C6")])[0]


def test_a_trained_matrix_that_did_not_move_is_found() -> None:
    """Frozen ones, and those that start at zero, are not judged."""
    signals = healthy()
    assert judge(signals).status is Status.CLEAR
    signals["weight_change"].values[0, 0] = 0.0
    assert judge(signals).finding.where.layer == "dense_0"
    assert judge(signals).finding.severity is Severity.TIP  # the network learns all the same
    signals["weight_change"].values[0, 4] = 0.0
    assert judge(signals).status is Status.CLEAR


def test_where_little_is_learnt_a_matrix_that_did_not_move_is_an_issue() -> None:
    """Something keeps the gradient from it."""
    signals = poor()
    signals["weight_change"].values[0, 0] = 0.0
    assert judge(signals).finding.severity is Severity.ISSUE
