"""Puts a layer's call into the source of a model: an element of a list, an `add`, or a call of the functional style."""

from __future__ import annotations

import ast
import itertools

from vandap.core.program import Layer, Program
from vandap.repair.source.document import Document, Edit, RefusalError
from vandap.repair.source.find import bindings, calls_at, function_of, last_name
from vandap.repair.source.lists import is_in_chain, put_before, put_behind
from vandap.repair.source.names import keras_name, sibling
from vandap.repair.source.own import check_own_layer, own_layer_call
from vandap.repair.source.places import layer_calls
from vandap.repair.source.project import Project
from vandap.repair.source.write import after, before, remove_argument

_FIRST_ONLY = ("name", "input_shape", "input_dim", "batch_input_shape", "weights")
"""Arguments that belong to one layer, not to another like it."""
MERGING = ("Concatenate", "Add", "Average")
"""Layers that join several inputs."""
_PUT_FIRST = ("Normalization", "Rescaling", "Activation", "Reshape", "Resizing")


def insert_after(project: Project, path: str, kind: str, arguments: str = "") -> Project:
    """Put a new layer behind a layer.

    Args:
        project: The source.
        path: The layer that it follows; where a loop makes several layers, it follows each.
        kind: The new layer's class in `keras.layers`.
        arguments: Its arguments, as source.

    Raises:
        RefusalError: The layer is used in a way that cannot be extended.
    """
    document, call = own_layer_call(project, path)
    name, needed = sibling(document, call, kind)
    return project.edited(document, *needed, *_behind(document, call, f"{name}({arguments})"))


def insert_alike(project: Project, path: str) -> Project:
    """Put behind a layer another one that is made in the same way.

    Args:
        project: The source.
        path: The layer; where a loop makes several, each gets a follower.

    Raises:
        RefusalError: The layer is used in a way that cannot be extended.
    """
    document, call = own_layer_call(project, path)
    own = [*call.args, *(keyword for keyword in call.keywords if keyword.arg not in _FIRST_ONLY)]
    text = f"{document.text(call.func)}({', '.join(map(document.text, own))})"
    return project.edited(document, *_behind(document, call, text))


def insert_first(project: Project, kind: str, arguments: str = "") -> Project:
    """Put a new layer before the first layer that has weights or computes; behind it where that only joins inputs.

    Where the first layer is made by a helper that makes others, too, the new one stands behind the Input.

    Raises:
        RefusalError: The first layer is used in a way that cannot be extended, or inputs go past it.
    """
    first = first_layer(project)
    reason = _passed_by(project.program, first)
    if reason:
        document, call, _ = layer_calls(project, first.path)
        raise RefusalError(reason, call.lineno, document.path)
    own_layer_call(project, first.path)  # what is made for several models has no other place
    try:
        return insert_before(project, first.path, kind, arguments)
    except RefusalError:
        found = _behind_input(project, first, f"layers.{kind}({arguments})")
        if found is None:
            raise
        return found


def _behind_input(project: Project, first: Layer, text: str) -> Project | None:
    """The project with a layer behind its one Input, where the first layer is made by a helper or in a loop.

    Args:
        project: The source.
        first: The first layer.
        text: The new layer, as source within `keras`.

    Returns:
        None where there is not one Input, or several things read it.
    """
    document = project.open(first.site.file)
    calls = [node for node in ast.walk(document.tree) if isinstance(node, ast.Call) and last_name(node.func) == "Input"]
    if len(calls) != 1 or not _is_own_input(project, document, calls[0]):
        return None
    call, (keras, needed) = calls[0], keras_name(document)
    if is_in_chain(document, call):
        return project.edited(document, *needed, *put_behind(document, call, f"{keras}.{text}"))
    parent = document.parents[call]
    target = parent.targets[0] if isinstance(parent, ast.Assign) and len(parent.targets) == 1 else None
    if not isinstance(target, ast.Name) or any(
        name == target.id and node is not target for name, node, _ in bindings(document)
    ):
        return None
    reads = [
        node
        for node in ast.walk(document.tree)
        if isinstance(node, ast.Name) and node.id == target.id and isinstance(node.ctx, ast.Load)
    ]
    reads = [node for node in reads if not _makes_model(document, node)]
    if len(reads) != 1:
        return None
    edit = Edit(*document.span(reads[0]), f"{keras}.{text}({target.id})")
    return project.edited(document, *needed, edit)


