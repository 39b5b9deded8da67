"""The run folder of a repair: begun, killed at any moment, and found again by the same command."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vandap.core.store import RunWriter, read_json, write_json
from vandap.errors import RunError

KEY = "fix-key.json"
EXPERIMENTS = "experiments"


@dataclass(frozen=True)
class Session:
    """One repair of one script.

    Args:
        folder: The run folder.
        key: What was asked: the same key goes on where it was cut.
        examined: Whether the exam is over and its record is in the folder.
    """

    folder: Path
    key: str
    examined: bool = False

    def begin(self) -> None:
        """Say what the folder is for, once the exam has filled it."""
        write_json(self.folder / KEY, {"key": self.key, "begun": time.time()})

    def experiment(self, slug: str) -> Path:
        """The folder of an experiment: a new one, or the one of the same name."""
        below = self.folder / EXPERIMENTS
        known = sorted(below.glob("E[0-9][0-9]-*")) if below.is_dir() else []
        same = [path for path in known if path.name.partition("-")[2] == slug]
        return same[0] if same else below / f"E{len(known) + 1:02d}-{slug}"


def key_of(script: Path, arguments: Sequence[str], task: str) -> str:
    """What is asked of a script: its content, its arguments, and what is to be done."""
    digest = hashlib.blake2b(script.read_bytes(), digest_size=12)
    digest.update(json.dumps([str(script.absolute()), *arguments, task]).encode())
    return digest.hexdigest()


def find_or_begin(stem: str, key: str, out: Path | None = None, prefix: str = "fix") -> Session:
    """Return the session that this command began before, or a new one.

    Args:
        stem: What it is about; the folder is `runs/PREFIX-STEM`, with a number where that is taken.
        key: What was asked.
        out: Another folder.
        prefix: What is done.

    Raises:
        RunError: `out` holds something else, or another process is at work in it.
    """
    if out is not None:
        return _in(out, key)
    number = 1
    while True:
        path = Path("runs") / (f"{prefix}-{stem}" if number == 1 else f"{prefix}-{stem}-{number}")
        if not path.exists() or _key(path) == key:
            return Session(path, key, path.exists())
        number += 1


def _in(out: Path, key: str) -> Session:
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return Session(out, key)
    if _key(out) == key:
        return Session(out, key, examined=True)
    if (out / "request.json").is_file() and not (out / KEY).is_file():  # killed while it was examined
        RunWriter(out).close()  # raises where it is not dead but at work
        shutil.rmtree(out)
        return Session(out, key)
    raise RunError(
        "The output folder is in use.",
        received=str(out),
        expected="a new or empty folder, or that of the same command",
        hint="Give another folder with --out, or remove this one.",
    )


def _key(folder: Path) -> str:
    path = folder / KEY
    return str(read_json(path).get("key")) if path.is_file() else ""
