"""The likelier root is read first, also where only its effect is sure."""

from __future__ import annotations

from vandap.core.finding import Finding, Severity, Status, Verdict, ranked
from vandap.exam.suspects import with_suspects


def verdict(code: str, slug: str, severity: Severity, confidence: float) -> Verdict:
    """A rule that found something, or suspects it where it is a tip."""
    finding = Finding(code, slug, slug, severity, "Measured.", confidence=confidence)
    status = Status.FOUND if severity is Severity.ISSUE else Status.SUSPECTED
    return Verdict(code, slug, status, finding=finding)


LOSS = verdict("D4", "wrong-initial-loss", Severity.ISSUE, 0.8)
SCALE = verdict("A2", "unscaled-inputs", Severity.TIP, 0.4)
LABELS = verdict("A1", "non-finite-data", Severity.ISSUE, 0.99)


def test_a_suspicion_that_would_explain_an_issue_is_read_before_it() -> None:
    """Inputs that are perhaps not scaled come before the loss that starts too high; surer issues stay first."""
    judged = with_suspects((LOSS, SCALE, LABELS))
    assert [finding.code for finding in ranked(judged)] == ["A1", "A2", "D4"]
    assert judged[0].finding is not None and judged[0].finding.suspect == "A2 unscaled-inputs"


def test_of_several_suspicions_the_root_is_named() -> None:
    """Unscaled inputs would explain the slow rate, too, so they are what the loss may come from, however unsure."""
    rate = verdict("C10", "learning-rate-too-low", Severity.TIP, 0.5)
    epochs = verdict("B19", "wrong-epochs", Severity.ISSUE, 0.7)
    judged = with_suspects((epochs, rate, SCALE))
    assert [finding.code for finding in ranked(judged)] == ["A2", "B19", "C10"]
    assert {item.finding.suspect for item in judged if item.finding} == {"A2 unscaled-inputs", None}


def test_without_a_suspicion_nothing_is_moved() -> None:
    """Issues before tips; a suspicion that explains nothing found stays a tip among tips."""
    rate = verdict("B16", "unusual-learning-rate", Severity.TIP, 0.9)
    judged = with_suspects((rate, LOSS))
    assert [finding.code for finding in ranked(judged)] == ["D4", "B16"]
    assert judged[1].finding is not None and judged[1].finding.suspect is None
