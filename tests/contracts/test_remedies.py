"""The contract that every remedy keeps. A new remedy is tested by existing."""

from __future__ import annotations

import pytest
from contracts.test_rules import any_program
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vandap.core.finding import Finding, Severity, Where
from vandap.core.program import Program
from vandap.diagnose.catalogue import rules
from vandap.errors import UsageError
from vandap.repair.catalogue import advice, catalogue, remedy
from vandap.repair.changes.change import Change, kinds, restored
from vandap.repair.remedy import Case, Remedy, Safety

every_remedy = pytest.mark.parametrize("cure", catalogue().values(), ids=lambda cure: cure.slug)


def test_every_remedy_that_a_rule_names_is_there() -> None:
    """A finding never sends its reader to a remedy that nobody wrote."""
    named = {slug for rule in rules() for slug in rule.remedies}
    assert not named - set(catalogue())


def test_every_remedy_belongs_to_a_rule() -> None:
    """No remedy stands for a fault that no rule finds any more."""
    named = {slug for rule in rules() for slug in rule.remedies}
    assert not set(catalogue()) - named


@every_remedy
def test_a_remedy_says_what_to_do(cure: Remedy) -> None:
    """The instruction is a clause without a full stop, in the terms of Keras."""
    assert cure.words and cure.words[0] != " " and not cure.words.endswith(".")


@every_remedy
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(program=any_program, place=st.none() | st.sampled_from(["", "a", "Dense"]))
def test_any_program_gives_changes_that_can_be_stored(cure: Remedy, program: Program, place: str | None) -> None:
    """Whatever a record holds, a remedy answers with typed changes; one that is advice with none."""
    finding = Finding("A1", "x", "x", Severity.ISSUE, "", where=Where("model", place))
    found = tuple(cure.proposals(Case(finding, program)))
    assert all(changes and all(isinstance(change, Change) for change in changes) for changes in found)
    assert all(restored(change.stored()) == change for changes in found for change in changes)
    if cure.safety is Safety.ADVICE:
        assert not found


def test_changes_have_names_of_their_own() -> None:
    """Each kind of change is stored under one slug."""
    assert all(kind.slug == slug for slug, kind in kinds().items())


def test_a_slug_becomes_an_instruction() -> None:
    """What a slug leaves open is said in the terms of Keras; an unknown one is said in its own words."""
    assert advice("set-from-logits") == "give the loss from_logits=True"
    assert advice("plant-a-tree") == "plant a tree"


def test_an_unknown_remedy_is_refused() -> None:
    """A wrong slug is told, not ignored."""
    with pytest.raises(UsageError, match="no such remedy"):
        remedy("plant-a-tree")
