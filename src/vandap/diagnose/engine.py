"""Runs rules over the signals of a run: one verdict a rule, one root cause a chain.

A rule that crashes harms no other. A finding that another, at least as loud finding explains keeps its verdict *found*
and its numbers, but becomes a tip that names its root cause (`Finding.explained_by`), so that the first issue a user
reads is the one to repair.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from vandap.core.finding import Finding, Severity, Status, Verdict
from vandap.core.signals import Series
from vandap.diagnose import catalogue
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected


class HasSignals(Protocol):
    """What a run offers to the rules."""

    @property
    def signals(self) -> Mapping[str, Series]:
        """Every measured signal by name."""


def diagnose(
    subject: HasSignals | Mapping[str, Series],
    rules: Sequence[Rule] | None = None,
    muted: Iterable[str] = (),
) -> tuple[Verdict, ...]:
    """Judge a run by every rule.

    Args:
        subject: A run, or its signals by name.
        rules: The rules to ask; None asks the whole catalogue.
        muted: Codes or slugs of rules that are not to be asked.

    Returns:
        One verdict for each rule, in the rules' order.

    Raises:
        UsageError: A muted name is no rule.
    """
    signals = subject if isinstance(subject, Mapping) else subject.signals
    silent = {catalogue.rule(name).code for name in muted}
    asked = catalogue.rules() if rules is None else tuple(rules)
    verdicts = tuple(_judge(rule, signals, rule.code in silent) for rule in asked)
    return _with_root_causes(verdicts, asked)


def _judge(rule: Rule, signals: Mapping[str, Series], muted: bool) -> Verdict:
    if muted:
        return Verdict(rule.code, rule.slug, Status.MUTED, "Muted on request.")
    missing = [name for name in rule.reads if name not in signals]
    if missing or not any(name in signals for name in rule.reads + rule.optional):
        lacking = ", ".join(missing) or " or ".join(rule.optional)
        return Verdict(rule.code, rule.slug, Status.NOT_APPLICABLE, f"The run did not measure {lacking}.")
    readable = {name: signals[name] for name in rule.reads + rule.optional if name in signals}
    try:
        with np.errstate(all="ignore"):
            return _verdict(rule, rule.check(**readable))
    except Exception:  # one broken rule must not hide the other verdicts
        return Verdict(rule.code, rule.slug, Status.CRASHED, traceback.format_exc())


def _verdict(rule: Rule, outcome: Outcome) -> Verdict:
    if isinstance(outcome, Finding):
        return Verdict(rule.code, rule.slug, Status.FOUND, outcome.message, outcome)
    if isinstance(outcome, Clear):
        return Verdict(rule.code, rule.slug, Status.CLEAR, outcome.reason)
    if isinstance(outcome, CannotTell):
        return Verdict(rule.code, rule.slug, Status.CANNOT_TELL, outcome.reason)
    if isinstance(outcome, Suspected):
        tip = replace(outcome.finding, severity=Severity.TIP)
        return Verdict(rule.code, rule.slug, Status.SUSPECTED, tip.message, tip, outcome.tests)
    raise TypeError(
        f"A rule answers with a Finding, Clear, CannotTell or Suspected. Received: {outcome!r} from {rule.name}."
    )


def _with_root_causes(verdicts: Sequence[Verdict], rules: Sequence[Rule]) -> tuple[Verdict, ...]:
    found = {
        verdict.slug: verdict.finding for verdict in verdicts if verdict.status is Status.FOUND and verdict.finding
    }
    explained = {rule.slug: rule.explains for rule in rules}
    causes = {slug: _root(slug, found, explained) for slug in found}
    return tuple(_explained(verdict, causes.get(verdict.slug)) for verdict in verdicts)


def _root(slug: str, found: Mapping[str, Finding], explained: Mapping[str, tuple[str, ...]]) -> Finding | None:
    """Follow the chain of explanations from one finding to its first cause; a circle ends where it would close."""
    seen, current = {slug}, slug
    while True:
        causes = [
            cause
            for cause, finding in found.items()
            if cause not in seen and current in explained[cause] and _as_loud(finding, found[current])
        ]
        if not causes:
            return None if current == slug else found[current]
        current = causes[0]
        seen.add(current)


def _as_loud(cause: Finding, symptom: Finding) -> bool:
    return cause.severity is Severity.ISSUE or symptom.severity is Severity.TIP


def _explained(verdict: Verdict, cause: Finding | None) -> Verdict:
    if cause is None or verdict.finding is None:
        return verdict
    name = f"{cause.code} {cause.slug}"
    reason = f"{verdict.finding.message} Explained by {name}: repair that first."
    finding = replace(verdict.finding, severity=Severity.TIP, message=reason, explained_by=name)
    return replace(verdict, reason=reason, finding=finding)
