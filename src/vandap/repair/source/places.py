"""The calls that a run recorded: `compile`, `fit`, and those that made the layers."""

from __future__ import annotations

import ast

from vandap.core.program import Layer
from vandap.repair.source.document import Document, RefusalError
from vandap.repair.source.find import argument, call_at, calls_at, check_unshared, resolved
from vandap.repair.source.project import Project

OPTIMIZER, LOSS = 0, 1
"""Places of `optimizer` and `loss` among the arguments of `compile`."""


def compile_call(project: Project) -> tuple[Document, ast.Call]:
    """The call of `compile`.

    Raises:
        RefusalError: It is not a plain call.
    """
    site = project.program.compile.site
    document = project.open(site.file)
    return document, call_at(document, site.line, "compile")


def fit_call(project: Project) -> tuple[Document, ast.Call]:
    """The call of `fit` that the run was about.

    Raises:
        RefusalError: It is not a plain call.
    """
    site = project.program.fit.site
    document = project.open(site.file)
    return document, call_at(document, site.line, "fit")


def compile_argument(project: Project, name: str, position: int) -> tuple[Document, ast.Call, ast.expr | None]:
    """The file, the call of `compile`, and what it is given under a name, followed through plain assignments.

    Raises:
        RefusalError: It is not a plain call, or the value comes from elsewhere.
    """
    document, call = compile_call(project)
    given = argument(call, name, position)
    if given is None:
        return document, call, None
    check_unshared(document, given, "compile")
    return document, call, resolved(document, given)


def layer(project: Project, path: str) -> Layer:
    """The record of a layer.

    Raises:
        RefusalError: The run knows no such layer.
    """
    found = project.program.layer(path)
    if found is None:
        raise RefusalError(f"The run has no layer {path}.")
    return found


def layer_call(project: Project, path: str) -> tuple[Document, ast.Call]:
    """The call that made a layer, and no other layer.

    Raises:
        RefusalError: No plain call makes this layer alone.
    """
    document, call, alike = layer_calls(project, path)
    if len(alike) > 1:
        raise RefusalError(f"One call makes {len(alike)} layers.", call.lineno, document.path)
    return document, call


def layer_calls(project: Project, path: str) -> tuple[Document, ast.Call, tuple[Layer, ...]]:
    """The call that made a layer, and all layers that it made: several in a loop.

    Raises:
        RefusalError: It is not a plain call.
    """
    record = layer(project, path)
    document = project.open(record.site.file)
    line = record.site.line
    calls = calls_at(document, line, record.kind) if line else []
    alike = tuple(
        other
        for other in project.program.layers
        if other.kind == record.kind and (other.site.file, other.site.line) == (record.site.file, line)
    )
    if len(calls) == 1:
        return document, calls[0], alike
    if len(calls) == len(alike) and not _is_nested(document, calls):  # several in one line, in the written order
        return document, calls[alike.index(record)], (record,)
    raise RefusalError(f"No plain call of {record.kind} is at this line.", document.line_now(line or 0), document.path)


def _is_nested(document: Document, calls: list[ast.Call]) -> bool:
    """Whether one of these layers is called with what another gives: `Dense(1)(Dense(2)(x))` runs backwards."""
    applied = [document.parents[call] for call in calls]
    within = [set(ast.walk(item)) for item in applied if isinstance(item, ast.Call) and item.func in calls]
    return any(sum(call in nodes for call in calls) > 1 for nodes in within)


def each_call(project: Project, paths: tuple[str, ...]) -> list[str]:
    """One layer for each call that makes some of these layers.

    Raises:
        RefusalError: A call also makes layers that are not among them.
    """
    chosen: list[str] = []
    done: set[str] = set()
    for path in paths:
        if path in done:
            continue
        document, call, alike = layer_calls(project, path)
        others = {item.path for item in alike} - set(paths)
        if others:
            raise RefusalError(f"One call also makes {', '.join(sorted(others))}.", call.lineno, document.path)
        chosen.append(path)
        done |= {item.path for item in alike}
    return chosen
