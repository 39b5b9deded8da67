"""A12: one column that gives the answer away."""

from __future__ import annotations

import numpy as np
from signal_zoo import features, ladder, signals

from vandap.core.finding import Severity, Status
from vandap.core.signals import Series
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose

FULL = ladder(dummy=(0.5, 0.45, 0.55), linear=(1.0, 0.99, 1.0))
SIZES = [455, 0, 114]


def judge(scores, full=FULL):  # noqa: D103
    return diagnose(signals(feature_scores=features(**scores), ladder_scores=full, split_sizes=SIZES), [rule("A12")])[0]


def test_a_perfect_column_far_ahead_is_an_issue() -> None:
    """Also where honest columns are good, as the measurements of tumours are."""
    assert judge({"code": 1.0, "age": 0.3}).finding.severity is Severity.ISSUE
    verdict = judge({"worst_perimeter": 0.87, "copy": 1.0})
    assert verdict.finding.severity is Severity.ISSUE
    assert "copy" in verdict.reason


def test_a_nearly_perfect_column_is_a_tip() -> None:
    """It may be an honest measurement."""
    assert judge({"code": 0.985, "age": 0.3}).finding.severity is Severity.TIP


def test_an_easy_task_is_clear() -> None:
    """Several columns each do well, as the petals of irises do."""
    assert judge({"petal_width": 0.96, "petal_length": 0.95, "sepal": 0.4}).status is Status.CLEAR


def test_a_good_column_that_is_not_the_whole_score_is_clear() -> None:
    """All columns together do clearly better."""
    assert judge({"odour": 0.97, "colour": 0.5}).status is Status.CLEAR


def test_errors_are_read_as_skill() -> None:
    """Negated errors: the dummy's error is the unit."""
    full = ladder(dummy=(-80.0, -84.0, -76.0), linear=(-0.1, -0.12, -0.08))
    assert judge({"copy": 0.999, "age": 0.1}, full).finding.severity is Severity.ISSUE
    weak = ladder(dummy=(-80.0, -84.0, -76.0), linear=(-60.0, -64.0, -56.0))
    assert judge({"age": 0.25, "bmi": 0.1}, weak).status is Status.CLEAR


def test_without_the_dummy_nothing_can_be_told() -> None:
    """Skill has no zero then."""
    assert judge({"copy": 1.0}, ladder(linear=(1.0, 0.99, 1.0))).status is Status.CANNOT_TELL


def watched(scores, together, others):  # noqa: D103
    skill = Series(np.array([together, others, 1000.0]), {"fact": ("all", "others", "rows")})
    return diagnose({"feature_scores": features(**scores), "table_skill": skill}, [rule("A12")])[0]


def test_a_watched_column_is_compared_with_all_others_together() -> None:
    """An issue where these know a part, a tip where they know nothing, clear where they know all."""
    scores = {"visits": 1.0, "age": 0.3}
    assert watched(scores, 1.0, 0.5).finding.severity is Severity.ISSUE
    assert watched({"visits": 1.0, "age": -0.1}, 1.0, 0.01).finding.severity is Severity.TIP
    assert watched(scores, 1.0, 0.995).status is Status.CLEAR


def test_watched_columns_far_from_perfection_are_clear() -> None:
    """Nothing was measured together then."""
    assert watched({"visits": 0.8, "age": 0.3}, np.nan, np.nan).status is Status.CLEAR
