"""How a program writes the arrays that `fit` is given, and what may be written beside the call."""

from __future__ import annotations

import ast

from vandap.repair.source.document import Document, RefusalError
from vandap.repair.source.find import COMPREHENSIONS, Function, argument, function_of
from vandap.repair.source.project import Project


def indexed(document: Document, node: ast.expr) -> str:
    """An expression as it is written where an index or an operator follows it."""
    plain = isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.Constant)
    return document.text(node) if plain else f"({document.text(node)})"


def split_share(project: Project, call: ast.Call) -> float:
    """The share of the rows that `validation_split` takes; 0 where validation data are given beside it."""
    return project.program.fit.validation_share if argument(call, "validation_data") is None else 0.0


def check_beside(document: Document, call: ast.Call) -> None:
    """See that a statement beside a call knows the names that stand in the call.

    Raises:
        RefusalError: The call stands in a comprehension or a lambda, whose names end with it.
    """
    statement, node = document.statement(call), document.parents[call]
    while node is not statement:
        if isinstance(node, (*COMPREHENSIONS, ast.Lambda)):
            raise RefusalError("The call of fit stands inside another expression.", call.lineno, document.path)
        node = document.parents[node]


def is_made_here(document: Document, call: ast.Call, name: str) -> bool:
    """Whether a name that stands in a call may be given another value in the statement before it.

    Within a function it would otherwise be another name, which is not there yet.
    """
    holder = function_of(document, call)
    if holder is None:
        return True
    own = any(_gives(item, name) and function_of(document, item) is holder for item in ast.walk(holder))
    return own or is_argument(holder, name)


def is_argument(holder: Function, name: str) -> bool:
    """Whether a function is given something by this name."""
    return any(isinstance(item, ast.arg) and item.arg == name for item in ast.walk(holder.args))


def _gives(node: ast.AST, name: str) -> bool:
    """Whether a node gives a name a value, or says that it is the name of outside."""
    if isinstance(node, ast.Global | ast.Nonlocal):
        return name in node.names
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id == name
