"""Edits of layers: activation, initialiser, a layer between, width, pooling."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from vandap.core.program import Layer
from vandap.repair.changes.structure import (
    Deepen,
    ExampleShape,
    FirstLayer,
    GlobalPooling,
    HiddenActivation,
    Initialiser,
    InputShape,
    Insert,
    LayerSetting,
    ModernNames,
    Penalty,
    Remove,
    Skip,
    Units,
)
from vandap.repair.source.document import Document, Edit, RefusalError
from vandap.repair.source.edits import edit_of
from vandap.repair.source.find import argument, calls_at, last_name
from vandap.repair.source.insert import insert_after, insert_alike, insert_first
from vandap.repair.source.lists import is_in_chain, taken_out
from vandap.repair.source.names import keras_name, sibling
from vandap.repair.source.own import only_layer_call, own_layer_call
from vandap.repair.source.places import each_call, layer, layer_call, layer_calls
from vandap.repair.source.project import Project
from vandap.repair.source.signature import place_in, takes
from vandap.repair.source.values import resolved
from vandap.repair.source.write import check_one_value, put_argument, remove_argument, set_argument

_ACTIVATION_PLACE = {"Dense": 1, "Activation": 0}
_PLACES = {
    "rate": 0,
    "input_dim": 0,
    "factor": 0,
    "height_factor": 0,
    "width_factor": 1,
    "kernel_size": 1,
    "pool_size": 0,
}
"""Places of arguments that may be given without their keyword, in layers that are not of Keras."""
_INPUTS = ("Input", "InputLayer")
_UNITS = {"filters": ("Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "SeparableConv2D")}


@edit_of.register
def _activation(change: HiddenActivation, project: Project) -> Project:
    for path in each_call(project, change.layers):
        document, call = own_layer_call(project, path)
        record = layer(project, path)
        if not takes(record, "activation"):
            raise RefusalError(f"{record.kind} takes no activation.", call.lineno, document.path)
        place = place_in(record, "activation", _ACTIVATION_PLACE.get(record.kind))
        edit = set_argument(document, call, "activation", f'"{change.name}"', place, record.activation)
        project = project.edited(document, edit)
    return project


@edit_of.register
def _initialiser(change: Initialiser, project: Project) -> Project:
    edited, name = 0, f"{change.weights}_initializer"
    for path in each_call(project, change.layers):
        document, call = own_layer_call(project, path)
        place = place_in(layer(project, path), name)
        given = argument(call, name, place)
        if change.name:
            edit = put_argument(document, call, name, f'"{change.name}"', place)
        elif given is not None:
            check_one_value(document, name, given)
            edit = remove_argument(document, call, name)
        else:
            continue
        project, edited = project.edited(document, edit), edited + 1
    if not edited:
        raise RefusalError("No initialiser is written in these layers.")
    return project


@edit_of.register
def _insert(change: Insert, project: Project) -> Project:
    arguments = "" if change.value is None else f"{change.value:g}"
    for path in each_call(project, change.layers):
        project = insert_after(project, path, change.kind, arguments)
    return project


@edit_of.register
def _deepen(change: Deepen, project: Project) -> Project:
    for path in each_call(project, change.layers):
        project = insert_alike(project, path)
    return project


@edit_of.register
def _setting(change: LayerSetting, project: Project) -> Project:
    for path in each_call(project, change.layers):
        document, call = own_layer_call(project, path)
        if change.value is None:
            edit = remove_argument(document, call, change.name)
        else:
            text = f'"{change.value}"' if isinstance(change.value, str) else f"{change.value}"
            record = layer(project, path)
            place = place_in(record, change.name, _PLACES.get(change.name))
            edit = set_argument(document, call, change.name, text, place, record.settings.get(change.name))
        project = project.edited(document, edit)
    return project


@edit_of.register
def _remove(change: Remove, project: Project) -> Project:
    for path in each_call(project, change.layers):
        document, call = own_layer_call(project, path)
        project = project.edited(document, _removal(document, call))
    return project


def _removal(document: Document, call: ast.Call) -> Edit:
    parent = document.parents[call]
    if is_in_chain(document, call):
        return taken_out(document, call)
    if isinstance(parent, ast.Call) and (last_name(parent.func) == "add" or _hands_back(document, parent)):
        statement = document.statement(parent)
        is_only = any(part == [statement] for _, part in ast.iter_fields(document.parents[statement]))
        start, end = (document.line_start(line) for line in (statement.lineno, (statement.end_lineno or 0) + 1))
        return Edit(start, end, f"{document.indent(statement)}pass\n" if is_only else "")
    is_applied = isinstance(parent, ast.Call) and parent.func is call and len(parent.args) == 1
    if is_applied and not isinstance(parent.args[0], ast.Starred):  # type: ignore[attr-defined]
        return Edit(*document.span(parent), _without(document, parent))  # type: ignore[arg-type]
    raise RefusalError("The layer is used in a way that cannot be cut.", call.lineno, document.path)


def _hands_back(document: Document, applied: ast.Call) -> bool:
    """Whether without its layer a statement `h = Layer()(h)` would give a name its own value."""
    holder, given = document.parents[applied], applied.args
    targets = holder.targets if isinstance(holder, ast.Assign) and holder.value is applied else []
    is_named = len(targets) == len(given) == 1 and isinstance(targets[0], ast.Name) and isinstance(given[0], ast.Name)
    return is_named and isinstance(applied.func, ast.Call) and document.text(targets[0]) == document.text(given[0])


def _without(document: Document, applied: ast.Call) -> str:
    """What a layer is called with, as it is written where that call stood: in parentheses where it would fall apart."""
    (given,), holder = applied.args, document.parents[applied]
    text = document.text(given)
    is_apart = isinstance(holder, ast.stmt | ast.keyword | ast.List | ast.Tuple)
    is_apart = is_apart or (isinstance(holder, ast.Call) and applied in holder.args)
    if not is_apart and not isinstance(
        given, ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.List | ast.Tuple
    ):
        return f"({text})"
    try:
        ast.parse(text, mode="eval")
    except SyntaxError:  # it goes on behind the end of a line
        return f"({text})"
    return text


@edit_of.register
def _units(change: Units, project: Project) -> Project:
    for path, units in zip(change.layers, change.units, strict=True):
        document, call = only_layer_call(project, path)
        record = layer(project, path)
        name = _units_name(record)
        place = place_in(record, name, 0)
        edit = set_argument(document, call, name, str(units), place, record.settings.get(name))
        project = project.edited(document, edit)
    return project


def _units_name(record: Layer) -> str:
    return "filters" if record.kind in _UNITS["filters"] else "units"


@edit_of.register
def _pooling(change: GlobalPooling, project: Project) -> Project:
    document, call = layer_call(project, change.layer)
    name, needed = sibling(document, call, change.kind)
    return project.edited(document, *needed, Edit(*document.span(call), f"{name}()"))


@edit_of.register
def _penalty(change: Penalty, project: Project) -> Project:
    for path in each_call(project, change.layers):
        document, call = own_layer_call(project, path)
        keras, needed = keras_name(document)
        parts = [f"{name}={value!r}" for name, value in (("l1", change.l1), ("l2", change.l2)) if value]
        kind = "".join(name.upper() for name, value in (("l1", change.l1), ("l2", change.l2)) if value)
        text = f"{keras}.regularizers.{kind}({', '.join(parts)})"
        place = place_in(layer(project, path), "kernel_regularizer")
        edit = set_argument(document, call, "kernel_regularizer", text, place)
        project = project.edited(document, *needed, edit)
    return project


@edit_of.register
def _first(change: FirstLayer, project: Project) -> Project:
    return insert_first(project, change.kind, change.arguments)


@edit_of.register
def _shape(change: InputShape, project: Project) -> Project:
    """Where the program says it: `Input((30,))`, or `input_shape=` or `input_dim=` of its first layer."""
    made = (item for item in project.program.layers if item.site.file and item.kind != "InputLayer")
    first = next(made, None)
    if first is None:
        raise RefusalError("Where the model is made is not known.")
    recorded = [item for item in project.program.layers if item.kind == "InputLayer" and not item.parent]
    inputs = _inputs(project, [item for item in recorded if item.site.line])
    if not inputs:
        document = project.open(first.site.file)
        declared = _declared(project, first.path, change.shape)
        if declared is not None:
            return project.edited(document, declared)
        if not any(item.site.line for item in recorded):
            calls = [node for node in ast.walk(document.tree) if isinstance(node, ast.Call)]
            inputs = [(document, call) for call in calls if last_name(call.func) in _INPUTS]
    if not inputs:
        reason = "The shape of the inputs is not written in the program."
        raise RefusalError(reason, first.site.line or 0, first.site.file or "")
    document, call = inputs[-1]
    if len(inputs) > 1:
        raise RefusalError(f"The program has {len(inputs)} inputs.", call.lineno, document.path)
    return project.edited(document, _shaped(document, call, change.shape))


def _inputs(project: Project, recorded: Sequence[Layer]) -> list[tuple[Document, ast.Call]]:
    """The calls that made a model's own inputs, and their files."""
    found = {}
    for item in recorded:
        document = project.open(item.site.file)
        for call in (call for name in _INPUTS for call in calls_at(document, item.site.line or 0, name)):
            found[document.path, call.lineno, call.col_offset] = document, call
    return list(found.values())


