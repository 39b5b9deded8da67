"""Remedies in words."""

from __future__ import annotations

from vandap.diagnose.catalogue import rules
from vandap.report.remedies import _WORDS, advice


def test_a_slug_becomes_an_instruction() -> None:
    """What a slug leaves open is said in the terms of Keras; any other slug is said in its own words."""
    assert advice("set-from-logits") == "give the loss from_logits=True"
    assert advice("weight-classes") == "weight classes"


def test_every_instruction_belongs_to_a_rule() -> None:
    """No instruction stands for a remedy that no rule names any more (a crash names its own)."""
    named = {remedy for rule in rules() for remedy in rule.remedies}
    assert not set(_WORDS) - named
