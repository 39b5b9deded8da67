"""C5: sigmoid and tanh units at the ends of their range."""

from __future__ import annotations

import numpy as np
from program_zoo import classifier, dense
from watched_zoo import ACTIVATION, probed, with_loss

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(signals, **changes):  # noqa: D103
    return diagnose({**signals, **changes}, [rule("C5")])[0]


PROGRAM = classifier(dense(16, "tanh"), dense(16, "tanh"), head=dense(3, "sigmoid"))


def activations(*shares: float):  # noqa: D103
    rows = {f"dense_{place}": (0.0, 0.9, 1.0, 0.0, 0.0, np.nan, share) for place, share in enumerate(shares)}
    return probed("activations", rows, ACTIVATION)


def test_saturation_that_stops_the_training_is_an_issue() -> None:
    """At the first layer that saturates."""
    verdict = judge(with_loss(1.1, 1.1, 0.34, PROGRAM), activations=activations(0.3, 0.9, 0.9))
    assert verdict.finding.severity is Severity.ISSUE
    assert verdict.finding.where.layer == "dense_1"


def test_where_little_is_learnt_it_is_suspected_and_where_much_is_it_is_clear() -> None:
    """Binary codes are no fault."""
    shares = activations(0.9, 0.9, 0.9)
    assert judge(with_loss(1.1, 0.94, 0.36, PROGRAM), activations=shares).tests == (
        "standardised_input", "learning_rate",
    )  # fmt: skip
    assert judge(with_loss(1.1, 0.1, 0.98, PROGRAM), activations=shares).status is Status.CLEAR


def test_the_output_may_saturate() -> None:
    """A sure answer stands at the end of its range."""
    assert judge(with_loss(1.1, 1.1, 0.34, PROGRAM), activations=activations(0.1, 0.2, 1.0)).status is Status.CLEAR
