"""An exam as text."""

from __future__ import annotations

from pathlib import Path

from vandap.core.examined import Examined
from vandap.core.finding import Finding, Severity, Status, Verdict
from vandap.report.examined import examined_text


def verdict(code: str, slug: str, status: Status, explained_by: str | None = None) -> Verdict:
    """A verdict with a finding."""
    severity = Severity.TIP if explained_by else Severity.ISSUE
    finding = Finding(code, slug, slug, severity, f"Message of {code}.", explained_by=explained_by)
    return Verdict(code, slug, status, "", finding)


def test_what_a_cause_explains_takes_one_line() -> None:
    """The first line counts causes only; their effects are named once, without their messages."""
    cause = "B2 logits-mismatch"
    text = examined_text(
        Examined(
            "train.py",
            Path("runs/x"),
            "done",
            (
                verdict("B2", "logits-mismatch", Status.FOUND),
                verdict("C11", "stuck-loss", Status.FOUND, cause),
                verdict("D5", "cannot-overfit-one-batch", Status.SUSPECTED, cause),
            ),
        )
    )
    assert text.startswith("train.py: 1 issue\n")
    assert "Explained by B2 logits-mismatch: C11 stuck loss, D5 cannot overfit one batch (suspected)." in text
    assert "Message of C11" not in text


def test_several_suspicions_take_one_paragraph() -> None:
    """Suspicions may contradict each other: several are listed without advice; a single one is told in full."""
    doubts = [
        Verdict(code, slug, Status.SUSPECTED, "", Finding(code, slug, slug, Severity.TIP, f"Message of {code}."))
        for code, slug in (("C9", "learning-rate-too-high"), ("C10", "learning-rate-too-low"))
    ]
    several = " ".join(examined_text(Examined("train.py", Path("runs/x"), "done", tuple(doubts))).split())
    assert "as no experiment has settled them: C9 learning rate too high, C10 learning rate too low." in several
    assert "Message of C9" not in several
    assert "Message of C9" in examined_text(Examined("train.py", Path("runs/x"), "done", (doubts[0],)))
