"""The engine: one verdict a rule, crashes contained, one root cause a chain."""

from __future__ import annotations

from typing import Any

import pytest
from signal_zoo import signals

from vandap.core.finding import Severity, Status
from vandap.core.recipe import Recipe
from vandap.diagnose.engine import diagnose
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected

DOC = """One line.

## What it finds
x

## Why it matters
x

## What to do
x

## References
- x
"""


def make(
    code: str,
    slug: str,
    outcome: Any,
    explains: tuple[str, ...] = (),
    severity: str = "issue",
    fault: str | None = None,
    *,
    sums_up: bool = False,
) -> Rule:
    """A rule `code slug` below a made-up package that answers with `outcome` ("found" builds its finding)."""
    name = fault

    def check(self: Rule, loss: Any) -> Outcome:
        if isinstance(outcome, Exception):
            raise outcome
        finding = self.found("Bad.", {"x": 1}, confidence=0.5, severity=Severity(severity), fault=name)
        return {"found": finding, "suspected": Suspected(finding, ("shuffle-labels",))}.get(outcome, outcome)

    def broken(self: Rule, recipe: Recipe) -> Recipe:
        return recipe

    body = {
        "__module__": f"rules.dynamics.{slug.replace('-', '_')}",
        "__doc__": DOC,
        "code": code,
        "remedies": ("cure",),
        "explains": explains,
        "sums_up": sums_up,
        "check": check,
        "fault": broken,
    }
    return type(slug.title(), (Rule,), body)()  # type: ignore[no-any-return]


LOSS = signals(loss=[1.0])


def judged(*rules: Rule) -> dict[str, Any]:
    """Verdicts by slug."""
    return {verdict.slug: verdict for verdict in diagnose(LOSS, rules)}


def test_answers_become_verdicts() -> None:
    """Each answer of a rule has its verdict; a suspicion is a tip that names its tests."""
    verdicts = judged(
        make("C1", "one", "found"),
        make("C2", "two", Clear("fine")),
        make("C3", "three", CannotTell("dark")),
        make("C4", "four", "suspected"),
    )
    statuses = [verdict.status for verdict in verdicts.values()]
    assert statuses == [Status.FOUND, Status.CLEAR, Status.CANNOT_TELL, Status.SUSPECTED]
    assert verdicts["four"].finding.severity is Severity.TIP
    assert verdicts["four"].tests == ("shuffle-labels",)
    assert verdicts["two"].reason == "fine"


def test_a_crash_harms_no_other_rule() -> None:
    """A rule that raises, or answers nonsense, is reported with its traceback; the others are judged as ever."""
    verdicts = judged(make("C1", "bad", ZeroDivisionError("oh")), make("C2", "odd", None), make("C3", "good", "found"))
    assert verdicts["bad"].status is Status.CRASHED
    assert "ZeroDivisionError: oh" in verdicts["bad"].reason
    assert verdicts["odd"].status is Status.CRASHED
    assert verdicts["good"].status is Status.FOUND


def test_one_root_cause_a_chain() -> None:
    """In a chain a -> b -> c, b and c stay found but become tips that name a."""
    verdicts = judged(
        make("C3", "c", "found"), make("C2", "b", "found", explains=("c",)), make("C1", "a", "found", explains=("b",))
    )
    assert verdicts["a"].finding.severity is Severity.ISSUE
    assert verdicts["a"].finding.explained_by is None
    for slug in "bc":
        assert verdicts[slug].status is Status.FOUND
        assert verdicts[slug].finding.severity is Severity.TIP
        assert verdicts[slug].finding.explained_by == "C1 a"
        assert "C1 a" in verdicts[slug].reason


def test_a_tip_explains_no_issue() -> None:
    """A weak cause does not hush a loud symptom."""
    verdicts = judged(make("C1", "a", "found", explains=("b",), severity="tip"), make("C2", "b", "found"))
    assert verdicts["b"].finding.severity is Severity.ISSUE


def test_only_a_rules_own_fault_explains() -> None:
    """Another fault that the rule tells apart is another matter."""
    verdicts = judged(make("C1", "a", "found", explains=("b",), fault="a-like"), make("C2", "b", "found"))
    assert verdicts["b"].finding.explained_by is None


def test_a_fault_that_is_summed_up_is_told_once() -> None:
    """A crash that names a fault stands for the rule of that fault, and for what that one explains."""
    verdicts = judged(
        make("C1", "a", "found", fault="b", sums_up=True),
        make("C2", "b", "found", explains=("c",)),
        make("C3", "c", "found"),
        make("C4", "d", "found"),
    )
    told = {slug: verdict.finding.explained_by for slug, verdict in verdicts.items()}
    assert told == {"a": None, "b": "C1 a", "c": "C1 a", "d": None}


def test_a_cause_that_is_not_found_explains_nothing() -> None:
    """Only what was found counts as a cause."""
    verdicts = judged(make("C1", "a", Clear("fine"), explains=("b",)), make("C2", "b", "found"))
    assert verdicts["b"].finding.explained_by is None


def test_a_circle_of_explanations_ends() -> None:
    """Two rules that explain each other do not hang the engine."""
    verdicts = judged(make("C1", "a", "found", explains=("b",)), make("C2", "b", "found", explains=("a",)))
    assert {verdict.status for verdict in verdicts.values()} == {Status.FOUND}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"code": "A1"}, "family"),
        ({"code": "X1"}, "family letter and a number"),
        ({"remedies": ("Not A Slug",)}, "no slug"),
        ({"remedies": ()}, "no remedy"),
        ({"__doc__": "One line."}, "What it finds"),
        ({"status": "perfect"}, "status"),
        ({"severity": "loud"}, "Severity"),
        ({"check": lambda self, no_such_signal: None}, "no_such_signal"),
        ({"check": lambda self, loss=1: None}, "default to None"),
        ({"check": lambda self: None}, "reads no signal"),
    ],
)
def test_an_incomplete_rule_cannot_be_defined(change: dict[str, Any], message: str) -> None:
    """What is missing is said when the class is made, not when it first runs."""
    base = type(make("C1", "whole", "found"))
    body = {
        key: item for key, item in vars(base).items() if key in ("__module__", "__doc__", "code", "remedies", "check")
    }
    with pytest.raises(TypeError, match=message):
        type("Broken", (Rule,), {**body, **change})


def test_a_rule_on_trial_alarms_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Among the whole catalogue it gives a tip and explains nothing away; asked by name it has its full voice."""
    trial, stable = make("C91", "on-trial", "found", explains=("sound",)), make("C92", "sound", "found")
    type(stable).status = "stable"
    monkeypatch.setattr("vandap.diagnose.catalogue.rules", lambda: (trial, stable))
    severities = {item.code: item.finding.severity for item in diagnose(LOSS) if item.finding}
    assert severities == {"C91": Severity.TIP, "C92": Severity.ISSUE}
    alone = diagnose(LOSS, [trial])[0].finding
    assert alone is not None
    assert alone.severity is Severity.ISSUE
