"""Changes made in a text, for tests of what they write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vandap.core.program import Layer, Program, Site
from vandap.repair.changes.change import Change
from vandap.repair.source.project import Applied, Project, apply


def made(folder: Path, text: str, layers: dict[str, tuple[str, dict[str, Any]]], *changes: Change) -> Applied:
    """Changes of a program whose layers stand, by their names and in the order of the data, where a text begins."""
    file = folder / "train.py"
    file.write_text(text, encoding="utf-8")
    records = tuple(
        Layer(index, name, name, where.split("(")[0], settings=settings,
              site=Site(str(file), text[: text.index(where)].count("\n") + 1))
        for index, (name, (where, settings)) in enumerate(layers.items())
    )  # fmt: skip
    return apply(Project(Program(layers=records), folder), changes)


def text_of(applied: Applied) -> str:
    """The edited text."""
    assert not applied.refused, applied.refused
    (content,) = applied.project.changed.values()
    return content.decode()
