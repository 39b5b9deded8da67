"""Progress: lines with --verbose, a panel on a terminal, nothing otherwise."""

from __future__ import annotations

import pytest

from vandap.cli.progress import Board, clock, describe, reporting


def test_nothing_unless_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Standard error of a test is no terminal, so nothing is written."""
    with reporting(quiet=False, verbose=False) as progress:
        progress("stage", {"title": "reading"})
    assert capsys.readouterr() == ("", "")


def test_verbose_writes_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """Each event is one line on standard error."""
    with reporting(quiet=False, verbose=True) as progress:
        progress("stage", {"title": "reading"})
        progress("rung", {"learner": "Linear", "score": 0.51234, "seconds": 61.0})
    out, err = capsys.readouterr()
    assert out == "" and err.splitlines() == ["reading ...", "  Linear: 0.5123 in 1:01"]


def test_the_board_shows_stage_epoch_metric_and_time_left() -> None:
    """The panel holds what a person waits for."""
    board = Board()
    board.take("stage", {"title": "fitting the network"})
    board.take("note", {"text": "resumed"})
    facts = {"epoch": 3, "epochs": 9, "loss": 0.25, "val_loss": None, "score": 0.9, "remaining_s": 75.0}
    board.take("epoch", facts)
    shown = "\n".join(board.lines())
    assert all(
        part in shown
        for part in ("resumed", "fitting the network", "epoch 3 / 9", "loss 0.25", "score 0.9", "1:15 left")
    )
    board.take("stage", {"title": "examining"})
    assert "epoch" not in "\n".join(board.lines())


def test_describing_skips_what_is_unknown() -> None:
    """None is left out; an unknown time is a question mark."""
    assert describe("rung", {"learner": "Dummy", "score": None, "status": "failed"}) == "  Dummy: failed"
    assert describe("epoch", {"loss": 0.5, "val_loss": None}) == "  epoch: loss 0.5"
    assert clock(float("nan")) == "?"
