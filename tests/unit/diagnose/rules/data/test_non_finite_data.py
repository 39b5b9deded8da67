"""A1: values that are not finite, missing targets, missing inputs."""

from __future__ import annotations

import pytest
from program_zoo import classifier, dense, layer
from signal_zoo import series, signals
from watched_zoo import table

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose

RULE = rule("A1")


def judge(**values):  # noqa: D103
    return diagnose(signals(**values), [RULE])[0]


def test_one_infinite_value_is_an_issue_that_names_the_column() -> None:
    """Any value that is not finite is too much."""
    verdict = judge(nonfinite_share=series("nonfinite_share", [0.0, 0.001], column=["age", "pay"]))
    assert verdict.finding.severity is Severity.ISSUE
    assert "pay (0.10%)" in verdict.reason
    assert "age" not in verdict.reason


@pytest.mark.parametrize(("lost", "severity"), [(2, Severity.TIP), (30, Severity.ISSUE)])
def test_missing_targets_are_an_issue_from_five_percent_on(lost: int, severity: Severity) -> None:
    """The share is counted over kept and lost rows together."""
    verdict = judge(nonfinite_share=[0.0], target_missing=lost, split_sizes=[80, 10, 10])
    assert verdict.finding.severity is severity
    assert verdict.finding.evidence["share"] == pytest.approx(lost / (100 + lost))


def test_missing_inputs_are_a_tip() -> None:
    """They are imputed, and the model is told which."""
    verdict = judge(nonfinite_share=[0.0], missing_share=[0.06])
    assert verdict.finding.severity is Severity.TIP


def test_complete_data_are_clear() -> None:
    """Finite inputs and few missing values: nothing to say."""
    assert judge(nonfinite_share=[0.0, 0.0], missing_share=[0.05, 0.0], target_missing=0).status is Status.CLEAR


def test_what_a_watched_model_received() -> None:
    """NaN in inputs or targets is an issue; where code of the user's own reads them, it may be a mark: a tip."""
    facts = ("nonfinite",)
    bad = table("input_statistics", {"input": (3,)}, facts)
    good = table("input_statistics", {"input": (0,)}, facts)
    targets = table("label_statistics", {"output": (2,)}, facts)
    own = classifier(layer("Imputing", module="mine"), dense(8, "relu"))

    def judge(**signals):
        return diagnose(signals, [rule("A1")])[0]

    assert judge(program=classifier(), input_statistics=bad).finding.severity is Severity.ISSUE
    assert (
        judge(program=classifier(), input_statistics=good, label_statistics=targets).finding.severity is Severity.ISSUE
    )
    assert judge(program=own, input_statistics=bad).finding.severity is Severity.TIP
    assert judge(program=classifier(), input_statistics=good).status is Status.CLEAR
