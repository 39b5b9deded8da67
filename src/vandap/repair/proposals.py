"""What the findings of an exam suggest to change, the likeliest cure first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from vandap.core.finding import Finding, Severity
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.repair.catalogue import catalogue
from vandap.repair.changes.change import Change
from vandap.repair.remedy import Case, Safety

Bundle = tuple[Change, ...]


@dataclass(frozen=True)
class Proposal:
    """Changes that one remedy makes together.

    Args:
        changes: The changes.
        remedy: The remedy's slug.
        finding: The finding that it answers, such as `C9 learning-rate-too-high`.
        safety: How far it may be taken without asking.
        is_due: Whether it is the first answer to an issue that nothing else explains.
    """

    changes: Bundle
    remedy: str
    finding: str
    safety: Safety
    is_due: bool = False

    @property
    def places(self) -> frozenset[str]:
        """What it settles."""
        return frozenset(change.place for change in self.changes)


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


def proposals(findings: Iterable[Finding], program: Program, signals: Mapping[str, Series]) -> tuple[Proposal, ...]:
    """Everything that the findings suggest, each bundle once: first answers of issues, then by the findings' rank.

    Args:
        findings: What was found, issues and the surest first.
        program: The structure of the training.
        signals: What was measured.
    """
    ranked: dict[Bundle, tuple[int, int, int, Proposal]] = {}
    for place, finding in enumerate(findings):
        found = 0
        for slug in finding.remedies:
            cure = catalogue().get(slug)
            if cure is None:
                continue
            for number, changes in enumerate(cure.proposals(Case(finding, program, signals))):
                is_due = found == 0 and finding.severity is Severity.ISSUE and finding.explained_by is None
                found += 1
                rank = (0 if is_due else 1, number, place)
                proposal = Proposal(changes, slug, f"{finding.code} {finding.slug}", cure.safety, is_due)
                if changes not in ranked or rank < ranked[changes][:3]:
                    ranked[changes] = (*rank, proposal)
    return tuple(item[3] for item in sorted(ranked.values(), key=lambda item: item[:3]))


def advice(findings: Iterable[Finding]) -> tuple[Advised, ...]:
    """The remedies of these findings that need a person, each once."""
    found: dict[str, Advised] = {}
    for finding in findings:
        for slug in finding.remedies:
            cure = catalogue().get(slug)
            if cure is not None and cure.safety is Safety.ADVICE:
                found.setdefault(slug, Advised(slug, f"{finding.code} {finding.slug}", cure.words))
    return tuple(found.values())


def joined(bundle: Bundle, added: Bundle) -> Bundle:
    """A bundle with some changes in place of those that settle the same things."""
    places = {change.place for change in added}
    return (*(change for change in bundle if change.place not in places), *added)
