"""Lists of layers that the data pass in the written order, and the edits of their elements."""

from __future__ import annotations

import ast
import re

from vandap.repair.source.document import Document, Edit, RefusalError
from vandap.repair.source.find import function_of, last_name

_ENDS_LINE = re.compile(rb"\s*(,?)\s*(#.*)?")
"""What may stand behind an element on its last line where nothing else does."""
_SERIES = ("Sequential", "Pipeline")
"""Classes that call the layers of a list one after the other."""


def is_in_chain(document: Document, call: ast.Call) -> bool:
    """Whether a layer is an element of a list that goes to Sequential, or whose layers a loop calls one by one.

    Any other list is one of which the program takes elements by their number, or by as many names as there are.
    """
    parent = document.parents[call]
    return isinstance(parent, ast.List | ast.Tuple) and _is_chain(document, parent)


def put_behind(document: Document, call: ast.Call, text: str) -> tuple[Edit, ...]:
    """The edit that puts an element behind a layer: on a line of its own where the layer has one, below its comment.

    Raises:
        RefusalError: The layer stands in parentheses.
    """
    _check_bare(document, call)
    end = document.span(call)[1]
    rest = document.content[end:].split(b"\n")[0].rstrip()
    found = _ENDS_LINE.fullmatch(rest)
    if found is None or not _begins_line(document, call):
        return (Edit(end, end, f", {text}"),)
    line, last = f"\n{document.indent(call)}{text}", end + len(rest)
    if found[1]:
        return (Edit(last, last, f"{line},"),)
    return (Edit(end, end, f",{line}"),) if last == end else (Edit(end, end, ","), Edit(last, last, line))


def put_before(document: Document, call: ast.Call, text: str) -> Edit:
    """The edit that puts an element before a layer: on a line of its own where the layer begins one.

    Raises:
        RefusalError: The layer stands in parentheses.
    """
    _check_bare(document, call)
    start = document.span(call)[0]
    return Edit(start, start, f"{text},\n{document.indent(call)}" if _begins_line(document, call) else f"{text}, ")


def taken_out(document: Document, call: ast.expr) -> Edit:
    """The edit that takes a layer, or what else stands there, out of its list, with its own comment and no other.

    Raises:
        RefusalError: The layer stands in parentheses, or too few elements would be left.
    """
    _check_bare(document, call)
    parent = document.parents[call]
    items: list[ast.expr] = parent.elts  # type: ignore[attr-defined]
    if len(items) <= 1 + isinstance(parent, ast.Tuple):
        raise RefusalError("The layer is used in a way that cannot be cut.", call.lineno, document.path)
    (start, end), place = document.span(call), items.index(call)
    rest = document.content[end:].split(b"\n")[0].rstrip()
    found = _ENDS_LINE.fullmatch(rest)
    is_last = place + 1 == len(items)
    if _begins_line(document, call) and found is not None and (found[1] or is_last):
        return Edit(document.line_start(call.lineno), document.line_start((call.end_lineno or 0) + 1), "")
    past = document.span(items[place - 1])[1] if place else start
    if place and not document.content[past:start].strip(b" \t,\r\n" if is_last else b" \t,"):
        return Edit(past, end, "")
    if found is not None and found[1]:  # what follows is on other lines, and stays there
        return Edit(start, end + len(rest), "")
    return Edit(start, end if is_last else document.span(items[place + 1])[0], "")


def _begins_line(document: Document, call: ast.expr) -> bool:
    return not document.content[document.line_start(call.lineno) : document.span(call)[0]].strip()


def _check_bare(document: Document, call: ast.expr) -> None:
    start, end = document.span(call)
    before, behind = document.content[:start].rstrip(), document.content[end:].lstrip()
    if before.endswith(b"(") and behind.startswith(b")"):
        raise RefusalError("The layer stands in parentheses of its own.", call.lineno, document.path)


def _is_chain(document: Document, node: ast.AST, seen: frozenset[str] = frozenset()) -> bool:
    """Whether what stands here is a chain of layers, by what is done with it; `seen` are names that led here."""
    holder = document.parents[node]
    if isinstance(holder, ast.keyword):
        return holder.arg == "layers" and _is_series(document, document.parents[holder])
    if isinstance(holder, ast.Call):
        if last_name(holder.func) == "extend" and isinstance(holder.func, ast.Attribute):
            return _is_read_as_chain(document, holder.func.value, seen)
        return holder.args[:1] == [node] and _is_series(document, holder)
    if isinstance(holder, ast.For):
        return holder.iter is node and _goes_through(holder)
    if isinstance(holder, ast.Assign):
        return len(holder.targets) == 1 and _is_read_as_chain(document, holder.targets[0], seen)
    if isinstance(holder, ast.AnnAssign | ast.AugAssign):
        return _is_read_as_chain(document, holder.target, seen)
    is_part = isinstance(holder, ast.Starred | ast.IfExp) or (
        isinstance(holder, ast.BinOp) and isinstance(holder.op, ast.Add)
    )
    is_spread = isinstance(node, ast.Starred) and isinstance(holder, ast.List | ast.Tuple)
    return (is_part or is_spread) and _is_chain(document, holder, seen)


def _is_series(document: Document, node: ast.AST) -> bool:
    """Whether a call makes a Sequential model or its like, or is what a class derived from one gives its base."""
    if not isinstance(node, ast.Call):
        return False
    if last_name(node.func) != "__init__":
        return last_name(node.func) in _SERIES
    owner: ast.AST | None = node
    while owner is not None and not isinstance(owner, ast.ClassDef):
        owner = document.parents.get(owner)
    return owner is not None and any(last_name(base) in _SERIES for base in owner.bases)


def _is_read_as_chain(document: Document, target: ast.expr, seen: frozenset[str]) -> bool:
    """Whether a name, or an attribute of `self`, is handed on as a chain, and nothing takes elements of it."""
    name = ast.unparse(target)
    if not isinstance(target, ast.Name | ast.Attribute) or name in seen:
        return False
    within = function_of(document, target) if isinstance(target, ast.Name) else None
    reads = [
        node
        for node in ast.walk(document.tree)
        if isinstance(node, type(target)) and isinstance(node.ctx, ast.Load) and ast.unparse(node) == name
        and (within is None or function_of(document, node) is within)
    ]  # fmt: skip
    if any(isinstance(document.parents[node], ast.Subscript) for node in reads):
        return False
    return any(_is_chain(document, node, seen | {name}) for node in reads)


def _goes_through(loop: ast.For) -> bool:
    """Whether a loop does nothing but `x = layer(x)`, or but to add each layer to a model."""
    statement, layer = loop.body[0], last_name(loop.target)
    call = getattr(statement, "value", None)
    if len(loop.body) > 1 or not layer or not isinstance(call, ast.Call) or not call.args:
        return False
    given = last_name(call.args[0])
    if isinstance(statement, ast.Expr):
        return last_name(call.func) == "add" and given == layer
    targets = [last_name(target) for target in statement.targets] if isinstance(statement, ast.Assign) else []
    return last_name(call.func) == layer and targets == [given]