def _is_own_input(project: Project, document: Document, call: ast.Call) -> bool:
    """Whether an Input is that of the model: the record says so, or it stands where the model or its layers do."""
    layers = [item for item in project.program.layers if item.site.file == document.path and item.site.line]
    if inputs := [item for item in layers if item.kind == "InputLayer" and not item.parent]:
        lines = [document.line_now(item.site.line or 0) for item in inputs]
        return any(call.lineno <= line <= (call.end_lineno or 0) for line in lines)
    site = project.program.compile.site
    made = [found for item in layers for found in calls_at(document, item.site.line or 0, item.kind)]
    made += calls_at(document, site.line or 0, "compile") if site.file == document.path else []
    return function_of(document, call) in [function_of(document, item) for item in made]


def _makes_model(document: Document, node: ast.AST) -> bool:
    """Whether a name is what a model is made of, by itself or in a list."""
    while isinstance(node, ast.expr | ast.keyword):
        node = document.parents[node]
        if isinstance(node, ast.Call) and last_name(node.func) in ("Model", "Functional"):
            return True
    return False


def _passed_by(program: Program, first: Layer) -> str:
    """Why what is put before the first layer would not be passed by all inputs; "" where it would."""
    layers = [item for item in program.layers if not item.parent]
    inputs = {item.name for item in layers if item.kind == "InputLayer"}
    others = [item.name for item in layers if item is not first and inputs & set(item.inputs)]
    if others:
        return f"The inputs also go to {', '.join(others)}, past {first.name}."
    if len(inputs) > 1 and first.kind not in MERGING:
        return f"The network has {len(inputs)} inputs, which are not joined first."
    return ""


def first_layer(project: Project) -> Layer:
    """The first layer that has weights or computes.

    Raises:
        RefusalError: The run does not know it.
    """
    layers = [item for item in project.program.layers if item.kind != "InputLayer" and not item.parent]
    if not layers:
        raise RefusalError("The model's layers are not known.")
    return layers[0]


def insert_before(project: Project, path: str, kind: str, arguments: str = "") -> Project:
    """Put a new layer before a layer; behind it where that only joins inputs.

    Args:
        project: The source.
        path: The layer that follows.
        kind: The new layer's class in `keras.layers`.
        arguments: Its arguments, as source.

    Raises:
        RefusalError: The layer is used in a way that cannot be extended.
    """
    document, call, alike = layer_calls(project, path)
    check_own_layer(project, document, call)
    name, needed = sibling(document, call, kind)
    text = f"{name}({arguments})"
    if len(alike) > 1:
        edit = _before_loop(document, call, text) if path == alike[0].path else None
        if edit is None:
            raise RefusalError(f"One call makes {len(alike)} layers.", call.lineno, document.path)
        return project.edited(document, *needed, edit)
    if declared := next((item for item in call.keywords if item.arg in ("input_shape", "input_dim")), None):
        own = ", ".join(part for part in (arguments, document.text(declared)) if part)
        taken = remove_argument(document, call, str(declared.arg))
        return project.edited(document, *needed, *_before(document, call, f"{name}({own})"), taken)
    if alike[0].kind in MERGING:
        return project.edited(document, *needed, _around(document, call, text))
    return project.edited(document, *needed, *_before(document, call, text))


def _behind(document: Document, call: ast.Call, text: str) -> tuple[Edit, ...]:
    parent = document.parents[call]
    if is_in_chain(document, call):
        return put_behind(document, call, text)
    if _is_added(parent, call):
        return (after(document, parent, f"{document.text(parent.func)}({text})"),)  # type: ignore[attr-defined]
    target = _assigned_name(document, call, parent)
    return (after(document, parent, f"{target} = {text}({target})"),)


def _before(document: Document, call: ast.Call, text: str) -> tuple[Edit, ...]:
    parent = document.parents[call]
    if is_in_chain(document, call):
        return (put_before(document, call, text),)
    if _is_added(parent, call):
        return (before(document, parent, f"{document.text(parent.func)}({text})"),)  # type: ignore[attr-defined]
    if isinstance(parent, ast.Call) and parent.func is call and len(parent.args) == 1 and not parent.keywords:
        start, end = document.span(parent.args[0])
        return (Edit(start, end, f"{text}({document.text(parent.args[0])})"),)
    held, applied = _held(document, call, parent)
    new = _new_attribute(document, held, text)
    given = applied.args[0]
    put = Edit(*document.span(given), f"{new}({document.text(given)})")
    return before(document, parent, f"{new} = {text}"), put


