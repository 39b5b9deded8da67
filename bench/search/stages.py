"""What each stage of a build takes: seconds, seconds of processor, memory; one line of JSON each, appended.

A build that was cut goes on, and so does its file: the lines of all its starts follow each other, and `summary` adds
them up. Seconds of processor say what a busy machine hides.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

_FIELDS = {"anonymous": "RssAnon", "resident": "VmRSS", "highest": "VmHWM"}


def memory() -> dict[str, int]:
    """Bytes of this process: its own, with mapped files, and the most there ever was."""
    status = Path("/proc/self/status").read_text("ascii")
    found = {name: re.search(rf"^{field}:\s+(\d+) kB", status, re.MULTILINE) for name, field in _FIELDS.items()}
    return {name: int(match[1]) * 1024 for name, match in found.items() if match}


class Stages:
    """Told of a build's progress.

    Args:
        path: The file that lines are appended to.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self("start", {})

    def __call__(self, event: str, facts: Mapping[str, Any]) -> None:
        """Write a line."""
        line = {"event": event, **facts, "seconds": time.time(), "processor": time.process_time(), **memory()}
        with self._path.open("a") as file:
            file.write(json.dumps(line) + "\n")


def summary(path: Path) -> list[dict[str, Any]]:
    """Stages in order, each with its seconds, its seconds of processor and the memory at its end."""
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    found: dict[str, dict[str, Any]] = {}
    title = "beginning"
    for before, after in pairwise(lines):
        title = before.get("title", "beginning" if before["event"] == "start" else title)
        if after["event"] == "start":
            continue  # between a kill and the next start nothing was done
        entry = found.setdefault(title, {"stage": title, "seconds": 0.0, "processor": 0.0})
        entry["seconds"] += after["seconds"] - before["seconds"]
        entry["processor"] += after["processor"] - before["processor"]
        entry |= {name: after[name] for name in _FIELDS}
    return list(found.values())
