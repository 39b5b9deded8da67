"""How errors, interrupts and prints of a command reach the terminal."""

from __future__ import annotations

import argparse
import errno
import json
import os

import pytest

from vandap.cli.command import Outcome, exit_code
from vandap.cli.commands.rules import Rules
from vandap.cli.main import main
from vandap.errors import DataError, TrainingError

_DATA = DataError("The file is empty.", received="a.csv", expected="a table", hint="Give another file.")
_TRAINING = TrainingError("No learner could be fitted.", received="r", expected="e", hint="h")


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let `vandap rules` raise."""

    def run(self: Rules, arguments: argparse.Namespace) -> Outcome:
        raise error

    monkeypatch.setattr(Rules, "run", run)


def _noted(error: BaseException) -> BaseException:
    """As `index add` notes how far it came."""
    error.add_note("Give the rest with --skip 7.")
    return error


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (_DATA, 2, "The file is empty."),
        (_TRAINING, 3, "No learner could be fitted."),
        (MemoryError(), 3, "memory"),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "runs/a"), 2, "Free some space"),
        (PermissionError(errno.EACCES, os.strerror(errno.EACCES), "runs/a"), 2, "runs/a"),
        (ZeroDivisionError("division"), 3, "This is a fault in vandap"),
        (KeyboardInterrupt(), 130, "Run the same command to go on: vandap rules"),
        (_noted(KeyboardInterrupt()), 130, "the rest with --skip 7"),
        (_noted(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "runs/a")), 2, "the rest with --skip 7"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_error_is_one_message(
    error: BaseException, code: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Text goes to standard error without a traceback; with --json one document goes to standard output."""
    failing(monkeypatch, error)
    assert main(["rules"]) == code
    out, err = capsys.readouterr()
    assert out == "" and said in err and "Traceback" not in err
    assert main(["rules", "--json"]) == code
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert err == "" and document["exit_code"] == code
    assert set(document["error"]) == {"type", "message", "received", "expected", "hint"}


def test_debug_shows_the_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """--debug adds the traceback on standard error."""
    failing(monkeypatch, ZeroDivisionError("division"))
    assert main(["rules", "--debug"]) == 3
    assert "Traceback" in capsys.readouterr().err


def test_what_libraries_print_stays_out_of_the_result(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Prints from Python and writes to the file descriptor never mix with the JSON document."""

    def run(self: Rules, arguments: argparse.Namespace) -> Outcome:
        print("noise from python")
        os.write(1, b"noise from C\n")
        os.write(2, b"warning from C\n")
        return Outcome(document={"a": float("nan")})

    monkeypatch.setattr(Rules, "run", run)
    assert main(["rules", "--json"]) == 0
    out, err = capfd.readouterr()
    assert json.loads(out) == {"a": None} and err == ""


def test_quiet_prints_the_first_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """--quiet leaves the first line of the text."""
    monkeypatch.setattr(Rules, "run", lambda self, arguments: Outcome(text="first\nsecond"))
    assert main(["rules", "--quiet"]) == 0
    assert capsys.readouterr().out == "first\n"


@pytest.mark.parametrize(
    ("severities", "fail_on", "code"),
    [
        ([], "tip", 0),
        (["tip"], "issue", 0),
        (["tip"], "tip", 1),
        (["issue"], "tip", 1),
        (["tip", "issue"], "issue", 1),
        (["issue"], "never", 0),
    ],
)
def test_fail_on(severities: list[str], fail_on: str, code: int) -> None:
    """An issue is louder than a tip; never means 0."""
    assert exit_code(severities, fail_on) == code


def test_no_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    """`vandap` alone says what is missing and where help is."""
    assert main([]) == 2
    assert "vandap --help" in capsys.readouterr().err
