"""Finds in a syntax tree what the record of a run names: calls by their line, arguments, what a name stands for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeAlias

from vandap.repair.source.document import Document, RefusalError

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)
"""What gives a name of its own a value."""


def last_name(node: ast.AST) -> str:
    """The last part of what is called: `Dense` for `keras.layers.Dense`; "" for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def calls_at(document: Document, line: int, name: str) -> list[ast.Call]:
    """The calls of this name that the line of the file as it was run makes, in the order in which they are written.

    Args:
        document: The file.
        line: The line, as the run recorded it.
        name: Last part of the function's or class's name.
    """
    now = document.line_now(line)
    found = [
        node
        for node in ast.walk(document.tree)
        if isinstance(node, ast.Call) and last_name(node.func) == name and node.lineno <= now <= (node.end_lineno or 0)
    ]
    exact = [call for call in found if now in (call.lineno, call.func.end_lineno)]
    return sorted(exact or found, key=lambda call: (call.lineno, call.col_offset))


def call_at(document: Document, line: int | None, name: str) -> ast.Call:
    """The one call of this name at a line.

    Raises:
        RefusalError: There is none, or there are several.
    """
    found = calls_at(document, line, name) if line else []
    if len(found) != 1:
        many = f"{len(found)} calls" if found else "no plain call"
        raise RefusalError(f"There is {many} of {name} at this line.", document.line_now(line or 0), document.path)
    return found[0]


def argument(call: ast.Call, name: str, position: int | None = None) -> ast.expr | None:
    """An argument of a call, by keyword or by position; None where it is not given.

    Args:
        call: The call.
        name: The keyword.
        position: Its place among the positional arguments; None where it can only be a keyword.
    """
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    if position is not None and position < len(call.args):
        if any(isinstance(item, ast.Starred) for item in call.args[: position + 1]):
            return None
        return call.args[position]
    return None


def check_unshared(document: Document, node: ast.expr, function: str) -> None:
    """See that an edit of what a name stands for changes one call only.

    Args:
        document: The file.
        node: What a call is given.
        function: Name of what is called, such as `compile`.

    Raises:
        RefusalError: Several such calls are given this name.
    """
    if not isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        return
    calls = [
        item for item in ast.walk(document.tree) if isinstance(item, ast.Call) and last_name(item.func) == function
    ]
    given = [call for call in calls if any(_is_same(part, node) for item in _given(call) for part in ast.walk(item))]
    if len(given) > 1:
        raise RefusalError(
            f"{len(given)} calls of {function} are given the name {document.text(node)!r}.", node.lineno, document.path
        )


def _given(call: ast.Call) -> Iterator[ast.expr]:
    yield from call.args
    yield from (keyword.value for keyword in call.keywords)


def _is_same(node: ast.AST, name: ast.expr) -> bool:
    return isinstance(node, type(name)) and ast.dump(node) == ast.dump(name)


def assigned(document: Document, name: ast.Name) -> ast.expr:
    """What the one plain assignment gives a name, looked up as Python does.

    Raises:
        RefusalError: There is none, or another one.
    """
    found = [binding for binding in bindings(document) if binding[0] == name.id]
    owners = [owner_of(document, node, name.id) for _, node, _ in found]
    for scope in scopes(document, name):
        values = [value for (_, _, value), owner in zip(found, owners, strict=True) if owner is scope]
        if values or None in owners:
            break
    if len(values) != 1 or values[0] is None or None in owners:
        raise RefusalError(
            f"The value comes from the name {name.id!r}, which is not one plain assignment.", name.lineno, document.path
        )
    return values[0]


def bindings(document: Document) -> Iterator[tuple[str, ast.AST, ast.expr | None]]:
    """(name, node, value) of everything that gives a name a value; the value is None where it is not plain."""
    for node in ast.walk(document.tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            holder = document.parents[node]
            if not isinstance(holder, ast.AnnAssign) or holder.value is not None:
                yield node.id, node, plain_value(holder)
        elif isinstance(node, ast.arg):
            yield node.arg, node, None
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).split(".")[0], node, None
        elif isinstance(node, ast.MatchMapping):
            yield node.rest or "", node, None
        elif isinstance(node, _NAMED):
            yield node.name or "", node, None


def plain_value(holder: ast.AST) -> ast.expr | None:
    """What a statement assigns to one name; None for a loop, an unpacking, `+=`, `with`."""
    is_plain = isinstance(holder, ast.AnnAssign) or (isinstance(holder, ast.Assign) and len(holder.targets) == 1)
    return holder.value if is_plain else None  # type: ignore[attr-defined]


def scopes(document: Document, name: ast.Name) -> Iterator[ast.AST]:
    """Where Python looks for a name, in this order: where it is read, in the functions around that, in the module."""
    scope = own = _scope(document, name)
    while True:
        if scope is own or not isinstance(scope, ast.ClassDef):
            yield scope
        if scope is document.tree:
            return
        scope = document.tree if _declares(document, scope, ast.Global, name.id) else _scope(document, scope)


def owner_of(document: Document, node: ast.AST, name: str) -> ast.AST | None:
    """Where a name is known that a node gives a value; None where that is in some function around (`nonlocal`)."""
    scope = _scope(document, node)
    while isinstance(scope, COMPREHENSIONS) and isinstance(document.parents[node], ast.NamedExpr):
        scope = _scope(document, scope)
    if _declares(document, scope, ast.Nonlocal, name):
        return None
    return document.tree if _declares(document, scope, ast.Global, name) else scope


def _declares(document: Document, scope: ast.AST, kind: type[ast.Global | ast.Nonlocal], name: str) -> bool:
    """Whether a function says that a name of it is one of outside."""
    return any(
        isinstance(node, kind) and name in node.names and _scope(document, node) is scope for node in ast.walk(scope)
    )


def _scope(document: Document, node: ast.AST) -> ast.AST:
    """The function, class, comprehension or module whose names a node reads and makes."""
    child, holder = node, document.parents[node]
    while not isinstance(holder, ast.Module):
        if isinstance(holder, COMPREHENSIONS):
            first = holder.generators[0]
            is_within = child is not first or not any(item is node for item in ast.walk(first.iter))
        elif isinstance(holder, Function | ast.ClassDef):
            body = [holder.body] if isinstance(holder, ast.Lambda) else holder.body
            is_within = child in body or isinstance(node, ast.arg)  # defaults and decorators are read outside
        else:
            is_within = False
        if is_within:
            return holder
        child, holder = holder, document.parents[holder]
    return holder


def function_of(document: Document, node: ast.AST) -> Function | None:
    """The function that holds a node; None at the module's level."""
    found: ast.AST | None = document.parents.get(node)
    while found is not None and not isinstance(found, Function):
        found = document.parents.get(found)
    return found
