"""Sees that what is edited belongs to one model, as far as the source and the record of the run tell."""

from __future__ import annotations

import ast

from vandap.repair.source.document import Document, RefusalError
from vandap.repair.source.find import argument, calls_at, function_of, last_name
from vandap.repair.source.places import layer_call, layer_calls
from vandap.repair.source.project import Project
from vandap.repair.source.values import calls_of, followed, parameters, resolved

_Named = ast.FunctionDef | ast.AsyncFunctionDef


def own(document: Document, node: ast.expr) -> ast.expr:
    """What a name stands for, where it is given to nothing else; the node itself where it is no name.

    Raises:
        RefusalError: Something else is given it, too, or it is not assigned exactly once.
    """
    value = resolved(document, node)
    if not isinstance(node, ast.Name):
        return value
    targets = [item.id for item in ast.iter_child_nodes(document.parents[value]) if isinstance(item, ast.Name)]
    given = [
        item
        for item in ast.walk(document.tree)
        if isinstance(item, ast.Name)
        and item.id in (node.id, *targets)
        and _is_given(document, item)
        and followed(document, item) is value
    ]
    if len(given) > 1:
        lines = ", ".join(str(line) for line in sorted({document.line_then(item.lineno) for item in given}))
        raise RefusalError(
            f"The name {node.id!r} is given to several calls (lines {lines}).", node.lineno, document.path
        )
    return value


def _is_given(document: Document, name: ast.Name) -> bool:
    """Whether a name is handed on: not called, shown, asked for an attribute, or given another name."""
    holder = document.parents[name]
    is_called = isinstance(holder, ast.Call) and (holder.func is name or last_name(holder.func) == "print")
    is_read = isinstance(holder, ast.Attribute | ast.Assign | ast.AnnAssign | ast.FormattedValue)
    return isinstance(name.ctx, ast.Load) and not is_called and not is_read


def check_one_model(project: Project, document: Document, call: ast.Call) -> None:
    """See that a call of `compile` or `fit` is not made for several models.

    The record knows one model, but all trainings: where there were others, and the function that holds the call is
    called with different models, or to make different ones, it is not only the examined one that an edit would change.

    Args:
        project: The source.
        document: The file.
        call: The call.

    Raises:
        RefusalError: It is made for several models.
    """
    fits, site = project.program.fits, project.program.fit.site
    if last_name(call.func) == "fit":
        fits = tuple(fit for fit in fits if (fit.site.file, fit.site.line) == (site.file, site.line))
    function = function_of(document, call)
    while isinstance(function, ast.Lambda):
        function = function_of(document, function)
    if len(fits) < 2 or function is None:
        return
    if len({_given(document, function, call, other) for other in calls_of(document, function)}) > 1:
        raise RefusalError(
            f"{function.name} does this for several models: it is called with different ones, or to make them.",
            call.lineno,
            document.path,
        )


def check_own_layer(project: Project, document: Document, call: ast.Call) -> None:
    """See that a layer's call is not made for several models: that the function which compiles it is not.

    Raises:
        RefusalError: It is made for several models.
    """
    site = project.program.compile.site
    if site.file and site.line and project.open(site.file).path == document.path:
        for compiled in calls_at(document, site.line, "compile"):
            if function_of(document, compiled) is function_of(document, call):
                check_one_model(project, document, compiled)


def own_layer_call(project: Project, path: str) -> tuple[Document, ast.Call]:
    """The call that makes a layer, and perhaps others like it, of one model.

    Raises:
        RefusalError: It is not a plain call, or makes layers of other models, too.
    """
    document, call, _ = layer_calls(project, path)
    check_own_layer(project, document, call)
    return document, call


def only_layer_call(project: Project, path: str) -> tuple[Document, ast.Call]:
    """The call that makes a layer of one model, and no other layer.

    Raises:
        RefusalError: No plain call makes this layer alone.
    """
    document, call = layer_call(project, path)
    check_own_layer(project, document, call)
    return document, call


def _given(document: Document, function: _Named, call: ast.Call, other: ast.Call) -> str:
    """What a call of a function gives it: its model, where that is an argument, or else everything."""
    names = parameters(document, function)
    model = call.func.value if isinstance(call.func, ast.Attribute) else None
    if isinstance(model, ast.Name) and model.id in names:
        given = argument(other, model.id, names.index(model.id))
        return ast.dump(given) if given is not None else ""
    return ", ".join(ast.dump(item) for item in (*other.args, *other.keywords))
