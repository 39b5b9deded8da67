"""How a program spells Keras: the names that an inserted call must use."""

from __future__ import annotations

import ast

from vandap.repair.source.document import Document, Edit, RefusalError


def sibling(document: Document, call: ast.Call, kind: str) -> tuple[str, tuple[Edit, ...]]:
    """How to write another class of the module that a call's class comes from.

    Args:
        document: The file.
        call: A call such as `layers.Dense(...)`.
        kind: The other class, such as `Dropout`.

    Returns:
        The name to write, and the edit of an import that it needs.

    Raises:
        RefusalError: The class comes from no import that can be extended.
    """
    if isinstance(call.func, ast.Attribute):
        return f"{document.text(call.func.value)}.{kind}", ()
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    for node in ast.walk(document.tree):
        if not isinstance(node, ast.ImportFrom):
            continue
        taken = {alias.asname or alias.name: alias.name for alias in node.names}
        if taken.get(name) == name:
            if kind in taken.values():
                return next(own for own, known in taken.items() if known == kind), ()
            end = document.span(node.names[-1])[1]
            return kind, (Edit(end, end, f", {kind}"),)
    raise RefusalError(f"Where {name} comes from is not clear.", call.lineno, document.path)


def keras_name(document: Document) -> tuple[str, tuple[Edit, ...]]:
    """How to write the module `keras`, and the edit of an import that it needs.

    Raises:
        RefusalError: The file imports nothing of Keras.
    """
    first: ast.stmt | None = None
    for node in ast.walk(document.tree):
        for alias in getattr(node, "names", ()) if isinstance(node, ast.Import | ast.ImportFrom) else ():
            name = _as_keras(node, alias)
            if name and document.parents[node] is document.tree:
                return name, ()
        if first is None and _is_of_keras(node):
            first = node  # type: ignore[assignment]
    if first is None:
        raise RefusalError("The file imports nothing of Keras.", 1, document.path)
    place = document.line_start(first.lineno)
    return "keras", (Edit(place, place, f"{document.indent(first)}import keras\n"),)


def _as_keras(node: ast.AST, alias: ast.alias) -> str:
    if isinstance(node, ast.Import):
        if alias.name == "keras":
            return alias.asname or "keras"
        if alias.name.startswith("keras.") and alias.asname is None:
            return "keras"
        return f"{alias.asname or 'tensorflow'}.keras" if alias.name == "tensorflow" else ""
    if isinstance(node, ast.ImportFrom) and node.module == "tensorflow" and alias.name == "keras":
        return alias.asname or "keras"
    return ""


def _is_of_keras(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").split(".")[0] == "keras" or (node.module or "").startswith("tensorflow.keras")
    return isinstance(node, ast.Import) and any(alias.name.split(".")[0] == "keras" for alias in node.names)
