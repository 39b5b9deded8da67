"""A8: rare classes that are neglected, found, or not judged."""

from __future__ import annotations

import numpy as np
import pytest
from program_zoo import classifier, regressor
from signal_zoo import series, signals
from watched_zoo import RECALL, healthy, stuck, table

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


def watched(learns=True, **fit):
    """A training on 540 rows of one class and 28 of two rare ones."""
    rare = table("label_counts", {"output": (540, 12, 16)}, ("0", "1", "2"))
    program = classifier(fit=fit)
    return {**(healthy(program) if learns else stuck(program)), "label_counts": rare}


def test_counts_are_no_classes() -> None:
    """Ten goals in a match are rare by right."""
    for loss in ("Poisson", "MeanSquaredError"):
        signals = {**watched(), "program": regressor(loss=loss)}
        assert diagnose(signals, [rule("A8")])[0].status is Status.CLEAR


def test_classes_of_pixels_are_not_counted_as_rows() -> None:
    """Of 400 masks of 24 x 24 pixels, a class with 15,000 pixels is not rare; nor are tags, of which rows have many."""
    observed = {"label_statistics": table("label_statistics", {"output": (400,)}, ("examples",))}
    pixels = {**watched(), **observed, "label_counts": table("label_counts", {"output": (215352, 15048)}, ("0", "1"))}
    assert diagnose(pixels, [rule("A8")])[0].status is Status.CANNOT_TELL
    split = table("class_counts", {"train": (172000, 12320), "validation": (43352, 2728)}, ("0", "1"))
    assert diagnose({**pixels, "class_counts": split}, [rule("A8")])[0].status is Status.CANNOT_TELL
    one_each = {**pixels, "label_counts": table("label_counts", {"output": (380, 20)}, ("0", "1"))}
    assert diagnose(one_each, [rule("A8")])[0].status is Status.SUSPECTED


def recalls(hits, weighted, share=1.0):
    """The test: all of the frequent class is found; `hits` of each rare one, and `weighted` with equal weights."""
    rows = {"0": (100, 100, 540, 540, 500), "1": (3, 0, 12, hits, weighted), "2": (4, 0, 16, hits, weighted)}
    return table("test_class_recall", {name: (*row, 162, share) for name, row in rows.items()}, RECALL)


def test_rare_classes_of_a_watched_training_are_judged_together() -> None:
    """An issue where their recall is surely below that of the others; with weights, the user knows."""
    rule_alone = [rule("A8")]
    assert diagnose(watched(), rule_alone)[0].tests == ("class_recall",)
    assert diagnose({**watched(), "test_class_recall": recalls(2, 9)}, rule_alone)[0].finding.severity is Severity.ISSUE
    assert diagnose({**watched(), "test_class_recall": recalls(11, 9)}, rule_alone)[0].finding.severity is Severity.TIP
    assert diagnose(watched(class_weight={"0": 1.0, "1": 40.0}), rule_alone)[0].status is Status.CLEAR


def test_where_nothing_is_learnt_equal_weights_must_help() -> None:
    """Else something else keeps the network from learning; nor do trainings that were cut short tell."""
    rule_alone, nothing = [rule("A8")], watched(learns=False)
    found, cut = recalls(0, 10), recalls(0, 10, share=0.2)
    assert diagnose({**nothing, "test_class_recall": found}, rule_alone)[0].finding.severity is Severity.ISSUE
    other = diagnose({**nothing, "test_class_recall": recalls(0, 0)}, rule_alone)[0]
    assert other.finding.severity is Severity.TIP
    assert diagnose({**watched(), "test_class_recall": cut}, rule_alone)[0].finding.evidence["recall_high"] > 0.3


def test_weights_that_make_a_frequent_class_heavier_are_an_issue() -> None:
    """The counts given as weights; weights that balance, or lean a little, are the user's."""
    counts = table("label_counts", {"output": (900, 100)}, ("0", "1"))

    def of(weights):
        program = classifier(fit={"class_weight": weights})
        return diagnose({**healthy(program), "label_counts": counts}, [rule("A8")])[0]

    found = of({"0": 9.0, "1": 1.0}).finding
    assert found.severity is Severity.ISSUE and found.where.component == "fit"
    assert of({"0": 0.5, "1": 5.0}).finding is None and of({"0": 1.2, "1": 1.0}).finding is None
