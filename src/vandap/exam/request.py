"""What the command line asks of the process that runs a user's script; it travels as a file in the run folder.

The module imports the standard library only, for it is loaded before the script.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

STACKS = "stopped_at.txt"
"""File in the run folder to which a script's process writes where it is when its time is up."""

_START = (
    "import sys; sys.path[:1] = [] if sys.path[:1] == [''] else sys.path[:1]; "
    "from vandap.exam.child import main; main(sys.argv[1])"
)
"""The working directory must not stand in the way of the standard library: the script's own folder takes its place."""


@dataclass(frozen=True)
class Request:
    """One script to run under watch.

    Args:
        script: The file as the user typed it, relative to the working directory.
        arguments: Its own arguments.
        folder: The run folder, absolute.
        command: The command line as typed.
        budget: Seconds for decisive tests; None lets the script's own time decide.
        muted: Codes or slugs of rules that are not to be asked.
        timeout: Seconds after which the script is stopped; None for never.
        verbose: Whether what libraries print during the exam is shown.
        before_training: Whether the script is ended at its first `fit`, and only structure and data are judged.
        quiet: Whether nothing is printed before the training.
    """

    script: str
    arguments: tuple[str, ...]
    folder: str
    command: tuple[str, ...] = ()
    budget: float | None = None
    muted: tuple[str, ...] = ()
    timeout: float | None = None
    verbose: bool = False
    before_training: bool = False
    quiet: bool = False

    def write(self) -> tuple[str, ...]:
        """Store the request and return the command that carries it out."""
        path = Path(self.folder) / "request.json"
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")
        return (sys.executable, "-c", _START, str(path))


def read_request(path: str) -> Request:
    """Read a request that `Request.write` stored."""
    stored = json.loads(Path(path).read_bytes())
    data: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()}
    return Request(**data)
