"""Asks before a user's program is run again and again."""

from __future__ import annotations

import sys

from vandap.errors import UsageError


def ask(text: str, *, agreed: bool) -> None:
    """Say what will be run, and go on only with consent.

    Args:
        text: What will be run, how often, for how long.
        agreed: Whether `--yes` was given.

    Raises:
        UsageError: There is no terminal to ask on, or the answer is no.
    """
    if agreed:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            "The script would be run again and again, which needs your consent.",
            received="no --yes, and no terminal to ask on",
            expected="--yes, or an answer",
            hint=f"{text} Add --yes to agree.",
        )
    print(text, file=sys.stderr)
    print("Go on? [y/N] ", end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline().strip().lower()
    if answer not in ("y", "yes"):
        raise UsageError("Nothing was run.", received=answer or "no answer", expected="y", hint="")
