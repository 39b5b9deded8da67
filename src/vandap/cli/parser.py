"""The argument parser: every command, the options they share, and errors that say what to do."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import vandap
from vandap.cli import commands
from vandap.cli.command import Command, add_common
from vandap.core.family import members
from vandap.errors import UsageError

DESCRIPTION = "The oral exam for deep-learning models: train, question, and report with evidence."
EPILOG = """\
example:
  vandap demo

exit codes:
  0 done   1 findings at the --fail-on level   2 bad input   3 the training failed   130 interrupted"""


class Parser(argparse.ArgumentParser):
    """An argument parser that raises `UsageError` instead of printing and leaving."""

    def parse_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:  # type: ignore[override]
        """Parse; what no parser knows is told by that of the command that was given, not by the first of all."""
        words = sys.argv[1:] if args is None else list(args)
        parsed, unknown = self.parse_known_args(words, namespace)
        if unknown:
            self._reached(words).error(f"unrecognized arguments: {' '.join(unknown)}")
        return parsed

    def _reached(self, words: Sequence[str]) -> Parser:
        """The parser of the command and the sub-command among the words."""
        found = self
        for word in words:
            below = next((item for item in found._actions if isinstance(item, argparse._SubParsersAction)), None)
            found = below.choices.get(word, found) if below is not None else found
        return found

    def error(self, message: str) -> NoReturn:
        """Turn argparse's sentence into an error with four parts."""
        choice = re.fullmatch(r"argument (.+): invalid choice: '?(.*?)'? \(choose from (.*)\)", message)
        if choice:
            message, received = f"{choice[1]} takes one of a few words", choice[2]
            expected = "one of " + choice[3].replace("'", "")
        elif message.startswith("unrecognized arguments: "):
            received = message.removeprefix("unrecognized arguments: ")
            like = difflib.get_close_matches(received.split()[0].partition("=")[0], self._option_string_actions, 1)
            expected = (
                f"only options that --help lists, such as {like[0]}" if like else "only options that --help lists"
            )
        else:
            received, expected = "this command line", " ".join(self.format_usage().removeprefix("usage: ").split())
        raise UsageError(
            message[:1].upper() + message[1:] + ".",
            received=received,
            expected=expected,
            hint=f"Run `{self.prog} --help`; it ends with an example that works.",
        )


def all_commands() -> tuple[Command, ...]:
    """Every command, by name."""
    return members(commands, Command)  # type: ignore[type-abstract]


def make_parser() -> Parser:
    """Build the parser of `vandap` with every command below it. The chosen command is in `arguments.chosen`."""
    parser = Parser(
        prog="vandap",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"vandap {vandap.__version__}")
    below = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", parser_class=Parser)
    for command in all_commands():
        own = below.add_parser(
            command.name,
            help=command.help,
            description=textwrap.fill(command.description, 100),
            epilog=f"example:\n  {command.example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        command.add_arguments(own)
        add_common(own)
        own.set_defaults(chosen=command)
    return parser


def split(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Divide a command line into vandap's own words and those of the program that it is to run.

    Args:
        words: The words after `vandap`.
    """
    command = next((item for item in all_commands() if words[:1] == [item.name]), None)
    end = command.own_words(words) if command else len(words)
    return list(words[:end]), list(words[end:])


def misplaced(own: Sequence[str], rest: Sequence[str]) -> list[str]:
    """Options of vandap that stand behind a program, which gets them, and that it does not seem to know.

    Args:
        own: vandap's own words; the last is the program's file.
        rest: The program's words.
    """
    given = {word.partition("=")[0] for word in rest if word.startswith("--")}
    if not given:
        return []
    command = next(item for item in all_commands() if item.name == own[0])
    declared = argparse.ArgumentParser(add_help=False)
    command.add_arguments(declared)
    add_common(declared)
    ours = given.intersection(re.findall(r"--[a-z-]+", declared.format_usage()))
    try:
        program = Path(own[-1]).read_text(errors="replace")
    except OSError:
        return []
    return sorted(word for word in ours if not re.search(word[2:].replace("-", "[-_]"), program))
