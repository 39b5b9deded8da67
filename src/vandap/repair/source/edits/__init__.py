"""How each change is made in a program's source: one function a change."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache, singledispatch

from vandap.repair.changes.change import Change
from vandap.repair.source.document import RefusalError
from vandap.repair.source.project import Project


def edit(change: Change, project: Project) -> Project:
    """Make a change in a program's source.

    Args:
        change: What is changed.
        project: The source.

    Raises:
        RefusalError: The source does not say it in a way that can be edited.
    """
    _load()
    return edit_of(change, project)


def edited() -> frozenset[type[Change]]:
    """The kinds of changes that a program's source can be given."""
    _load()
    return frozenset(kind for kind in edit_of.registry if kind is not Change and issubclass(kind, Change))


@singledispatch
def edit_of(change: Change, project: Project) -> Project:
    """The edit of one kind of change; the modules of this package register theirs.

    Raises:
        RefusalError: No edit of a source makes this change.
    """
    raise RefusalError(f"No edit of a program's source makes this change: {change.words}.")


@cache
def _load() -> None:
    for info in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{info.name}")
