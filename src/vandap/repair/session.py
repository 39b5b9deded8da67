"""The run folder of a repair: begun, killed at any moment, and found again by the same command."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import vandap
from vandap.core.store import RunWriter, read_json, write_json
from vandap.errors import RunError

KEY = "fix-key.json"
_BEGUN = ".begun.json"
"""The same before the exam is over; a hidden file, since the exam wants a folder that holds nothing yet."""
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

    def prepare(self) -> None:
        """Make the folder ready for the exam: what this command left in it when it was killed in its exam goes.

        Raises:
            RunError: Another process is at work in it.
        """
        if _key(self.folder, _BEGUN) == self.key:
            RunWriter(self.folder).close()
            shutil.rmtree(self.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        write_json(self.folder / _BEGUN, {"key": self.key})

    def begin(self, files: Mapping[str, str]) -> None:
        """Say what the folder is for, once the exam has filled it.

        Args:
            files: States of the files that the program may read: with others, what is stored here is of another one.
        """
        write_json(self.folder / KEY, {"key": self.key, "begun": time.time(), "files": dict(files)})
        (self.folder / _BEGUN).unlink(missing_ok=True)

    def experiment(self, slug: str) -> Path:
        """The folder of an experiment: a new one, or the one of the same name."""
        below = self.folder / EXPERIMENTS
        known = sorted(below.glob("E[0-9][0-9]-*")) if below.is_dir() else []
        same = [path for path in known if path.name.partition("-")[2] == slug]
        return same[0] if same else below / f"E{len(known) + 1:02d}-{slug}"


def key_of(script: Path, arguments: Sequence[str], task: str, sources: Mapping[Path, bytes]) -> str:
    """What is asked of a script: its source, its arguments, where it runs, and what is to be done.

    Args:
        script: The script.
        arguments: Its own arguments.
        task: What is to be done.
        sources: The program's Python files, of which each counts.
    """
    asked = [str(script.absolute()), *arguments, task, vandap.__version__, os.environ.get("KERAS_BACKEND", "")]
    digest = hashlib.blake2b(json.dumps(asked).encode(), digest_size=12)
    for path, content in sorted(sources.items()):
        digest.update(str(path).encode() + b"\0" + hashlib.blake2b(content).digest())
    return digest.hexdigest()


def find_or_begin(
    stem: str, key: str, out: Path | None = None, prefix: str = "fix", files: Mapping[str, str] | None = None
) -> Session:
    """Return the session that this command began before, or a new one. Nothing is written yet.

    Args:
        stem: What it is about; the folder is `runs/PREFIX-STEM`, with a number where that is taken.
        key: What was asked.
        out: Another folder.
        prefix: What is done.
        files: States of the files around the script now.

    Raises:
        RunError: `out` holds something else.
    """
    files = files or {}
    if out is not None:
        return _in(out, key, files)
    number = 1
    while True:
        path = Path("runs") / (f"{prefix}-{stem}" if number == 1 else f"{prefix}-{stem}-{number}")
        if not path.exists() or _is_of(path, key, files):
            return Session(path, key, _key(path, KEY) == key)
        number += 1


def _in(out: Path, key: str, files: Mapping[str, str]) -> Session:
    if out.exists() and not _is_of(out, key, files) and (not out.is_dir() or any(out.iterdir())):
        raise RunError(
            "The output folder is in use.",
            received=str(out),
            expected="a new or empty folder, or that of the same command for the same source and data",
            hint="Give another folder with --out, or remove this one.",
        )
    return Session(out, key, _key(out, KEY) == key)


def _is_of(folder: Path, key: str, files: Mapping[str, str]) -> bool:
    if _key(folder, KEY) != key:
        return _key(folder, _BEGUN) == key
    known = dict(read_json(folder / KEY).get("files") or {})
    return all(files.get(place) == state for place, state in known.items())


def _key(folder: Path, name: str) -> str:
    path = folder / name
    return str(read_json(path).get("key")) if path.is_file() else ""
