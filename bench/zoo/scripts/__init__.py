"""Hand-written faulty scripts in the manner of forum questions.

`truth.json` says what is wrong, and the edit that heals.

The healthy twin is the script with the edit, so that both differ in the fault alone, and the lines that the edit
touches are the place of the fault.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from zoo.records import Half, Truth

HERE = Path(__file__).parent
CALLS = {"compile": ".compile(", "fit": ".fit("}
"""Calls whose lines stand for everything that is given to them."""


@dataclass(frozen=True)
class Script:
    """One faulty script.

    Args:
        path: The faulty script.
        half: Development or test.
        truth: What is wrong, and the lines that count as its place.
        places: Layers that count as its place, by number or name in the model that was trained.
        healed: Source of the healthy twin.
        score: How the script's result is judged; see `zoo.scored`.
        why: Why more than one name or component is right, argued from the script.
    """

    path: Path
    half: Half
    truth: Truth
    places: tuple[int | str, ...]
    healed: str
    score: Mapping[str, Any]
    why: str

    @property
    def name(self) -> str:
        """File name without suffix."""
        return self.path.stem


def scripts(half: Half, folder: Path = HERE) -> Iterator[Script]:
    """All scripts of one half; of another folder that has them, and a `truth.json` of their own."""
    return (_read(folder / f"{name}.py", entry) for name, entry in _entries(folder).items() if entry["half"] == half)


@cache
def _entries(folder: Path) -> Mapping[str, Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return found


def script(name: str) -> Script:
    """One script by its name."""
    return _read(HERE / f"{name}.py", _entries(HERE)[name])


def _read(path: Path, entry: Mapping[str, Any]) -> Script:
    source = healed = path.read_text(encoding="utf-8")
    for old, new in entry["fix"]:
        healed = healed.replace(old, new)
    texts = [line for old, _ in entry["fix"] for line in old.splitlines() if line.strip()] + entry.get("also", [])
    texts += [CALLS[component] for component in entry["components"] if component in CALLS]
    lines = tuple(
        number for number, line in enumerate(source.splitlines(), 1) if any(text.strip() in line for text in texts)
    )
    truth = Truth(tuple(entry["faults"]), tuple(entry["components"]), (), lines)
    more = (entry.get("score", {}), entry.get("why", ""))
    return Script(path, entry["half"], truth, tuple(entry.get("layers", ())), healed, *more)
