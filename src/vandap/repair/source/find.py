"""Finds in a syntax tree what the record of a run names: calls by their line, arguments, what a name stands for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeAlias

from vandap.repair.source.document import Document, RefusalError

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


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
        raise RefusalError(f"There is {many} of {name} at this line.", line or 0, document.path)
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


def is_plain(node: ast.expr) -> bool:
    """Whether a value is written out: a number, a text, a truth value, or a list of such."""
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError):
        return False
    return True


def resolved(document: Document, node: ast.expr) -> ast.expr:
    """What a name stands for, followed through plain assignments; the node itself where it is no name.

    Raises:
        RefusalError: The name is not assigned exactly once, by a plain assignment.
    """
    for _ in range(5):
        if not isinstance(node, ast.Name):
            return node
        node = _assigned(document, node)
    raise RefusalError("The value is handed through too many names.", node.lineno, document.path)


def is_read_once(document: Document, node: ast.expr) -> bool:
    """Whether a value that stands for itself, or for a name, is read nowhere else: only then may it be edited there."""
    while isinstance(node, ast.Name):
        reads = [item for item in ast.walk(document.tree) if isinstance(item, ast.Name) and item.id == node.id]
        if sum(isinstance(item.ctx, ast.Load) for item in reads) > 1:
            return False
        node = _assigned(document, node)
    return True


def check_unshared(document: Document, node: ast.expr, function: str) -> None:
    """See that an edit of what a name stands for changes one call only.

    Args:
        document: The file.
        node: What a call is given.
        function: Name of what is called, such as `compile`.

    Raises:
        RefusalError: Several such calls are given this name.
    """
    if not isinstance(node, ast.Name):
        return
    calls = [
        item for item in ast.walk(document.tree) if isinstance(item, ast.Call) and last_name(item.func) == function
    ]
    given = [call for call in calls if any(_is_name(part, node.id) for item in _given(call) for part in ast.walk(item))]
    if len(given) > 1:
        raise RefusalError(
            f"{len(given)} calls of {function} are given the name {node.id!r}.", node.lineno, document.path
        )


def _given(call: ast.Call) -> Iterator[ast.expr]:
    yield from call.args
    yield from (keyword.value for keyword in call.keywords)


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _assigned(document: Document, name: ast.Name) -> ast.expr:
    bindings = [binding for binding in _bindings(document.tree) if binding[0] == name.id]
    scope = function_of(document, name)
    own = [binding for binding in bindings if function_of(document, binding[1]) is scope]
    outer = [binding for binding in bindings if function_of(document, binding[1]) is None]
    chosen = own or outer
    if len(chosen) != 1 or chosen[0][2] is None:
        raise RefusalError(
            f"The value comes from the name {name.id!r}, which is not one plain assignment.", name.lineno, document.path
        )
    return chosen[0][2]


def _bindings(tree: ast.AST) -> Iterator[tuple[str, ast.AST, ast.expr | None]]:
    """(name, node, value) of everything that gives a name a value; the value is None where it is not plain."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node, node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, node, node.value
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield from _other_store(tree, node)
        elif isinstance(node, ast.arg):
            yield node.arg, node, None
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).split(".")[0], node, None


def _other_store(tree: ast.AST, name: ast.Name) -> Iterator[tuple[str, ast.AST, None]]:
    """A store that is no plain assignment: a loop, an unpacking, `+=`, `with`."""
    for node in ast.walk(tree):
        plain = isinstance(node, ast.Assign) and len(node.targets) == 1 and node.targets[0] is name
        if plain or (isinstance(node, ast.AnnAssign) and node.target is name):
            return
    yield name.id, name, None


def function_of(document: Document, node: ast.AST) -> Function | None:
    """The function that holds a node; None at the module's level."""
    found: ast.AST | None = document.parents.get(node)
    while found is not None and not isinstance(found, Function):
        found = document.parents.get(found)
    return found
