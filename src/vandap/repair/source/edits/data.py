"""Edits of what the network is fed: a scaling layer at its beginning or end, weights of classes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence

from vandap.core.program import Layer
from vandap.repair.changes.data import (
    ALL,
    DEVIATION,
    ClassWeights,
    ClipInputs,
    DataShare,
    FillMissing,
    ImageSize,
    NumberLabels,
    RescaleInputs,
    ScaleTarget,
    ScaleTrainingInputs,
    SelectFeatures,
    ShuffleBuffer,
    StandardiseInputs,
    TargetColumn,
)
from vandap.repair.source.arrays import check_beside, indexed, is_made_here, split_share
from vandap.repair.source.document import Document, Edit, RefusalError
from vandap.repair.source.edits import edit_of
from vandap.repair.source.find import argument, function_of, last_name
from vandap.repair.source.functions import defined
from vandap.repair.source.insert import first_layer, insert_after, insert_before, insert_first
from vandap.repair.source.names import keras_name
from vandap.repair.source.places import fit_call
from vandap.repair.source.project import Project
from vandap.repair.source.write import before, put_argument, set_argument
from vandap.repair.written.inputs import STANDARDISE, clipped, filled, from_0_to_1, selected, standardised
from vandap.repair.written.labels import as_column, numbered

PLAIN = "{}"
"""Inputs as they are."""


@edit_of.register
def _standardise(change: StandardiseInputs, project: Project) -> Project:
    axis = "axis=None, " if change.over == ALL else ""
    project = _adapted(project, STANDARDISE, PLAIN)
    return insert_first(project, "Normalization", f'{axis}name="{STANDARDISE}"')


@edit_of.register
def _clip(change: ClipInputs, project: Project) -> Project:
    """Standardised, divided by the bound, and cut at 1."""
    first = first_layer(project)
    if first.kind == "Normalization":
        project, path = _adapted_without_extremes(project), _only_follower(project, first)
    else:
        document, call = fit_call(project)
        project = project.edited(document, *defined(document, call, clipped))
        project = _adapted(project, STANDARDISE, f"{clipped.__name__}({{}})")
        project = insert_first(project, "Normalization", f'name="{STANDARDISE}"')
        path = first.path
    project = insert_before(project, path, "Rescaling", f"1 / {change.deviations:g}")
    return insert_before(project, path, "Activation", '"hard_tanh"')


def _adapted_without_extremes(project: Project) -> Project:
    """The script's own Normalization layer learns mean and deviation without the extremes."""
    document, fit = fit_call(project)
    calls = _adapting(document)
    if len(calls) != 1 or len(calls[0].args) != 1 or project.program.fit.data != "arrays":
        raise RefusalError("No single call adapts the Normalization layer to an array.", fit.lineno, document.path)
    project = project.edited(document, *defined(document, calls[0], clipped))
    document, _ = fit_call(project)
    (given,) = _adapting(document)[0].args
    return project.edited(document, Edit(*document.span(given), f"{clipped.__name__}({document.text(given)})"))


def _adapting(document: Document) -> list[ast.Call]:
    """The calls that let a layer adapt to data."""
    calls = [node for node in ast.walk(document.tree) if isinstance(node, ast.Call)]
    return [call for call in calls if last_name(call.func) == "adapt"]


def _only_follower(project: Project, layer: Layer) -> str:
    followers = project.program.successors(layer)
    if len(followers) != 1:
        raise RefusalError(f"{len(followers)} layers take what {layer.name} gives.", layer.site.line or 0)
    return followers[0].path


@edit_of.register
def _select(change: SelectFeatures, project: Project) -> Project:
    """Standardised by an array in which features that do not matter are spread until nothing is left of them."""
    document, call = fit_call(project)
    project = project.edited(document, *defined(document, call, selected))
    project = _adapted(project, STANDARDISE, f"{selected.__name__}({{}}, {{}})")
    return insert_first(project, "Normalization", f'name="{STANDARDISE}"')


def _adapted(project: Project, name: str, form: str) -> Project:
    """The model's layer of a name learns mean and deviation of the training inputs, before they are fitted.

    Args:
        project: The source.
        name: The layer's.
        form: What is made of the inputs, and of the targets where it has two places.
    """
    document, call = fit_call(project)
    rows = [_training_rows(document, call, project, name, place) for place, name in enumerate("xy"[: form.count("{}")])]
    needed: tuple[Edit, ...] = ()
    if form == PLAIN and _knows_tables(document):
        keras, needed = keras_name(document)  # fit takes tables, and adapt does not
        form = f'{keras}.ops.convert_to_numpy({form}).astype("float32")'
    model = call.func.value if isinstance(call.func, ast.Attribute) else None
    if not isinstance(model, ast.Name | ast.Attribute):
        raise RefusalError("The model that is fitted has no name.", call.lineno, document.path)
    line = f'{document.text(model)}.get_layer("{name}").adapt({form.format(*rows)})'
    return project.edited(document, before(document, call, line), *needed)


