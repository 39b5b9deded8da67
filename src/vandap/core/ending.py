"""How a user's script ended: the record in `script.json` of its run folder.

The module imports the standard library only, for it is loaded before the script.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

ENDED = "ended"
EXITED = "exited"
CRASHED = "crashed"
INTERRUPTED = "interrupted"
TIMED_OUT = "timed out"
KILLED = "killed"
BEFORE_TRAINING = "stopped before training"

TROUBLE = "trouble.txt"
"""File in the run folder that holds what went wrong in vandap itself."""


@dataclass(frozen=True)
class Ending:
    """How a script ended.

    Args:
        how: `ended` (its last line), `exited` (`sys.exit`), `crashed`, `interrupted`, `timed out`, `killed`, or
            `stopped before training` on request.
        exit_code: The exit code that Python gives it; negative for the number of the signal that killed it.
        seconds: Wall clock of the script.
        libraries: Which of keras, tf_keras, torch, jax, tensorflow it had imported, with their versions.
        stopped_at: Where it was when it was stopped, as `file:line` from the outermost frame to the innermost.
    """

    how: str
    exit_code: int
    seconds: float
    libraries: Mapping[str, str] = field(default_factory=dict)
    stopped_at: tuple[str, ...] = ()

    def write(self, folder: Path) -> None:
        """Store it as `script.json`."""
        (folder / "script.json").write_text(json.dumps(asdict(self)), encoding="utf-8")


def read_ending(folder: Path) -> Ending | None:
    """Read `script.json`; None when the process died before it could write one."""
    try:
        data = json.loads((folder / "script.json").read_bytes())
    except (OSError, json.JSONDecodeError):
        return None
    return Ending(**{**data, "stopped_at": tuple(data["stopped_at"])})
