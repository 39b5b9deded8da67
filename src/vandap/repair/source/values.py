"""Follows a value to where it is written: names, options, entries, fields, arguments of functions."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Set
from contextlib import suppress

from vandap.repair.source.document import Document, RefusalError
from vandap.repair.source.find import argument, assigned, bindings, last_name, owner_of, plain_value, scopes

_RUNNERS = ("Fire", "run")
"""Functions that call another one once, with what the command line says."""
_MOST_NAMES = 8
"""Names through which a value may be handed."""


def is_plain(node: ast.expr) -> bool:
    """Whether a value is written out: a number, a text, a truth value, or a list of such."""
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError):
        return False
    return True


def resolved(document: Document, node: ast.expr, depth: int = 0) -> ast.expr:
    """What a name stands for, followed through plain assignments; the node itself where it is no name.

    An option of the command line, such as `args.rate`, stands for the default that `argparse` is given for it, an entry
    `options["rate"]` for its value in the dictionary, `config.rate` for that in the one class with such a field, and a
    function's argument for what its only call gives it.

    Args:
        document: The file.
        node: The name.
        depth: How often a name was followed within that of another: one may be made of itself.

    Raises:
        RefusalError: The name is not assigned exactly once, by a plain assignment.
    """
    *_, last = _steps(document, node, depth)
    return last


def _steps(document: Document, node: ast.expr, depth: int = 0) -> Iterator[ast.expr]:
    """A node, and each that it is written to be in turn; see `resolved`."""
    for _ in range(_MOST_NAMES if depth < _MOST_NAMES else 0):
        yield node
        found = _next(document, node, depth)
        if found is None:
            return
        node = found
    raise RefusalError("The value is handed through too many names.", node.lineno, document.path)


def _next(document: Document, node: ast.expr, depth: int = 0) -> ast.expr | None:
    """What a name, option, entry or field is written to be, which may be a name again; None for anything else.

    Raises:
        RefusalError: It is a name that is not assigned exactly once, by a plain assignment.
    """
    if isinstance(node, ast.Subscript):
        return _entry_of(document, node, depth + 1)
    if isinstance(node, ast.Attribute):
        return _default_of(document, node) or _field_of(document, node)
    if isinstance(node, ast.Name):
        return _handed_in(document, node) or assigned(document, node)
    return None


def calls_of(document: Document, function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.Call]:
    """The calls of a function in its own file; those of a class where the function makes its objects."""
    holder, name = document.parents[function], function.name
    is_method = isinstance(holder, ast.ClassDef)
    if isinstance(holder, ast.ClassDef) and name == "__init__":
        name, is_method = holder.name, False
    kind = ast.Attribute if is_method else ast.Name
    calls = [node for node in ast.walk(document.tree) if isinstance(node, ast.Call)]
    return [call for call in calls if isinstance(call.func, kind) and last_name(call.func) == name]


def parameters(document: Document, function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """The arguments that a call may give a function without their keywords, in order."""
    names = [item.arg for item in (*function.args.posonlyargs, *function.args.args)]
    return names[1:] if isinstance(document.parents[function], ast.ClassDef) else names


def _handed_in(document: Document, name: ast.Name) -> ast.expr | None:
    """What the only call of a function gives its argument, or the default; None for anything else."""
    scope, own = _bound(document, name)
    if not isinstance(scope, ast.FunctionDef) or len(own) != 1 or not isinstance(own[0], ast.arg):
        return None
    calls = calls_of(document, scope)
    if len(calls) != 1 or _mentions(document, last_name(calls[0].func)) != 1 or scope.decorator_list:
        return None
    if any(isinstance(item, ast.Starred) for item in calls[0].args) or any(not item.arg for item in calls[0].keywords):
        return None
    return _given(document, scope, calls[0], name.id)


def _bound(
    document: Document, name: ast.Name, left_out: Set[int] = frozenset()
) -> tuple[ast.AST | None, list[ast.AST]]:
    """Where a name that is read is known, and the nodes that give it a value there.

    Args:
        document: The file.
        name: The name.
        left_out: Nodes, by `id`, whose own names do not count.
    """
    nodes = [node for known, node, _ in bindings(document) if known == name.id and id(node) not in left_out]
    owners = [owner_of(document, node, name.id) for node in nodes]
    scope = next((scope for scope in scopes(document, name) if scope in owners), None)
    return scope, [node for node, owner in zip(nodes, owners, strict=True) if owner is scope]


def _given(document: Document, function: ast.FunctionDef, call: ast.Call, name: str) -> ast.expr | None:
    """What a call gives a function's argument, or its default; None where it gives none."""
    names = parameters(document, function)
    return argument(call, name, names.index(name) if name in names else None) or _default(function, name)