def _knows_tables(document: Document) -> bool:
    """Whether the file may hold its data in a table of pandas."""
    imports = [node for node in ast.walk(document.tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    named = [name for node in imports for name in (getattr(node, "module", None), *(item.name for item in node.names))]
    return any((name or "").split(".")[0] == "pandas" for name in named)


@edit_of.register
def _fill(change: FillMissing, project: Project) -> Project:
    document, call = fit_call(project)
    known = _names(document, call, project, 0)
    project = project.edited(document, *defined(document, _first_read(document, call, known), filled))
    document, call = fit_call(project)
    return project.edited(document, before(document, _first_read(document, call, known), _through(filled, known)))


@edit_of.register
def _scale_training(change: ScaleTrainingInputs, project: Project) -> Project:
    document, call = fit_call(project)
    name, function = _trained_on(document, call, project), standardised if change.by == DEVIATION else from_0_to_1
    project = project.edited(document, *defined(document, call, function))
    document, call = fit_call(project)
    return project.edited(document, before(document, call, f"{name} = {function.__name__}({name})"))


@edit_of.register
def _number(change: NumberLabels, project: Project) -> Project:
    return _targets_through(numbered, project)


@edit_of.register
def _column(change: TargetColumn, project: Project) -> Project:
    return _targets_through(as_column, project)


def _targets_through(function: Callable, project: Project) -> Project:
    """Targets of training, validation and evaluation are what a function makes of them all."""
    document, call = fit_call(project)
    known = list(dict.fromkeys([*_names(document, call, project, 1), *_evaluated(document, call)]))
    project = project.edited(document, *defined(document, call, function))
    document, call = fit_call(project)
    return project.edited(document, before(document, call, _through(function, known)))


def _through(function: Callable, names: Sequence[str]) -> str:
    """The statement that gives arrays the values that a function of them all returns."""
    given = ", ".join(names)
    return f"{given}{'' if len(names) > 1 else ','} = {function.__name__}({given})"


def _trained_on(document: Document, call: ast.Call, project: Project) -> str:
    """Name of the inputs that `fit` trains on.

    Raises:
        RefusalError: They have none that may be given another value here, or validation may be taken from them.
    """
    check_beside(document, call)
    given, held = argument(call, "x", 0), argument(call, "validation_data")
    names = {node.id for node in ast.walk(held) if isinstance(node, ast.Name)} if held is not None else set()
    is_own = isinstance(given, ast.Name) and is_made_here(document, call, given.id) and given.id not in names
    if project.program.fit.data != "arrays" or not isinstance(given, ast.Name) or not is_own or _joins(project):
        raise RefusalError("The training inputs are no array with a name of its own here.", call.lineno, document.path)
    return given.id


def _names(document: Document, call: ast.Call, project: Project, place: int) -> list[str]:
    """Names of the arrays that `fit` is given at a place, and that of its validation data at the same place.

    Raises:
        RefusalError: They are no names that may be given another value here.
    """
    check_beside(document, call)
    given, pair = argument(call, "xy"[place], place), argument(call, "validation_data")
    held = pair.elts[place : place + 1] if isinstance(pair, ast.Tuple | ast.List) else []  # another's is made already
    known = [item.id for item in (given, *held) if isinstance(item, ast.Name) and is_made_here(document, call, item.id)]
    if project.program.fit.data != "arrays" or len(known) != 1 + (pair is not None):
        what = ("inputs", "targets")[place]
        raise RefusalError(f"The {what} are no arrays with names of their own here.", call.lineno, document.path)
    return known


def _evaluated(document: Document, fit: ast.Call) -> Iterator[str]:
    """Names of targets that the model is evaluated on after `fit`, and that are there before it."""
    nodes = [item for item in ast.walk(document.tree) if isinstance(item, ast.Call | ast.Name)]
    here = [item for item in nodes if function_of(document, item) is function_of(document, fit)]
    stored = {item.id: item.lineno for item in here if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store)}
    for call in here:
        if isinstance(call, ast.Call) and last_name(call.func) == "evaluate" and call.lineno > fit.lineno:
            given = argument(call, "y", 1)
            if isinstance(given, ast.Name) and stored.get(given.id, fit.lineno) < fit.lineno:
                yield given.id


def _first_read(document: Document, fit: ast.Call, names: Sequence[str]) -> ast.Call:
    """The first call that lets a layer adapt to these arrays once they are complete, or else `fit`."""
    stored = [
        node.lineno
        for node in ast.walk(document.tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in names
    ]
    adapting = [
        node
        for node in _adapting(document)
        if node.lineno > max(stored, default=0)
        and function_of(document, node) is function_of(document, fit)
        and any(isinstance(item, ast.Name) and item.id in names for item in ast.walk(node))
    ]
    return min((*adapting, fit), key=lambda node: node.lineno)


@edit_of.register
def _buffer(change: ShuffleBuffer, project: Project) -> Project:
    document, fit = fit_call(project)
    streams = [node for node in ast.walk(document.tree) if isinstance(node, ast.Call) and _shuffles(document, node)]
    if len(streams) != 1:
        raise RefusalError(f"There are {len(streams)} calls of shuffle in this file.", fit.lineno, document.path)
    return project.edited(document, set_argument(document, streams[0], "buffer_size", str(change.size), 0))


def _shuffles(document: Document, call: ast.Call) -> bool:
    """Whether a call shuffles a stream: `random.shuffle(rows)` does not, which shuffles in place and gives nothing."""
    if last_name(call.func) != "shuffle" or not isinstance(call.func, ast.Attribute):
        return False
    of_rows = isinstance(document.parents[call], ast.Expr) or last_name(call.func.value) in ("random", "rng")
    return not of_rows and (len(call.args) == 1 or argument(call, "buffer_size") is not None)


def _training_rows(document: Document, call: ast.Call, project: Project, name: str, place: int) -> str:
    """How the script writes an argument of `fit` that it trains on, without the rows that `validation_split` takes."""
    given = argument(call, name, place)
    if project.program.fit.data != "arrays" or given is None:
        raise RefusalError("The data are no arrays that fit is given.", call.lineno, document.path)
    if any(isinstance(node, ast.Call | ast.Await | ast.NamedExpr) for node in ast.walk(given)):
        raise RefusalError("The data are made in the call of fit.", call.lineno, document.path)
    text = document.text(given)
    check_beside(document, call)
    if place == 0 and _joins(project):
        return _joined(document, call, text, project)
    share = split_share(project, call)
    return f"{indexed(document, given)}[: int(len({text}) * (1 - {share:g}))]" if share else text


def _joins(project: Project) -> bool:
    """Whether the network takes several inputs."""
    return sum(item.kind == "InputLayer" and not item.parent for item in project.program.layers) > 1


def _joined(document: Document, call: ast.Call, text: str, project: Project) -> str:
    """Several inputs as the network joins them."""
    first = next((item for item in project.program.layers if item.kind != "InputLayer" and not item.parent), None)
    joins = first is not None and first.kind == "Concatenate" and first.settings.get("axis", -1) in (-1, 1)
    if not joins or split_share(project, call):
        raise RefusalError("The network has several inputs, which are not joined first.", call.lineno, document.path)
    keras, needed = keras_name(document)
    if needed:
        raise RefusalError("The file does not import keras itself.", call.lineno, document.path)
    return f"{keras}.ops.concatenate({text}, axis=-1)"


@edit_of.register
def _rescale(change: RescaleInputs, project: Project) -> Project:
    return insert_first(project, "Rescaling", f"1 / {change.divisor:g}")


@edit_of.register
def _scale_target(change: ScaleTarget, project: Project) -> Project:
    outputs = project.program.outputs
    if len(outputs) != 1:
        raise RefusalError("The model has several outputs.")
    offset = f", offset={change.offset:g}" if change.offset else ""
    return insert_after(project, outputs[0], "Rescaling", f"{change.scale:g}{offset}")


@edit_of.register
def _image_size(change: ImageSize, project: Project) -> Project:
    return insert_first(project, "Resizing", f"{change.height}, {change.width}")


@edit_of.register
def _class_weights(change: ClassWeights, project: Project) -> Project:
    document, call = fit_call(project)
    weights = ", ".join(f"{number}: {weight:.3g}" for number, weight in enumerate(change.weights))
    # mostly computed: the new ones take the expression's place in the call
    return project.edited(document, put_argument(document, call, "class_weight", f"{{{weights}}}"))


@edit_of.register
def _share(change: DataShare, project: Project) -> Project:
    """The source stays: a trial leaves rows out of its fit."""
    if project.program.fit.data != "arrays":
        raise RefusalError("Rows can be left out of arrays only.", project.program.fit.site.line or 0)
    return project
