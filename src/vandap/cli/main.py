"""The way in: parse, run, print; every error becomes one message and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from contextlib import nullcontext

from vandap.cli import interrupts
from vandap.cli.command import FAILED, INTERRUPTED, Outcome
from vandap.cli.environment import settle
from vandap.cli.output import only_result, show, show_error
from vandap.cli.parser import make_parser, misplaced, split
from vandap.errors import InputError, TrainingError, VandapError, is_full_disk


class FaultError(VandapError):
    """An error that vandap did not foresee."""

    exit_code = FAILED


def entry() -> None:
    """The `vandap` program."""
    settle()
    interrupts.install()
    sys.exit(main(sys.argv[1:]))


def main(argv: Sequence[str]) -> int:
    """Run one command line.

    Args:
        argv: The words after `vandap`.

    Returns:
        The exit code.
    """
    own, rest = split(argv)
    as_json, debug = "--json" in own, "--debug" in own
    try:
        outcome, quiet = _run(own, rest)
        return _shown(outcome, as_json=as_json, quiet=quiet)
    except SystemExit as leaving:  # --help and --version print and leave
        return int(leaving.code or 0)
    except KeyboardInterrupt as interrupt:
        show_error(_interrupted(argv, interrupt), as_json=as_json)
        return INTERRUPTED
    except Exception as error:
        if debug:
            traceback.print_exc()
        told = _told(error)
        show_error(told, as_json=as_json)
        return told.exit_code


def _run(own: Sequence[str], rest: Sequence[str]) -> tuple[Outcome, bool]:
    parser = make_parser()
    arguments = parser.parse_args(own)
    if arguments.command is None:
        parser.error("a command is missing")
    arguments.line, arguments.rest = ("vandap", *own, *rest), tuple(rest)
    behind = misplaced(own, rest)
    if behind and not arguments.quiet:
        print(f"vandap: {own[-1]} gets {' '.join(behind)}; options of vandap stand before it", file=sys.stderr)
    visible = arguments.verbose or arguments.debug
    streams = nullcontext() if arguments.chosen.runs_a_program(own) else only_result(visible=visible)
    with warnings.catch_warnings(), streams:
        if not arguments.debug:
            warnings.simplefilter("ignore")
        return arguments.chosen.run(arguments), arguments.quiet


def _shown(outcome: Outcome, *, as_json: bool, quiet: bool) -> int:
    """Print the outcome; a reader that has had enough (`| head`) changes nothing about how the command ended."""
    try:
        show(outcome, as_json=as_json, quiet=quiet)
    except BrokenPipeError:
        _drop_stdout()
    return outcome.exit_code


def _told(error: Exception) -> VandapError:
    """Any exception as an error with four parts; what was noted on it comes first in its hint, or is it."""
    told, noted = _translated(error), _noted(error)
    if noted:
        told.hint = noted if isinstance(error, OSError) else f"{noted} {told.hint}"
    return told


def _noted(error: BaseException) -> str:
    return " ".join(getattr(error, "__notes__", ()))


def _translated(error: Exception) -> VandapError:
    if isinstance(error, VandapError):
        return error
    if isinstance(error, MemoryError):
        return TrainingError(
            "The memory of this machine was not enough.",
            received=str(error) or "more data at once than fits",
            expected="data whose batches fit in memory",
            hint="Use a smaller --image-size, fewer --learners, or a machine with more memory.",
        )
    if isinstance(error, OSError) and error.errno is not None:
        return _file_error(error)
    return FaultError(
        f"This is a fault in vandap, not in your data: {type(error).__name__}: {error}",
        received="an input that vandap did not foresee",
        expected="a result or a clear message",
        hint="Run the same command with --debug and report the traceback.",
    )


def _file_error(error: OSError) -> VandapError:
    hint = "Check that the path exists and that you may read and write there."
    if is_full_disk(error):
        hint = "Free some space, or give a folder on another disk with --out; then run the same command to go on."
    return InputError(
        f"The file system refused: {error.strerror or error}.",
        received=str(error.filename or "no file name"),
        expected="a path that can be read, or written where results go",
        hint=hint,
    )


def _interrupted(argv: Sequence[str], interrupt: KeyboardInterrupt) -> VandapError:
    import shlex

    told = InputError(
        "Interrupted; what was finished is saved.",
        received="an interrupt (Ctrl-C or SIGTERM)",
        expected="the command to run to its end",
        hint=_noted(interrupt) or f"Run the same command to go on: vandap {shlex.join(argv)}",
    )
    told.exit_code = INTERRUPTED
    return told


def _drop_stdout() -> None:
    """Send the rest of standard output to nowhere, so that leaving does not fail on a closed pipe."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    entry()
