"""A8: rare classes that are neglected, found, or not judged."""

from __future__ import annotations

import numpy as np
import pytest
from program_zoo import classifier
from signal_zoo import series, signals

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose

RARE = series("class_counts", [[950, 50], [190, 10], [190, 10]], class_=["well", "ill"])


def judge(confusion=None, counts=RARE):  # noqa: D103
    values = {"class_counts": counts} | ({} if confusion is None else {"confusion": confusion})
    return diagnose(signals(**values), [rule("A8")])[0]


def test_a_neglected_rare_class_is_an_issue() -> None:
    """Half of the rare rows missed, with enough rows to be sure."""
    verdict = judge([[950, 0], [40, 10]])
    assert verdict.finding.severity is Severity.ISSUE
    assert "ill (50 rows)" in verdict.reason


def test_a_rare_class_that_is_found_is_clear() -> None:
    """Imbalance that is handled well is no fault."""
    assert judge([[940, 10], [4, 46]]).status is Status.CLEAR


def test_too_few_rows_to_judge_are_a_tip() -> None:
    """Two of five found: the interval reaches from poor to good."""
    assert judge([[90, 0], [3, 2]]).finding.severity is Severity.TIP


def test_without_predictions_imbalance_is_a_tip() -> None:
    """Nothing says that a model would neglect the class."""
    assert judge().finding.severity is Severity.TIP


@pytest.mark.parametrize("counts", [[50, 50], [91, 10]])
def test_even_classes_are_clear(counts: list[int]) -> None:
    """Up to a ratio of ten."""
    verdict = judge(counts=series("class_counts", [counts, counts, counts], class_=["a", "b"]))
    assert verdict.status is Status.CLEAR


def test_the_false_alarm_rate_is_small_for_a_rare_class_as_good_as_the_rest() -> None:
    """Drawn at a recall of 0.8 on both classes, the rule never calls 20 held-out rows an issue."""
    generator = np.random.default_rng(0)
    for hits, others in zip(generator.binomial(20, 0.8, 300), generator.binomial(400, 0.8, 300), strict=True):
        verdict = judge([[others, 400 - others], [20 - hits, hits]])
        assert verdict.finding is None or verdict.finding.severity is Severity.TIP


def test_a_program_that_weighs_its_classes_needs_no_advice() -> None:
    """Without an evaluation a rare class is a tip, and none where the fit is given weights."""
    counted = series("class_counts", [[900, 20], [90, 2]], split=["train", "validation"], class_=["0", "1"])
    rare = {"class_counts": counted}
    assert diagnose(rare, [rule("A8")])[0].finding.severity is Severity.TIP
    weighted = {**rare, "program": classifier(fit={"class_weight": {"0": 1.0, "1": 45.0}})}
    assert diagnose(weighted, [rule("A8")])[0].status is Status.CLEAR