def _before_loop(document: Document, call: ast.Call, text: str) -> Edit | None:
    """The edit that puts a layer before the loop whose first pass makes the first layer; None where there is none."""
    parent, loop = document.parents[call], document.parents.get(call)
    while loop is not None and not isinstance(loop, ast.For | ast.While | ast.FunctionDef | ast.Lambda):
        loop = document.parents.get(loop)
    if not isinstance(loop, ast.For | ast.While):
        return None
    if _is_added(parent, call):
        return before(document, loop, f"{document.text(parent.func)}({text})")  # type: ignore[attr-defined]
    given = parent.args if isinstance(parent, ast.Call) and parent.func is call else []
    holder = document.parents[parent]
    targets = holder.targets if isinstance(holder, ast.Assign) and holder.value is parent else []
    names = [item.id for item in (*given, *targets) if isinstance(item, ast.Name)]
    is_passed_on = len(given) == len(targets) == 1 and len(names) == 2 and len(set(names)) == 1
    return before(document, loop, f"{names[0]} = {text}({names[0]})") if is_passed_on else None


def _held(document: Document, call: ast.Call, parent: ast.AST) -> tuple[ast.Attribute, ast.Call]:
    """`self.dense = Dense(...)` of a class, and the one call `self.dense(x)` in it.

    Raises:
        RefusalError: It is written in another way.
    """
    target = parent.targets[0] if isinstance(parent, ast.Assign) and len(parent.targets) == 1 else None
    holder: ast.AST | None = parent
    while holder is not None and not isinstance(holder, ast.ClassDef):
        holder = document.parents.get(holder)
    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and holder is not None:
        reads = [node for node in _attributes(holder, target.value.id) if node.attr == target.attr]
        read = [node for node in reads if isinstance(node.ctx, ast.Load)]
        applied = document.parents[read[0]] if len(reads) == 2 and len(read) == 1 else None
        is_applied = isinstance(applied, ast.Call) and applied.func is read[0] and applied.args
        if is_applied and not isinstance(applied.args[0], ast.Starred):  # type: ignore[union-attr]
            return target, applied  # type: ignore[return-value]
    raise RefusalError("The layer is used in a way that cannot be extended.", call.lineno, document.path)


def _new_attribute(document: Document, held: ast.Attribute, text: str) -> str:
    """A name for another layer of the same object, such as `self.normalization`."""
    owner = document.text(held.value)
    kind = text.partition("(")[0].rpartition(".")[2].lower()
    taken = {node.attr for node in _attributes(document.tree, owner)}
    names = (kind if not number else f"{kind}_{number}" for number in itertools.count())
    return f"{owner}.{next(name for name in names if name not in taken)}"


def _attributes(inside: ast.AST, owner: str) -> list[ast.Attribute]:
    """What is read of, or given to, a name such as `self`."""
    nodes = [node for node in ast.walk(inside) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)]
    return [node for node in nodes if node.value.id == owner]  # type: ignore[attr-defined]


def _around(document: Document, call: ast.Call, text: str) -> Edit:
    """`New()(Concatenate()([a, b]))`: around what was put there before."""
    held, holder = call, document.parents[call]
    while isinstance(holder, ast.Call) and (holder.func is held or _is_put_first(holder)):
        held, holder = holder, document.parents[holder]
    if held is call or not isinstance(held, ast.Call):
        raise RefusalError("The layer is used in a way that cannot be extended.", call.lineno, document.path)
    return Edit(*document.span(held), f"{text}({document.text(held)})")


def _is_put_first(applied: ast.Call) -> bool:
    return isinstance(applied.func, ast.Call) and last_name(applied.func.func) in _PUT_FIRST


def _is_added(parent: ast.AST, call: ast.Call) -> bool:
    """Whether the layer is what `model.add(...)` is given."""
    return isinstance(parent, ast.Call) and last_name(parent.func) == "add" and parent.args[:1] == [call]


def _assigned_name(document: Document, call: ast.Call, parent: ast.AST) -> str:
    """The name that `x = Layer(...)(x)` gives its result.

    Raises:
        RefusalError: It is written in another way.
    """
    holder = document.parents.get(parent)
    called = isinstance(parent, ast.Call) and parent.func is call
    if called and isinstance(holder, ast.Assign) and len(holder.targets) == 1:
        target = holder.targets[0]
        if isinstance(target, ast.Name):
            return target.id
    raise RefusalError("The layer is used in a way that cannot be extended.", call.lineno, document.path)
