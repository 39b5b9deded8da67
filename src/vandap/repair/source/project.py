"""The files of a program, edited change by change, and what came of each change."""

from __future__ import annotations

import difflib
import io
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from vandap.core.program import Program
from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import Optimiser
from vandap.repair.changes.output import SetLoss
from vandap.repair.changes.rows import AfterFit, Rows, ShuffleSplit
from vandap.repair.source.document import Document, Edit, RefusalError


@dataclass(frozen=True)
class Project:
    """A program's source as far as it is edited.

    Args:
        program: What the run of the unedited source recorded; it names the lines.
        root: The folder whose files may be edited.
        sources: Its Python files as they were run, by absolute path; read from the disk where they are not given.
        documents: Files that were edited, by absolute path.
        latest: The same as the change that is being made has left them so far; `edited` writes them down.
    """

    program: Program
    root: Path
    sources: Mapping[Path, bytes] = field(default_factory=dict)
    documents: Mapping[str, Document] = field(default_factory=dict)
    latest: dict[str, Document] = field(default_factory=dict, compare=False, repr=False)

    def open(self, file: str | None) -> Document:
        """A file as it stands after the edits so far.

        Raises:
            RefusalError: It is not known, outside of the program's folder, or cannot be read.
        """
        if not file:
            raise RefusalError("The line is not known: the program was not run from a file.")
        path = Path(os.path.normpath(Path(file).absolute()))
        if str(path) in self.documents:
            return self.documents[str(path)]
        if not path.is_relative_to(self.root):
            raise RefusalError("The line is in a file outside of the program's folder.", 0, file)
        if self.sources and path not in self.sources:
            raise RefusalError("The line is in a file that is not the program's own.", 0, file)
        try:
            content = self.sources[path] if self.sources else path.read_bytes()
            content.decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise RefusalError(f"The file cannot be edited: {error}.", 0, file) from None
        return Document(str(path), content)

    def edited(self, document: Document, *edits: Edit) -> Project:
        """The project after edits of one file, as `open` gave it.

        Raises:
            RefusalError: The result is no Python.
        """
        edited = self.latest[document.path] = document.edited(*edits)
        return replace(self, documents={**self.documents, document.path: edited})

    @property
    def changed(self) -> Mapping[Path, bytes]:
        """The files that are no longer what they were."""
        edited = (document for document in self.documents.values() if document.original not in (None, document.content))
        return {Path(document.path): document.content for document in edited}

    def diff(self) -> str:
        """What was edited, as one unified diff."""
        return "".join(
            _diff((document.original or b"").decode(), document.content.decode(), Path(path), self.root)
            for path, document in sorted(self.documents.items())
        )


@dataclass(frozen=True)
class Applied:
    """A bundle of changes made in a program's source.

    Args:
        project: The edited source.
        made: The changes that it holds.
        refused: Those that could not be made, each with the reason and the place.
    """

    project: Project
    made: tuple[Change, ...] = ()
    refused: tuple[tuple[Change, RefusalError], ...] = ()


def apply(project: Project, changes: Iterable[Change]) -> Applied:
    """Make changes one after the other, each the smallest edit; what cannot be made is told, not forced.

    Args:
        project: The source.
        changes: The changes, those that others build on first; an optimiser and a loss come before all the same, and
            what is done with the rows and with the trained model comes last, around all that is edited.
    """
    from vandap.repair.source.edits import edit

    result = Applied(project)
    for change in sorted(changes, key=_place):
        project = replace(result.project, latest=dict(result.project.documents))
        try:
            after = edit(change, project)
        except RefusalError as refusal:
            if refusal.line and refusal.file in project.latest:
                refusal.line = project.latest[refusal.file].line_then(refusal.line)
            result = replace(result, refused=(*result.refused, (change, refusal)))
            continue
        result = replace(result, project=after, made=(*result.made, change))
    return result


def _place(change: Change) -> int:
    """Another optimiser or loss comes before its settings, which it would take away; a split before what reads it."""
    if isinstance(change, Optimiser | SetLoss | ShuffleSplit):
        return 0
    return 3 if isinstance(change, AfterFit) else 2 if isinstance(change, Rows) else 1


def _diff(before: str, after: str, path: Path, root: Path) -> str:
    name = path.relative_to(root)
    old, new = (io.StringIO(text).readlines() for text in (before, after))  # no line ends at a form feed
    lines = difflib.unified_diff(old, new, f"a/{name}", f"b/{name}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
