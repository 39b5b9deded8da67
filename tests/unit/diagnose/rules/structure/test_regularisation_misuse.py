"""B13: penalties that outweigh the data."""

from __future__ import annotations

import numpy as np
import pytest
from program_zoo import classifier, dense, regressor
from watched_zoo import comparison, healthy, poor, table, with_loss

from vandap.core.finding import Severity, Status
from vandap.core.signals import Series
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(program, **signals):  # noqa: D103
    return diagnose({"program": program, **signals}, [rule("B13")])[0]


def penalty(**config: float):  # noqa: D103
    return {"kernel_regularizer": {"class_name": "L1L2" if len(config) > 1 else "L2", "config": config}}


def by_heart(errors):  # noqa: D103
    return table("test_one_batch", {"model": (1.1, 0.5, 200, errors)}, ("first", "last", "steps", "errors"))


def test_a_hopeless_penalty_on_every_layer_is_an_issue_of_classifiers() -> None:
    """The error of a regression may be of any size; and a layer without penalty makes up for others."""
    sick, head = dense(32, "relu", **penalty(l2=5.0)), dense(3, "softmax", **penalty(l2=5.0))
    verdict = judge(classifier(sick, head=head))
    assert verdict.finding.severity is Severity.ISSUE
    assert verdict.finding.where.layer == "dense_0"
    assert judge(regressor(sick, head=dense(1, **penalty(l2=5.0)))).status is Status.SUSPECTED
    assert judge(classifier(sick)).status is Status.SUSPECTED


def test_weight_decay_that_eats_a_share_of_every_step() -> None:
    """0.1 a step is too much, 0.004 a unit of the rate is usual."""
    assert judge(classifier(settings={"weight_decay": 100.0})).finding.severity is Severity.ISSUE
    assert judge(classifier(settings={"weight_decay": 0.004})).status is Status.CLEAR


def test_a_strong_penalty_is_judged_by_the_course() -> None:
    """Shrunken weights and a loss that stays; or one batch that is learnt without the penalty."""
    strong = classifier(dense(32, "relu", **penalty(l2=0.1)), dense(16, "relu"))
    shrunk = {**with_loss(4.1, 1.11, 0.34, strong), "loss_parts": parts(1.1, 3.0, 1.1, 0.01)}
    same = {**with_loss(4.1, 2.98, 0.36, strong), "loss_parts": parts(1.1, 3.0, 1.0, 2.0)}
    assert judge(**shrunk).finding.severity is Severity.ISSUE
    assert judge(**same).tests == ("one_batch",)
    assert judge(**same, test_one_batch=by_heart(0.0)).finding.severity is Severity.ISSUE
    assert judge(**same, test_one_batch=by_heart(0.5)).status is Status.CLEAR
    assert judge(**healthy(strong)).tests == ("without_penalties",)


def parts(*values):  # noqa: D103
    names = ("data_first", "penalty_first", "data_last", "penalty_last")
    return Series(np.array(values, dtype=np.float64), {"fact": names})


@pytest.mark.parametrize("strength", [1e-5, 1e-3, 1e-2])
def test_usual_penalties_are_clear(strength) -> None:
    """Also where little is learnt, unless the penalty outweighs the data."""
    mild = classifier(dense(32, "relu", **penalty(l2=strength)), dense(16, "relu"))
    assert judge(mild).status is Status.CLEAR
    assert judge(**{**poor(mild), "loss_parts": parts(1.1, 0.01, 1.0, 0.01)}).status is Status.CLEAR


def test_a_network_that_learns_must_learn_better_without_penalties() -> None:
    """Half of what there is to learn, under a strong penalty; a weak one is no matter."""
    strong = with_loss(1.1, 0.5, 0.8, classifier(dense(32, "relu", **penalty(l2=0.1)), dense(16, "relu")))
    weak = with_loss(1.1, 0.5, 0.8, classifier(dense(32, "relu", **penalty(l2=0.001)), dense(16, "relu")))
    better = comparison("without_penalties", real=(0.5, 0.6), without=(0.1, 0.2))
    alike = comparison("without_penalties", real=(0.5, 0.6), without=(0.45, 0.58))
    assert judge(**strong, test_without_penalties=better).finding.severity is Severity.ISSUE
    assert judge(**strong, test_without_penalties=alike).status is Status.CLEAR
    assert judge(**weak).status is Status.CLEAR
