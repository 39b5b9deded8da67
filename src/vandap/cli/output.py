"""What reaches the terminal: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout

from vandap.cli.command import Outcome
from vandap.core.streams import redirected
from vandap.errors import VandapError


def show(outcome: Outcome, *, as_json: bool, quiet: bool) -> None:
    """Print a command's result on standard output."""
    if as_json:
        _print_json(dict(outcome.document))
    elif outcome.text:
        text = outcome.text.strip("\n")
        print(text.split("\n", 1)[0] if quiet else text)
    sys.stdout.flush()


def show_error(error: VandapError, *, as_json: bool) -> None:
    """Print an error: one document on standard output with `--json`, else one message on standard error."""
    if as_json:
        _print_json({**error.to_json(), "exit_code": error.exit_code})
    else:
        print(f"vandap: {error}", file=sys.stderr)


def _print_json(document: dict[str, object]) -> None:
    from vandap.core.records import to_json

    print(json.dumps(to_json(document), ensure_ascii=False, indent=1, allow_nan=False))


@contextmanager
def only_result(*, visible: bool) -> Iterator[None]:
    """Keep what libraries print, from Python or from C, off both standard streams while a command works.

    vandap's own progress still reaches standard error.

    Args:
        visible: Send what libraries print to standard error instead of nowhere.
    """
    with open(os.devnull, "w") as nowhere, ExitStack() as stack:  # noqa: PTH123
        if visible:
            stack.enter_context(redirected(1, 2))
            stack.enter_context(redirect_stdout(sys.stderr))
        else:
            own = stack.enter_context(redirected(2, nowhere.fileno()))
            if own is not None and sys.stderr is sys.__stderr__:
                stack.enter_context(redirect_stderr(open(own, "w", buffering=1, closefd=False)))  # noqa: SIM115
            stack.enter_context(redirected(1, nowhere.fileno()))
            stack.enter_context(redirect_stdout(nowhere))
        yield
