"""Scripts with a record of their run that names the lines, and what changes make of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vandap.core.program import Compile, FitCall, Layer, Loss, Program, Site
from vandap.repair.changes.change import Change
from vandap.repair.source.document import RefusalError
from vandap.repair.source.project import Applied, Project, apply


def recorded(
    folder: Path,
    text: str,
    *layers: tuple[str, str, str],
    optimizer: str = "SGD",
    loss: str = "CategoricalCrossentropy",
    fits: tuple[str, ...] = (),
    **facts: Any,
) -> Project:
    """A script, and the record of a run of it that was about the last `compile` and the last `fit`.

    Args:
        folder: Where the script is written.
        text: The script.
        layers: Path, class, and a part of the line of each layer.
        optimizer: Class of the optimiser.
        loss: Class of the loss.
        fits: Parts of the lines of all trainings, the judged one last; only the last `fit` where none are named.
        facts: What the record says of the trainings.
    """
    file = folder / "train.py"
    file.write_text(text)
    facts = {"validation": "split", "validation_share": 0.1, **facts}
    trainings = [FitCall("arrays", 800, 0, 0, site=_site(file, part), **facts) for part in fits or (".fit(",)]
    program = Program(
        layers=tuple(
            Layer(index, path, path, kind, site=_site(file, part)) for index, (path, kind, part) in enumerate(layers)
        ),
        outputs=tuple(path for path, _, _ in layers[-1:]),
        compile=Compile((Loss("out", loss, "keras.losses"),), (), optimizer, site=_site(file, ".compile(")),
        fits=tuple(trainings),
        main_fit=len(trainings) - 1,
    )
    return Project(program, folder)


def _site(file: Path, part: str) -> Site:
    """The last line of a script that holds a part."""
    lines = file.read_text().splitlines()
    return Site(str(file), max(number for number, line in enumerate(lines, 1) if part in line))


def edited(project: Project, *changes: Change) -> str:
    """The script after changes, all of which can be made."""
    applied = apply(project, changes)
    assert not applied.refused, applied.refused
    (content,) = applied.project.changed.values()
    return content.decode()


def refusal(project: Project, *changes: Change) -> RefusalError:
    """Why the last change cannot be made."""
    applied = apply(project, changes)
    assert [change for change, _ in applied.refused] == [changes[-1]], applied.refused
    return applied.refused[0][1]


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
