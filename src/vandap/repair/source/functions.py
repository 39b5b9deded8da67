"""Puts a whole function into a program, above the statement that calls it."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Mapping

from vandap.repair.source.document import Document, Edit, RefusalError

NOTHING: Mapping[str, str] = {}


def defined(
    document: Document, node: ast.AST, function: Callable, head: str = "", values: Mapping[str, str] = NOTHING
) -> tuple[Edit, ...]:
    """The edit that defines a function before the statement of the module that holds a node; none where it is there.

    Args:
        document: The file.
        node: Where the function is called.
        function: One of `vandap.repair.written`.
        head: What stands above it, such as a decorator.
        values: What is written in the place of words of its source.

    Raises:
        RefusalError: The name stands for something else.
    """
    name, text = function.__name__, inspect.getsource(function)
    for word, value in values.items():
        text = text.replace(word, value)
    known = [item for item in ast.walk(document.tree) if getattr(item, "name", "") == name]
    if any(isinstance(item, ast.FunctionDef) and document.text(item) == text.rstrip() for item in known):
        return ()
    if known or name in names(document):
        raise RefusalError(f"The name {name} stands for something else.", getattr(node, "lineno", 1), document.path)
    place = document.line_start(first_line(document, node))
    return (Edit(place, place, f"{_gap(document.content[:place])}{head}{text}\n\n"),)


def _gap(content: bytes) -> str:
    """What is missing of two empty lines."""
    ends = len(content) - len(content.rstrip(b"\n"))
    return "\n" * max(3 - ends, 0) if content.strip() else ""


def names(document: Document) -> frozenset[str]:
    """Every name that a file gives something or reads."""
    return frozenset(item.id for item in ast.walk(document.tree) if isinstance(item, ast.Name))


def first_line(document: Document, node: ast.AST) -> int:
    """The first line of the statement of the module that holds a node, its decorators included.

    Raises:
        RefusalError: Another statement stands on its line.
    """
    statement = top_statement(document, node)
    return min((item.lineno for item in getattr(statement, "decorator_list", ())), default=statement.lineno)


def top_statement(document: Document, node: ast.AST) -> ast.stmt:
    """The statement of the module that holds a node.

    Raises:
        RefusalError: Another statement stands on its line.
    """
    while not isinstance(document.parents[node], ast.Module):
        node = document.parents[node]
    return document.statement(node)