def _mentions(document: Document, name: str) -> int:
    """How often a name, or an attribute of that name, is read."""
    nodes = (node for node in ast.walk(document.tree) if isinstance(node, ast.Name | ast.Attribute))
    return sum(isinstance(node.ctx, ast.Load) and last_name(node) == name for node in nodes)


def _default(function: ast.FunctionDef, name: str) -> ast.expr | None:
    """The default of an argument; None where it has none."""
    given = function.args
    positional = [*given.posonlyargs, *given.args][::-1]
    defaults = dict(zip([item.arg for item in positional], given.defaults[::-1], strict=False))
    named = {item.arg: value for item, value in zip(given.kwonlyargs, given.kw_defaults, strict=True) if value}
    return {**defaults, **named}.get(name)


def _entry_of(document: Document, entry: ast.Subscript, depth: int) -> ast.expr | None:
    """The value of an entry in a dictionary that is written out, and to which none is given later."""
    key, holder = entry.slice, entry.value
    whole = followed(document, holder, depth) if isinstance(holder, ast.Subscript | ast.Name) else None
    entries = None if whole is None else entries_of(whole)
    if entries is None or not isinstance(key, ast.Constant) or is_changed(document, holder, depth):
        return None
    return entries.get(str(key.value))


def entries_of(whole: ast.expr) -> dict[str, ast.expr] | None:
    """The entries of a dictionary that is written out, as `{...}` or as `dict(...)`; None for anything else."""
    if isinstance(whole, ast.Call) and last_name(whole.func) == "dict" and not whole.args:
        if any(item.arg is None for item in whole.keywords):
            return None
        return {str(item.arg): item.value for item in whole.keywords}
    if not isinstance(whole, ast.Dict):
        return None
    keys = [str(item.value) for item in whole.keys if isinstance(item, ast.Constant)]
    return dict(zip(keys, whole.values, strict=True)) if len(set(keys)) == len(whole.keys) else None


def is_changed(document: Document, holder: ast.expr, depth: int = 0) -> bool:
    """Whether a dictionary is given entries after it is made, by any of the names through which it is handed."""
    texts = set[str]()
    with suppress(RefusalError):  # then it is known as far as it could be followed
        for name in _steps(document, holder, depth):
            texts.add(ast.dump(name))
    reads = [node for node in ast.walk(document.tree) if isinstance(node, ast.expr) and ast.dump(node) in texts]
    holders = [document.parents[node] for node in reads]
    stored = (isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load) for node in holders)
    methods = (isinstance(node, ast.Attribute) and node.attr in ("update", "pop", "setdefault") for node in holders)
    return any(stored) or any(methods)


def _field_of(document: Document, read: ast.Attribute) -> ast.expr | None:
    """The value that a class gives one of its fields, where no object is given another one; or the only one it has."""
    nodes = list(ast.walk(document.tree))
    stored = [
        node
        for node in nodes
        if isinstance(node, ast.Attribute) and node.attr == read.attr and not isinstance(node.ctx, ast.Load)
    ]
    found = [
        (holder, plain_value(statement))
        for holder in nodes
        if isinstance(holder, ast.ClassDef)
        for statement in holder.body
        if isinstance(statement, ast.Assign | ast.AnnAssign) and _target(statement) == read.attr
    ]
    if len(stored) == 1 and not found and ast.dump(stored[0].value) == ast.dump(read.value):
        return plain_value(document.parents[stored[0]])
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
        return assigned(document, name)
    except RefusalError:
        return None


def _option_names(call: ast.Call) -> set[str]:
    """The names by which an option's value may be read."""
    texts = [item.value for item in call.args if isinstance(item, ast.Constant) and isinstance(item.value, str)]
    stored = argument(call, "dest")
    if isinstance(stored, ast.Constant):
        return {str(stored.value)}
    return {text.lstrip("-").replace("-", "_") for text in texts}


def followed(document: Document, node: ast.expr, depth: int = 0) -> ast.expr | None:
    """What a name stands for, as `resolved` finds it; None where that is not one plain assignment."""
    try:
        return resolved(document, node, depth)
    except RefusalError:
        return None


def is_read_once(document: Document, node: ast.expr) -> bool:
    """Whether a value that stands for itself, or for a name, is read nowhere else: only then may it be edited there."""
    for name in _steps(document, node):
        if isinstance(name, ast.Name | ast.Attribute) and _is_read_again(document, name):
            return False
        if isinstance(name, ast.Subscript) and _is_entry_read_again(document, name):
            return False
    return True


def _is_read_again(document: Document, node: ast.Name | ast.Attribute) -> bool:
    """Whether a name is read twice, or an attribute of that name, as the object may have another name elsewhere."""
    alike = (
        item for item in ast.walk(document.tree) if isinstance(item, type(node)) and last_name(item) == last_name(node)
    )
    return sum(isinstance(item.ctx, ast.Load) for item in alike) > 1


