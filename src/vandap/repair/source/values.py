"""Follows a value to where it is written: names, options, entries, fields, arguments of functions."""

from __future__ import annotations

import ast

from vandap.repair.source.document import Document, RefusalError
from vandap.repair.source.find import argument, assigned, bindings, last_name, owner_of, plain_value, scopes

_MOST_NAMES = 8
"""Names through which a value may be handed."""


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
    `options["rate"]` for its value in the dictionary, `config.rate` for that in the one class with such a field, and a
    function's argument for what its only call gives it.

    Raises:
        RefusalError: The name is not assigned exactly once, by a plain assignment.
    """
    for _ in range(_MOST_NAMES):
        found = _next(document, node)
        if found is None:
            return node
        node = found
    raise RefusalError("The value is handed through too many names.", node.lineno, document.path)


def _next(document: Document, node: ast.expr) -> ast.expr | None:
    """What a name, option, entry or field is written to be, which may be a name again; None for anything else.

    Raises:
        RefusalError: It is a name that is not assigned exactly once, by a plain assignment.
    """
    if isinstance(node, ast.Subscript):
        return _entry_of(document, node)
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
    bound = [node for known, node, _ in bindings(document) if known == name.id]
    owners = [owner_of(document, node, name.id) for node in bound]
    scope = next((scope for scope in scopes(document, name) if scope in owners), None)
    own = [node for node, owner in zip(bound, owners, strict=True) if owner is scope]
    if not isinstance(scope, ast.FunctionDef) or len(own) != 1 or not isinstance(own[0], ast.arg):
        return None
    calls = calls_of(document, scope)
    if len(calls) != 1 or _mentions(document, last_name(calls[0].func)) != 1 or scope.decorator_list:
        return None
    if any(isinstance(item, ast.Starred) for item in calls[0].args) or any(not item.arg for item in calls[0].keywords):
        return None
    names = parameters(document, scope)
    given = argument(calls[0], name.id, names.index(name.id) if name.id in names else None)
    return given or _default(scope, name.id)


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


def _entry_of(document: Document, entry: ast.Subscript) -> ast.expr | None:
    """The value of an entry in a dictionary that is written out, and to which none is given later."""
    key, holder = entry.slice, entry.value
    whole = _entry_of(document, holder) if isinstance(holder, ast.Subscript) else None
    if whole is None and isinstance(holder, ast.Name):
        whole = followed(document, holder)
    entries = None if whole is None else entries_of(whole)
    if entries is None or not isinstance(key, ast.Constant) or is_changed(document, holder):
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


def is_changed(document: Document, holder: ast.expr) -> bool:
    """Whether a dictionary is given entries after it is made, by any of the names through which it is handed."""
    texts, found = set[str](), holder
    for _ in range(_MOST_NAMES):
        texts.add(ast.dump(found))
        try:
            handed = _next(document, found)
        except RefusalError:
            break
        if handed is None:
            break
        found = handed
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


def followed(document: Document, node: ast.expr) -> ast.expr | None:
    """What a name stands for, as `resolved` finds it; None where that is not one plain assignment."""
    try:
        return resolved(document, node)
    except RefusalError:
        return None


def is_read_once(document: Document, node: ast.expr) -> bool:
    """Whether a value that stands for itself, or for a name, is read nowhere else: only then may it be edited there."""
    found: ast.expr | None = node
    while found is not None:
        if isinstance(found, ast.Attribute) and _is_read_again(document, found):
            return False
        if isinstance(found, ast.Name) and _is_read_again(document, found):
            return False
        if isinstance(found, ast.Subscript):
            text = ast.dump(found)
            if sum(ast.dump(item) == text for item in ast.walk(document.tree)) > 1:
                return False
        found = _next(document, found)
    return True


def _is_read_again(document: Document, node: ast.Name | ast.Attribute) -> bool:
    """Whether a name is read twice, or an attribute of that name, as the object may have another name elsewhere."""
    alike = (
        item for item in ast.walk(document.tree) if isinstance(item, type(node)) and last_name(item) == last_name(node)
    )
    return sum(isinstance(item.ctx, ast.Load) for item in alike) > 1


def is_swept(document: Document, node: ast.expr) -> bool:
    """Whether a value is, or depends on, what a loop goes through: then it is meant to be another each time."""
    for _ in range(_MOST_NAMES):
        try:
            found = _next(document, node)
        except RefusalError:
            break
        if found is None:
            break
        node = found
    read = {item.id for item in ast.walk(node) if isinstance(item, ast.Name)}
    return any(known in read and _is_of_loop(document, bound) for known, bound, _ in bindings(document))


def _is_of_loop(document: Document, bound: ast.AST) -> bool:
    """Whether a node that gives a name a value is what a loop or a comprehension goes through."""
    child, holder = bound, document.parents[bound]
    while isinstance(holder, ast.Tuple | ast.List | ast.Starred):
        child, holder = holder, document.parents[holder]
    return isinstance(holder, ast.For | ast.AsyncFor | ast.comprehension) and holder.target is child
