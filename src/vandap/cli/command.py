"""What a command is: one file in `commands/`."""

from __future__ import annotations

import argparse
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

DONE = 0
FINDINGS = 1
BAD_INPUT = 2
FAILED = 3
INTERRUPTED = 130


@dataclass(frozen=True)
class Outcome:
    """What a command has to say.

    Args:
        exit_code: 0 done; 1 findings at the `--fail-on` level.
        document: What `--json` prints.
        text: What a person reads on standard output.
    """

    exit_code: int = DONE
    document: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""


class Command(ABC):
    """One command. Modules that import numpy or keras are imported inside `run`, so that `--help` answers at once.

    Attributes:
        name: What the user types after `vandap`.
        help: What it does, as one line.
        description: What it does, for `--help`.
        example: A command line that works, shown at the end of `--help`.
    """

    name: ClassVar[str]
    help: ClassVar[str]
    description: ClassVar[str]
    example: ClassVar[str]

    @abstractmethod
    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's own arguments."""

    @abstractmethod
    def run(self, arguments: argparse.Namespace) -> Outcome:
        """Do it.

        Args:
            arguments: What `add_arguments` declared; `line`, the whole command line; `rest`, the words of a program.

        Raises:
            VandapError: The input cannot be used, or the training failed.
        """

    def own_words(self, words: Sequence[str]) -> int:
        """How many words of the line are the command's own; what follows belongs to a program that it runs."""
        return len(words)

    def runs_a_program(self, words: Sequence[str]) -> bool:
        """Whether the line runs a user's program, whose standard streams must stay as they are."""
        return False


def add_common(parser: argparse.ArgumentParser, *, below: bool = False) -> None:
    """Declare the options that every command has.

    Args:
        parser: Of a command, or of a part of one.
        below: The parser is a command's part: an option given before its name must not be forgotten.
    """
    default: Any = argparse.SUPPRESS if below else False
    group = parser.add_argument_group("for every command")
    options = {"action": "store_true", "default": default}
    group.add_argument("--json", help="print one JSON document on standard output", **options)
    group.add_argument("--quiet", help="no progress, and no text beyond the first line", **options)
    group.add_argument("-v", "--verbose", help="print each step to standard error", **options)
    group.add_argument("--debug", help="show the traceback of an error", **options)


FAIL_ON = ("issue", "tip", "never")


def add_fail_on(parser: argparse.ArgumentParser, default: str) -> None:
    """Declare `--fail-on`."""
    parser.add_argument(
        "--fail-on",
        choices=FAIL_ON,
        default=default,
        help=f"exit with 1 when there is a finding of this severity or worse (default: {default})",
    )


def exit_code(severities: Iterable[str], fail_on: str) -> int:
    """The exit code that findings of these severities (`issue`, `tip`) give at a `--fail-on` level."""
    loud = {"issue": {"issue"}, "tip": {"issue", "tip"}, "never": set()}[fail_on]
    return FINDINGS if loud & set(severities) else DONE
