"""An exam as text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from vandap.core.ending import TROUBLE
from vandap.core.examined import Examined, read_examined
from vandap.core.finding import Finding, Severity, Status, Verdict, Where
from vandap.core.program import FitCall, Program, Site
from vandap.core.store import RunInfo, write_json
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


def test_of_several_fits_it_is_said_which_was_judged(tmp_path: Path) -> None:
    """Another one of the same model, or of another, may be the user's choice."""
    fits = tuple(FitCall("arrays", 100, 10, 5, site=Site("train.py", line)) for line in (7, 9, 11))
    for count, number in ((3, 1), (1, 0)):
        program = Program(fits=fits[:count], main_fit=number)
        text = examined_text(Examined("train.py", tmp_path, "done", (), program=program, watch={"mode": "step"}))
        told = "One fit was judged, number 2 of 3, at line 9; the others were not" in " ".join(text.split())
        assert told == (count > 1)


def test_fits_that_are_one_training_are_told(tmp_path: Path) -> None:
    """Whether all of a program's fits are, or some of them, of which not all are described."""
    fit = FitCall("arrays", 100, 10, 1, epochs_run=4, steps=40, calls=4, site=Site("train.py", 7))
    other = FitCall("arrays", 100, 10, 5, number=4, site=Site("train.py", 9))
    texts = []
    for program in (Program(fits=(fit,), fits_seen=4), Program(fits=(fit, other), fits_seen=70)):
        examined = Examined(
            "t.py", tmp_path, "done", (Verdict("A1", "a", Status.CLEAR),), program=program, watch={"mode": "x"}
        )
        texts.append(" ".join(examined_text(examined).split()))
    assert "40 steps of training, in 4 calls of fit of which each went on with the training." in texts[0]
    assert "Not seen" not in texts[0]
    assert "4 fits were judged as one training" in texts[1] and "numbers 1 to 4 of 70, at line 7" in texts[1]


def test_an_error_of_vandap_itself_is_told_of_an_unwatched_run(tmp_path: Path) -> None:
    """What went wrong may be why there is no `watch.json`; names of signals that are missing are no sentences."""
    write_json(tmp_path / "run.json", RunInfo("x", "done", "", ("vandap",), 0.0))
    write_json(tmp_path / "findings.json", [])
    (tmp_path / TROUBLE).write_text("Traceback ...\nOSError: no room\n")
    text = " ".join(examined_text(read_examined(tmp_path)).split())
    assert "An error of vandap itself: OSError: no room." in text
    assert "step_loss" not in text


def test_the_line_is_shown_as_it_was_run(tmp_path: Path) -> None:
    """The file may have been edited since; where nothing is stored, it is asked."""
    script = tmp_path / "train.py"
    script.write_text("# added\nmodel.fit(x, y)\n")
    found = verdict("B2", "logits-mismatch", Status.FOUND)
    assert found.finding is not None
    place = replace(found, finding=replace(found.finding, where=Where("fit", None, str(script), 1)))
    exam = Examined("train.py", tmp_path, "done", (place,))
    assert "1 | # added" in examined_text(exam)
    write_json(tmp_path / "sources.json", {str(script): {"1": "model.fit(x, y)"}})
    assert "1 | model.fit(x, y)" in examined_text(exam)
