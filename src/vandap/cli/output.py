"""What reaches the terminal: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

from vandap.cli.command import Outcome
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
    """Keep what libraries print, from Python or from C, out of standard output while a command works.

    Args:
        visible: Send it to standard error instead of nowhere.
    """
    sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:  # standard output is closed: nothing can be spoiled
        yield
        return
    with open(os.devnull, "w") as nowhere, redirect_stdout(sys.stderr if visible else nowhere):  # noqa: PTH123
        os.dup2(2 if visible else nowhere.fileno(), 1)
        try:
            yield
        finally:
            os.dup2(kept, 1)
            os.close(kept)
