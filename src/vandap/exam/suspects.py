"""Which suspicion would account for a finding: without an experiment an effect may be sure and its cause in doubt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from vandap.core.finding import Finding, Status, Verdict
from vandap.diagnose import catalogue


def with_suspects(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """Name on each finding the suspicion that would explain it, so that the likelier root is read first.

    Args:
        verdicts: One for each rule.

    Returns:
        The same; findings that no other explains and a suspicion may explain carry its name (`Finding.suspect`). Where
        several may, it is one that no other of them would explain, and of these the surest.
    """
    verdicts = tuple(verdicts)
    suspicions = [verdict.told for verdict in verdicts if verdict.status is Status.SUSPECTED and verdict.told]
    return tuple(_with_suspect(verdict, suspicions) for verdict in verdicts)


def _with_suspect(verdict: Verdict, suspicions: Sequence[Finding]) -> Verdict:
    effect = verdict.finding
    if effect is None or effect.explained_by is not None:
        return verdict
    causes = [cause for cause in suspicions if cause.explained_by is None and _explains(cause, effect)]
    roots = [cause for cause in causes if not any(_explains(other, cause) for other in causes)]
    if not roots:
        return verdict
    likeliest = max(roots, key=lambda cause: cause.confidence)
    return replace(verdict, finding=replace(effect, suspect=likeliest.name))


def _explains(cause: Finding, effect: Finding) -> bool:
    return cause.code != effect.code and effect.fault in catalogue.rule(cause.code).explains
