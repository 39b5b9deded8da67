"""What the findings of an exam suggest to change, the likeliest cure first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from vandap.core.finding import Finding, Severity
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.repair.catalogue import catalogue
from vandap.repair.changes.change import Change
from vandap.repair.remedy import Case, Safety

Bundle = tuple[Change, ...]
_PREPARE = ("prepare-alike", "number-labels-alike")
"""What validation rows need before they can judge a change."""


@dataclass(frozen=True)
class Proposal:
    """Changes that one remedy makes together.

    Args:
        changes: The changes.
        remedy: The remedy's slug.
        finding: The finding that it answers, such as `C9 learning-rate-too-high`.
        safety: How far it may be taken without asking.
        is_due: Whether it is the first answer to an issue that nothing else explains.
        is_of_symptom: Whether another finding accounts for the one that it answers.
    """

    changes: Bundle
    remedy: str
    finding: str
    safety: Safety
    is_due: bool = False
    is_of_symptom: bool = False

    @property
    def places(self) -> frozenset[str]:
        """What it settles."""
        return settled(self.changes)


@dataclass(frozen=True)
class Advised:
    """A remedy that a person must carry out.

    Args:
        remedy: The remedy's slug.
        finding: The finding that it answers.
        words: What to do.
    """

    remedy: str
    finding: str
    words: str


def proposals(
    findings: Iterable[Finding],
    program: Program,
    signals: Mapping[str, Series],
    can_make: Callable[[Bundle], bool] = lambda changes: True,
) -> tuple[Proposal, ...]:
    """Everything that the findings suggest, each bundle once: first answers of issues, then by the findings' rank.

    A bundle that several findings suggest answers the one that no other accounts for: the cause, not its symptom.

    Args:
        findings: What was found, issues and the surest first.
        program: The structure of the training.
        signals: What was measured.
        can_make: Tells whether changes can be made: the first answer to an issue is one that can.
    """
    ranked: dict[Bundle, tuple[int, int, int]] = {}
    found_by: dict[Bundle, Proposal] = {}
    for place, finding in enumerate(findings):
        found = 0
        for slug in finding.remedies:
            cure = catalogue().get(slug)
            if cure is None:
                continue
            for number, changes in enumerate(cure.proposals(Case(finding, program, signals))):
                is_due = found == 0 and finding.severity is Severity.ISSUE and finding.explained_by is None
                found += is_due and can_make(changes)
                ranked[changes] = min(ranked.get(changes, (2, 0, 0)), (0 if is_due else 1, number, place))
                proposal = Proposal(
                    changes, slug, _name(finding), cure.safety, is_due, finding.explained_by is not None
                )
                found_by[changes] = _likelier(found_by.get(changes, proposal), proposal)
    return tuple(found_by[changes] for changes in sorted(ranked, key=lambda changes: ranked[changes]))


def _likelier(known: Proposal, other: Proposal) -> Proposal:
    """Of two that suggest the same: that of a cause before that of a symptom, then the first; due if one of them is."""
    chosen = other if known.is_of_symptom and not other.is_of_symptom else known
    return replace(chosen, is_due=known.is_due or other.is_due)


def _name(finding: Finding) -> str:
    """A finding, and the cause that it is a sign of."""
    return f"{finding.name}, a sign of {finding.explained_by}" if finding.explained_by else finding.name


def advice(findings: Iterable[Finding], suggested: Iterable[Proposal]) -> tuple[Advised, ...]:
    """The remedies of these findings that need a person, each once: also where no change is known for an issue.

    Args:
        findings: What was found.
        suggested: What is tried without one.
    """
    found: dict[str, Advised] = {}
    suggested = tuple(suggested)
    tried, answered = {item.remedy for item in suggested}, {item.finding for item in suggested}
    for finding in findings:
        cures = [(slug, cure) for slug in finding.remedies if (cure := catalogue().get(slug)) is not None]
        own = [
            Advised(slug, finding.name, cure.words)
            for slug, cure in cures
            if cure.safety is Safety.ADVICE or (cure.by_hand and slug not in tried)
        ]
        if not own and finding.severity is Severity.ISSUE and finding.name not in answered:  # what a change would do
            own = [Advised(slug, finding.name, cure.words) for slug, cure in cures if slug not in tried]
        for advised in own:
            found.setdefault(advised.remedy, advised)
    return tuple(found.values())


def joined(bundle: Bundle, added: Bundle) -> Bundle:
    """A bundle with some changes in place of those that settle the same things."""
    places = settled(added)
    return (*(change for change in bundle if not change.places & places), *added)


def settled(bundle: Bundle) -> frozenset[str]:
    """What the changes of a bundle settle."""
    return frozenset(place for change in bundle for place in change.places)


def can_judge(findings: Iterable[Finding], suggested: Iterable[Proposal]) -> bool:
    """Whether the validation rows can judge changes: not if they were made otherwise, and no change mends that.

    Args:
        findings: Of the exam.
        suggested: What can be made.
    """
    first = {slug for item in findings if item.severity is Severity.ISSUE for slug in item.remedies[:1]}
    return first.isdisjoint(_PREPARE) or any(item.remedy in first.intersection(_PREPARE) for item in suggested)