def _declared(project: Project, path: str, shape: tuple[int | None, ...]) -> Edit | None:
    """The edit of the shape that a model's first layer declares; None where it declares none."""
    try:
        document, call, _ = layer_calls(project, path)
    except RefusalError:
        return None
    if argument(call, "input_shape") is not None:
        return set_argument(document, call, "input_shape", str(shape))
    if argument(call, "input_dim") is not None and len(shape) == 1:
        return set_argument(document, call, "input_dim", str(shape[0]))
    return None


def _shaped(document: Document, call: ast.Call, shape: tuple[int | None, ...]) -> Edit:
    """The edit that gives `Input` another shape, in the form that it has."""
    whole = argument(call, "batch_shape", 5)
    if whole is not None:
        known = resolved(document, whole)
        if not isinstance(known, ast.Tuple | ast.List) or not known.elts:
            raise RefusalError("batch_shape is no value that is written out.", whole.lineno, document.path)
        sizes = [document.text(known.elts[0]), *map(str, shape)]
        return Edit(*document.span(whole), f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})")
    given = argument(call, "shape", 0)
    if isinstance(given, ast.Tuple):  # of names, perhaps, which may stand for more than this
        return Edit(*document.span(given), str(shape))
    return set_argument(document, call, "shape", str(shape), 0)