def _is_entry_read_again(document: Document, entry: ast.Subscript) -> bool:
    """Whether an entry of that key is read twice, of whatever dictionary: it may have several names."""
    key = ast.dump(entry.slice)
    nodes = list(ast.walk(document.tree))
    read = sum(isinstance(node, ast.Subscript) and ast.dump(node.slice) == key for node in nodes)
    calls = (node for node in nodes if isinstance(node, ast.Call) and last_name(node.func) == "get")
    return read + sum(bool(call.args) and ast.dump(call.args[0]) == key for call in calls) > 1


def is_swept(document: Document, node: ast.expr, depth: int = 0) -> bool:
    """Whether a value is, or depends on, what is meant to be another each time.

    That is what a loop goes through or changes, and an argument that several calls of a function give differently, or
    that others call it with.

    Args:
        document: The file.
        node: The value.
        depth: How many functions lead here.
    """
    if depth >= _MOST_NAMES:
        return False
    try:
        found = _next(document, node)
    except RefusalError:
        found = None
    if found is not None:
        return is_swept(document, found, depth + 1)
    if isinstance(node, ast.Attribute | ast.Subscript) and _is_set_in_loop(document, node):
        return True
    names = [item for item in ast.walk(node) if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Load)]
    reads = [item for item in ast.walk(node) if isinstance(item, ast.Attribute | ast.Subscript) and item is not node]
    inside = {id(item) for item in ast.walk(node)}  # what a comprehension goes through is its own
    return any(_is_swept_name(document, name, depth, inside) for name in names) or any(
        is_swept(document, read, depth + 1) for read in reads
    )


def _is_set_in_loop(document: Document, read: ast.Attribute | ast.Subscript) -> bool:
    """Whether an attribute of that name, or an entry of that key, is given values in a loop."""

    def key(node: ast.Attribute | ast.Subscript) -> str:
        return node.attr if isinstance(node, ast.Attribute) else ast.dump(node.slice)

    alike = (node for node in ast.walk(document.tree) if isinstance(node, ast.Attribute | ast.Subscript))
    stored = (node for node in alike if type(node) is type(read) and not isinstance(node.ctx, ast.Load))
    return any(key(node) == key(read) and _is_in_loop(document, node) for node in stored)


def _is_swept_name(document: Document, name: ast.Name, depth: int, inside: set[int]) -> bool:
    scope, own = _bound(document, name, inside)
    if any(_is_of_loop(document, node) for node in own):
        return True
    if len(own) > 1 and any(_is_in_loop(document, node) for node in own):
        return True
    if not any(isinstance(node, ast.arg) for node in own):
        return False
    return not isinstance(scope, ast.FunctionDef) or _is_called_differently(document, scope, name.id, depth)


def _is_called_differently(document: Document, function: ast.FunctionDef, name: str, depth: int) -> bool:
    """Whether the calls of a function give an argument other values, as far as this file tells."""
    if isinstance(document.parents[function], ast.ClassDef) and name not in parameters(document, function):
        return False  # self
    calls = calls_of(document, function)
    called = {id(call.func) for call in calls}
    nodes = [node for node in ast.walk(document.tree) if isinstance(node, ast.Name) and node.id == function.name]
    for node in nodes:  # handed to what calls it as it likes, but for what runs a program
        holder = document.parents[node]
        is_run = isinstance(holder, ast.Call) and last_name(holder.func) in _RUNNERS
        if isinstance(node.ctx, ast.Load) and id(node) not in called and not is_run:
            return True
    spread = [item.value for call in calls for item in call.args if isinstance(item, ast.Starred)]
    spread += [item.value for call in calls for item in call.keywords if item.arg is None]
    given = [found for call in calls if (found := _given(document, function, call, name)) is not None]
    if (spread and len(calls) > 1) or len({ast.dump(value) for value in given}) > 1:
        return True
    return any(is_swept(document, value, depth + 1) for value in (*spread, *given))


def _is_in_loop(document: Document, node: ast.AST) -> bool:
    """Whether a statement of a function, or of the module, is repeated there."""
    holder = document.parents.get(node)
    while holder is not None and not isinstance(holder, ast.FunctionDef | ast.Lambda | ast.ClassDef):
        if isinstance(holder, ast.For | ast.AsyncFor | ast.While):
            return True
        holder = document.parents.get(holder)
    return False


def _is_of_loop(document: Document, bound: ast.AST) -> bool:
    """Whether a node that gives a name a value is what a loop or a comprehension goes through."""
    child, holder = bound, document.parents[bound]
    while isinstance(holder, ast.Tuple | ast.List | ast.Starred):
        child, holder = holder, document.parents[holder]
    return isinstance(holder, ast.For | ast.AsyncFor | ast.comprehension) and holder.target is child
