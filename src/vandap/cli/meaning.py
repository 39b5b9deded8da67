"""Options that would be ignored are refused: whoever gives one expects that it does something."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from vandap.errors import UsageError


def refuse(arguments: argparse.Namespace, subject: str, without_meaning: Sequence[str]) -> None:
    """Refuse options that have no meaning beside the others.

    Args:
        arguments: The command line; what was not given is None or False there.
        subject: What they have no meaning for.
        without_meaning: Their names.

    Raises:
        UsageError: One was given.
    """
    options = {name: f"--{name.replace('_', '-')}" for name in without_meaning}
    values = {option: getattr(arguments, name) for name, option in options.items()}
    given = [option for option, value in values.items() if value is not None and value is not False]
    if given:
        words = " ".join(filter(None, ["vandap", arguments.command, getattr(arguments, "part", None)]))
        raise UsageError(
            f"This option has no meaning for {subject}."
            if len(given) == 1
            else f"These have no meaning for {subject}.",
            received=" ".join(given),
            expected=f"none of {', '.join(options.values())}"
            if len(options) > 1
            else f"no {options[without_meaning[0]]}",
            hint=f"Leave it out; `{words} --help` says which option is for what.",
        )
