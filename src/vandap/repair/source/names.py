"""How a program spells Keras: the names that an inserted call must use."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from vandap.repair.source.document import Document, Edit, RefusalError
from vandap.repair.source.find import function_of, last_name
from vandap.repair.source.functions import first_line
from vandap.repair.source.values import followed


def sibling(document: Document, call: ast.Call, kind: str) -> tuple[str, tuple[Edit, ...]]:
    """How to write another class of the module that a call's class comes from.

    Args:
        document: The file.
        call: A call such as `layers.Dense(...)`.
        kind: The other class, such as `Dropout`.

    Returns:
        The name to write, and the edits of imports that it needs: of each that may give the call its class.

    Raises:
        RefusalError: The class comes from no import that can be extended.
    """
    if isinstance(call.func, ast.Attribute):
        return f"{document.text(call.func.value)}.{kind}", ()
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    found = _imports_of(document, call, name)
    if not found or not all(map(_is_of_keras, found)):
        raise RefusalError(f"Where {name} comes from is not clear.", call.lineno, document.path)
    taken = [{alias.name: alias.asname or alias.name for alias in node.names} for node in found]
    own = next((names[kind] for names in taken if kind in names), kind)
    if own == kind and _is_taken(document, kind):
        raise RefusalError(f"The name {kind} stands for something else.", call.lineno, document.path)
    ends = [document.span(node.names[-1])[1] for node, names in zip(found, taken, strict=True) if kind not in names]
    written = kind if own == kind else f"{kind} as {own}"
    return own, tuple(Edit(end, end, f", {written}") for end in ends)


def _imports_of(document: Document, call: ast.Call, name: str) -> list[ast.ImportFrom]:
    """The imports that may give a call's class its name: those of the innermost function that has any."""
    binding = [
        node
        for node in ast.walk(document.tree)
        if isinstance(node, ast.ImportFrom) and any((alias.asname or alias.name) == name for alias in node.names)
    ]
    scope = function_of(document, call)
    while True:
        own = [node for node in binding if function_of(document, node) is scope]
        if own or scope is None:
            return own
        scope = function_of(document, scope)


def _is_taken(document: Document, name: str) -> bool:
    """Whether the program gives a name to something that is not of Keras."""
    for node in ast.walk(document.tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == name:
            return True
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id == name:
            return True
        is_import = isinstance(node, ast.Import | ast.ImportFrom) and not _is_of_keras(node)
        if is_import and any((alias.asname or alias.name) == name for alias in node.names):  # type: ignore[attr-defined]
            return True
    return False


def class_name(document: Document, call: ast.Call) -> str:
    """The name of the class that is called, as its module has it: `Adam` for `A(0.1)` after `import Adam as A`."""
    made = followed(document, call.func) or call.func
    name = last_name(made)
    if isinstance(made, ast.Name):
        for node in _imports_of(document, call, name):
            return next(alias.name for alias in node.names if (alias.asname or alias.name) == name)
    return name


def keras_name(document: Document, node: ast.AST | None = None) -> tuple[str, tuple[Edit, ...]]:
    """How to write the module `keras`, and the edit of an import that it needs.

    Args:
        document: The file.
        node: Before whose statement of the module the name must be known; None for where Keras is imported today.

    Raises:
        RefusalError: The file imports nothing of Keras, or nothing can be imported where the name is needed.
    """
    for statement in _module_imports(document):
        for alias in statement.names:
            name = _as_keras(statement, alias)
            if name:
                return name, ()
    first = next(filter(_is_of_keras, _module_imports(document)), None)
    if first is not None:
        place = document.line_start(first.lineno)
        return "keras", (Edit(place, place, f"{document.indent(first)}import keras\n"),)
    within = [item for item in ast.walk(document.tree) if _is_of_keras(item)]
    if not within:
        raise RefusalError("The file imports nothing of Keras.", 1, document.path)
    held = [first_line(document, item) for item in (*within, *([node] if node is not None else []))]
    place = document.line_start(min(held))
    if b"environ" in document.content[place:]:
        raise RefusalError(
            "Keras is imported within a function, and what it reads of the environment may be set before.",
            within[0].lineno,  # type: ignore[attr-defined]
            document.path,
        )
    return "keras", (Edit(place, place, "import keras\n"),)


def keras_since(document: Document, needed: tuple[Edit, ...]) -> int:
    """The byte of the file from which on the module knows the name that `keras_name` gave.

    Args:
        document: The file.
        needed: The edit of an import that the name needs.
    """
    if needed:
        return needed[0].start
    known = [item for item in _module_imports(document) if any(_as_keras(item, alias) for alias in item.names)]
    return document.span(known[0])[0] if known else 0


def _module_imports(document: Document) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports that the module surely begins: its own, and those that it tries."""
    for node in ast.walk(document.tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        held: ast.AST = node
        while isinstance(document.parents[held], ast.Try) and held in document.parents[held].body:  # type: ignore[attr-defined]
            held = document.parents[held]
        if document.parents[held] is document.tree:
            yield node


def _as_keras(node: ast.AST, alias: ast.alias) -> str:
    if isinstance(node, ast.Import):
        if alias.name == "keras":
            return alias.asname or "keras"
        if alias.name.startswith("keras.") and alias.asname is None:
            return "keras"
        if alias.name == "tensorflow.keras":
            return alias.asname or alias.name
        return f"{alias.asname or 'tensorflow'}.keras" if alias.name == "tensorflow" else ""
    if isinstance(node, ast.ImportFrom) and node.module == "tensorflow" and alias.name == "keras":
        return alias.asname or "keras"
    return ""


def _is_of_keras(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").split(".")[0] == "keras" or (node.module or "").startswith("tensorflow.keras")
    return isinstance(node, ast.Import) and any(alias.name.split(".")[0] == "keras" for alias in node.names)
