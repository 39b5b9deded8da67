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


def is_plain(node: ast.expr) -> bool:
    """Whether a value is written out: a number, a text, a truth value, or a list of such."""
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError):
        return False
    return True


def resolved(document: Document, node: ast.expr) -> ast.expr:
    """What a name stands for, followed through plain assignments; the node itself where it is no name.

    An option of the command line, such as `args.rate`, stands for the default that `argparse` is given for it, an entry
    `options["rate"]` for its value in the dictionary, and `config.rate` for that in the one class with such a field.

    Raises:
        RefusalError: The name is not assigned exactly once, by a plain assignment.
    """
    for _ in range(5):
        default = _setting(document, node)
        if not isinstance(node, ast.Name) and default is None:
            return node
        node = default or _assigned(document, node)  # type: ignore[arg-type]
    raise RefusalError("The value is handed through too many names.", node.lineno, document.path)


def _setting(document: Document, node: ast.expr) -> ast.expr | None:
    """The value that is written elsewhere for an option, an entry, or a field; None for anything else."""
    if isinstance(node, ast.Subscript):
        return _entry_of(document, node)
    return (_default_of(document, node) or _field_of(document, node)) if isinstance(node, ast.Attribute) else None


def _entry_of(document: Document, entry: ast.Subscript) -> ast.expr | None:
    """The value of an entry in a dictionary that is written out, and to which none is given later."""
    key, holder = entry.slice, entry.value
    whole = _entry_of(document, holder) if isinstance(holder, ast.Subscript) else None
    if whole is None and isinstance(holder, ast.Name):
        whole = _plain_assigned(document, holder)
    if not isinstance(whole, ast.Dict) or not isinstance(key, ast.Constant) or is_changed(document, holder):
        return None
    keys = [item.value if isinstance(item, ast.Constant) else None for item in whole.keys]
    return whole.values[keys.index(key.value)] if keys.count(key.value) == 1 and None not in keys else None


def is_changed(document: Document, holder: ast.expr) -> bool:
    """Whether a dictionary is given entries after it is made, or is handed to what may do so by a method."""
    text = ast.dump(holder)
    reads = [node for node in ast.walk(document.tree) if isinstance(node, ast.expr) and ast.dump(node) == text]
    holders = [document.parents[node] for node in reads]
    stored = (isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load) for node in holders)
    methods = (isinstance(node, ast.Attribute) and node.attr in ("update", "pop", "setdefault") for node in holders)
    return any(stored) or any(methods)


def _field_of(document: Document, read: ast.Attribute) -> ast.expr | None:
    """The value that a class gives one of its fields, where no object is given another one."""
    nodes = list(ast.walk(document.tree))
    stored = any(
        isinstance(node, ast.Attribute) and node.attr == read.attr and not isinstance(node.ctx, ast.Load)
        for node in nodes
    )
    found = [
        (holder, _plain_value(statement))
        for holder in nodes
        if isinstance(holder, ast.ClassDef)
        for statement in holder.body
        if isinstance(statement, ast.Assign | ast.AnnAssign) and _target(statement) == read.attr
    ]
    if stored or len(found) != 1:
        return None
    (holder, value), calls = found[0], [node for node in nodes if isinstance(node, ast.Call)]
    made = [call for call in calls if last_name(call.func) in (holder.name, "replace")]
    if any(call.args and last_name(call.func) == holder.name for call in made):
        return None
    if any(keyword.arg in (None, read.attr) for call in made for keyword in call.keywords):
        return None
    return argument(value, "default") if isinstance(value, ast.Call) else value


def _target(statement: ast.Assign | ast.AnnAssign) -> str:
    target = statement.target if isinstance(statement, ast.AnnAssign) else statement.targets[0]
    return target.id if isinstance(target, ast.Name) else ""