@edit_of.register
def _example(change: ExampleShape, project: Project) -> Project:
    """`Input(x.shape[1:])` for `Input(x.shape)`, and `input_dim=x.shape[1]` for `input_dim=x.shape[0]`."""
    crash = project.program.crash
    files = dict.fromkeys(site.file for site in (crash.site, *crash.frames)) if crash is not None else ()
    for document in map(project.open, filter(None, files)):
        calls = [node for node in ast.walk(document.tree) if isinstance(node, ast.Call)]
        edits = [edit for call in calls if (edit := _of_one(document, call)) is not None]
        if edits:
            return project.edited(document, *edits)
    raise RefusalError("No input is given the shape of a whole array.", crash.site.line or 0 if crash else 0)


def _of_one(document: Document, call: ast.Call) -> Edit | None:
    """The edit that gives one layer the shape of one example; None where it has another one."""
    given = argument(call, "shape", 0) if last_name(call.func) in _INPUTS else argument(call, "input_shape")
    if isinstance(given, ast.Attribute) and given.attr == "shape":
        return Edit(document.span(given)[1], document.span(given)[1], "[1:]")
    given = argument(call, "input_dim")
    if isinstance(given, ast.Subscript) and last_name(given.value) == "shape" and document.text(given.slice) == "0":
        return Edit(*document.span(given.slice), "1")
    return None


@edit_of.register
def _modern(change: ModernNames, project: Project) -> Project:
    """Each where the exam found it; a line may hold several."""
    names = dict(zip(change.old, change.new, strict=True))
    for idiom in project.program.idioms:
        if idiom.name not in names:
            continue
        document = project.open(idiom.site.file)
        line, old, new = document.line_now(idiom.site.line or 0), idiom.name.rstrip("="), names[idiom.name].rstrip("=")
        ends = [_name_end(document, node, old, line) for node in ast.walk(document.tree)]
        for end in sorted(filter(None, ends), reverse=True):
            project = project.edited(project.open(idiom.site.file), Edit(end - len(old.encode()), end, new))
    return project


def _name_end(document: Document, node: ast.AST, name: str, line: int) -> int | None:
    """Where the name of an argument or a method ends, if this node is one of this name at the line."""
    if isinstance(node, ast.keyword) and (node.arg, node.lineno) == (name, line):
        return document.span(node)[0] + len(name.encode())
    if isinstance(node, ast.Attribute) and (node.attr, node.end_lineno) == (name, line):
        return document.span(node)[1]
    return None


@edit_of.register
def _skip(change: Skip, project: Project) -> Project:
    """`h = layers.add([h, Dense(16)(h)])`: a Sequential model has no place for it."""
    for path in each_call(project, change.layers):
        document, call, _ = layer_calls(project, path)
        parent, record = document.parents[call], layer(project, path)
        if not record.input_shape or record.input_shape != record.output_shape:
            raise RefusalError(f"{path} does not keep the shape.", call.lineno, document.path)
        given = parent.args[:1] if isinstance(parent, ast.Call) and parent.func is call else []
        if not given or not isinstance(given[0], ast.Name):
            raise RefusalError(
                "Only a layer that is called, as in h = Dense(16)(h), can be led around: a Sequential model must be "
                "written in the functional style first.",
                call.lineno,
                document.path,
            )
        keras, needed = keras_name(document)
        text = f"{keras}.layers.add([{given[0].id}, {document.text(parent)}])"
        project = project.edited(document, *needed, Edit(*document.span(parent), text))
    return project
