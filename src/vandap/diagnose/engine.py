"""Runs rules over the signals of a run: one verdict a rule, one root cause a chain.

A rule that crashes harms no other. A finding that an issue of another rule explains (`Rule.explains` names its fault)
keeps its verdict *found* and its numbers, but becomes a tip that names its root cause (`Finding.explained_by`), so that
the first issue a user reads is the one to repair. A suspicion that is explained needs no test any more. A tip
explains nothing: it is too weak a cause to hush an issue. Nor does a fault that a rule tells apart from its own
(`Rule.faults`), except where a rule sums up (`Rule.sums_up`): what names the same fault is then told once. A rule on
trial gives tips: no user is alarmed by what has not been shown sound.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from vandap.core.finding import Finding, Severity, Status, Verdict
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose import catalogue
from vandap.diagnose.progress import Progress, progress
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected


class HasEvidence(Protocol):
    """What a run offers to the rules."""

    @property
    def evidence(self) -> Mapping[str, Series | Program]:
        """Every measured signal and every record by name."""


def diagnose(
    subject: HasEvidence | Mapping[str, Series | Program],
    rules: Sequence[Rule] | None = None,
    muted: Iterable[str] = (),
) -> tuple[Verdict, ...]:
    """Judge a run by every rule.

    Args:
        subject: A run, or its signals and records by name.
        rules: The rules to ask, each with its full voice; None asks the whole catalogue, where a rule on trial gives
            tips.
        muted: Codes or slugs of rules that are not to be asked.

    Returns:
        One verdict for each rule, in the rules' order.

    Raises:
        UsageError: A muted name is no rule.
    """
    signals = _with_progress(subject if isinstance(subject, Mapping) else subject.evidence)
    silent = {catalogue.rule(name).code for name in muted}
    asked = catalogue.rules() if rules is None else tuple(rules)
    verdicts = tuple(_judge(rule, signals, rule.code in silent) for rule in asked)
    if rules is None:
        verdicts = tuple(map(_on_trial, asked, verdicts))
    return _with_root_causes(verdicts, asked)


def _with_progress(signals: Mapping[str, Series | Program]) -> Mapping[str, Series | Program | Progress]:
    """Add the record that rules of a training's course read beside the signals."""
    with np.errstate(all="ignore"):
        derived = progress(signals)
    return signals if derived is None else {**signals, "progress": derived}


def _judge(rule: Rule, signals: Mapping[str, Series | Program | Progress], muted: bool) -> Verdict:
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


def _on_trial(rule: Rule, verdict: Verdict) -> Verdict:
    if rule.status == "stable" or verdict.finding is None:
        return verdict
    return replace(verdict, finding=replace(verdict.finding, severity=Severity.TIP))


def _with_root_causes(verdicts: Sequence[Verdict], rules: Sequence[Rule]) -> tuple[Verdict, ...]:
    found = {
        verdict.code: verdict.finding for verdict in verdicts if verdict.status is Status.FOUND and verdict.finding
    }
    explains = {rule.code: _accounts_for(rule, found.get(rule.code)) for rule in rules}
    return tuple(_explained(verdict, _root(verdict, found, explains)) for verdict in verdicts)


def _accounts_for(rule: Rule, finding: Finding | None) -> tuple[str, ...]:
    """Names of the faults that a finding explains where other rules found them."""
    if finding is None or finding.severity is not Severity.ISSUE:
        return ()
    told = (finding.fault,) if rule.sums_up else ()
    return told + (rule.explains if finding.fault == finding.slug else ())


def _root(verdict: Verdict, found: Mapping[str, Finding], explains: Mapping[str, tuple[str, ...]]) -> Finding | None:
    """Follow the chain of explanations from one finding to its first cause; a circle ends where it would close."""
    code, finding = verdict.code, verdict.finding
    if finding is None:
        return None
    seen, current = [code], code
    while True:
        fault = (found[current] if current != code else finding).fault
        causes = [cause for cause in found if cause not in seen and fault in explains[cause]]
        if not causes:
            return None if current == code else found[current]
        current = causes[0]
        seen.append(current)


def _explained(verdict: Verdict, cause: Finding | None) -> Verdict:
    if cause is None or verdict.finding is None:
        return verdict
    name = f"{cause.code} {cause.slug}"
    reason = f"{verdict.finding.message} Explained by {name}: repair that first."
    finding = replace(verdict.finding, severity=Severity.TIP, message=reason, explained_by=name)
    return replace(verdict, reason=reason, finding=finding, tests=())