def _default_of(document: Document, option: ast.Attribute) -> ast.expr | None:
    """The default that is written for an option of the command line; None for anything else."""
    given = _plain_assigned(document, option.value) if isinstance(option.value, ast.Name) else None
    if not isinstance(given, ast.Call) or last_name(given.func) not in ("parse_args", "parse_known_args"):
        return None
    declared = [
        node
        for node in ast.walk(document.tree)
        if isinstance(node, ast.Call) and last_name(node.func) == "add_argument"
    ]
    named = [call for call in declared if option.attr in _option_names(call)]
    return argument(named[0], "default") if len(named) == 1 else None


def _plain_assigned(document: Document, name: ast.Name) -> ast.expr | None:
    try:
        return _assigned(document, name)
    except RefusalError:
        return None


def _option_names(call: ast.Call) -> set[str]:
    """The names by which an option's value may be read."""
    texts = [item.value for item in call.args if isinstance(item, ast.Constant) and isinstance(item.value, str)]
    stored = argument(call, "dest")
    if isinstance(stored, ast.Constant):
        return {str(stored.value)}
    return {text.lstrip("-").replace("-", "_") for text in texts}


def followed(document: Document, node: ast.expr) -> ast.expr | None:
    """What a name stands for, as `resolved` finds it; None where that is not one plain assignment."""
    try:
        return resolved(document, node)
    except RefusalError:
        return None


def is_read_once(document: Document, node: ast.expr) -> bool:
    """Whether a value that stands for itself, or for a name, is read nowhere else: only then may it be edited there."""
    if isinstance(node, ast.Attribute):  # the object may have another name elsewhere
        attributes = (item for item in ast.walk(document.tree) if isinstance(item, ast.Attribute))
        return sum(item.attr == node.attr for item in attributes) == 1
    if isinstance(node, ast.Subscript):
        return sum(ast.dump(item) == ast.dump(node) for item in ast.walk(document.tree)) == 1
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
    found = [binding for binding in _bindings(document) if binding[0] == name.id]
    owners = [_owner(document, node, name.id) for _, node, _ in found]
    for scope in _scopes(document, name):
        values = [value for (_, _, value), owner in zip(found, owners, strict=True) if owner is scope]
        if values or None in owners:
            break
    if len(values) != 1 or values[0] is None or None in owners:
        raise RefusalError(
            f"The value comes from the name {name.id!r}, which is not one plain assignment.", name.lineno, document.path
        )
    return values[0]


def _bindings(document: Document) -> Iterator[tuple[str, ast.AST, ast.expr | None]]:
    """(name, node, value) of everything that gives a name a value; the value is None where it is not plain."""
    for node in ast.walk(document.tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            holder = document.parents[node]
            if not isinstance(holder, ast.AnnAssign) or holder.value is not None:
                yield node.id, node, _plain_value(holder)
        elif isinstance(node, ast.arg):
            yield node.arg, node, None
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).split(".")[0], node, None
        elif isinstance(node, ast.MatchMapping):
            yield node.rest or "", node, None
        elif isinstance(node, _NAMED):
            yield node.name or "", node, None


def _plain_value(holder: ast.AST) -> ast.expr | None:
    """What a statement assigns to one name; None for a loop, an unpacking, `+=`, `with`."""
    is_plain = isinstance(holder, ast.AnnAssign) or (isinstance(holder, ast.Assign) and len(holder.targets) == 1)
    return holder.value if is_plain else None  # type: ignore[attr-defined]


def _scopes(document: Document, name: ast.Name) -> Iterator[ast.AST]:
    """Where Python looks for a name, in this order: where it is read, in the functions around that, in the module."""
    scope = own = _scope(document, name)
    while True:
        if scope is own or not isinstance(scope, ast.ClassDef):
            yield scope
        if scope is document.tree:
            return
        scope = document.tree if _declares(document, scope, ast.Global, name.id) else _scope(document, scope)


def _owner(document: Document, node: ast.AST, name: str) -> ast.AST | None:
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
