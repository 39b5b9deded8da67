"""Which suspicion would account for an issue: without an experiment an effect may be sure and its cause in doubt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from vandap.core.finding import Finding, Severity, Status, Verdict
from vandap.diagnose import catalogue


def with_suspects(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """Name on each issue the surest suspicion that would explain it, so that the likelier root is read first.

    Args:
        verdicts: One for each rule.

    Returns:
        The same; issues that no finding explains and a suspicion may explain carry its name (`Finding.suspect`).
    """
    verdicts = tuple(verdicts)
    suspicions = [verdict.finding for verdict in verdicts if verdict.status is Status.SUSPECTED and verdict.finding]
    return tuple(_with_suspect(verdict, suspicions) for verdict in verdicts)


def _with_suspect(verdict: Verdict, suspicions: Sequence[Finding]) -> Verdict:
    effect = verdict.finding
    if effect is None or effect.severity is not Severity.ISSUE or effect.explained_by is not None:
        return verdict
    causes = [cause for cause in suspicions if effect.fault in catalogue.rule(cause.code).explains]
    if not causes:
        return verdict
    likeliest = max(causes, key=lambda cause: cause.confidence)
    return replace(verdict, finding=replace(effect, suspect=likeliest.name))
