"""Edits of the output layer and of its loss."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace

from vandap.core.program import Loss
from vandap.repair.changes.output import (
    Focal,
    FromLogits,
    LabelSmoothing,
    OutputActivation,
    OutputBias,
    OutputUnits,
    SetLoss,
)
from vandap.repair.source.document import Document, Edit, RefusalError
from vandap.repair.source.edits import edit_of
from vandap.repair.source.find import argument, check_unshared
from vandap.repair.source.functions import defined, first_line
from vandap.repair.source.names import class_name, keras_name, keras_since
from vandap.repair.source.own import check_one_model, only_layer_call
from vandap.repair.source.places import LOSS, compile_argument, compile_call, layer
from vandap.repair.source.project import Project
from vandap.repair.source.signature import arguments, place, place_in, takes
from vandap.repair.source.values import is_read_once, resolved
from vandap.repair.source.write import check_one_value, instead, named_in, put_argument, set_argument
from vandap.repair.written.losses import focal_crossentropy, smoothed_crossentropy


@edit_of.register
def _from_logits(change: FromLogits, project: Project) -> Project:
    return _set_loss_argument(project, "from_logits", str(change.value))


@edit_of.register
def _smoothing(change: LabelSmoothing, project: Project) -> Project:
    loss = _only_loss(project)
    if loss.kind == "SparseCategoricalCrossentropy":
        return _own_loss(
            project, smoothed_crossentropy, loss, {"label_smoothing=0.1": f"label_smoothing={change.share:g}"}
        )
    if loss.kind not in ("CategoricalCrossentropy", "BinaryCrossentropy"):
        raise RefusalError("Only a cross-entropy can smooth its labels.")
    return _set_loss_argument(project, "label_smoothing", f"{change.share:g}")


@edit_of.register
def _focal(change: Focal, project: Project) -> Project:
    loss = _only_loss(project)
    if loss.kind == "SparseCategoricalCrossentropy":
        return _own_loss(project, focal_crossentropy, loss, {})
    if loss.kind not in ("CategoricalCrossentropy", "BinaryCrossentropy"):
        raise RefusalError("Only a cross-entropy has a focal form.")
    document, call, given = _loss_of(project)
    keras, needed = keras_name(document)
    logits = "from_logits=True" if loss.from_logits else ""
    text = f"{keras}.losses.{loss.kind.replace('Crossentropy', 'FocalCrossentropy')}({logits})"
    since = keras_since(document, needed)
    return project.edited(document, *needed, _instead(document, call, given, text, since))


def _only_loss(project: Project) -> Loss:
    losses = project.program.compile.losses
    if len(losses) != 1:
        raise RefusalError("There is not one loss.", project.program.compile.site.line or 0)
    return losses[0]


def _own_loss(project: Project, function: Callable, loss: Loss, values: Mapping[str, str]) -> Project:
    """Write a loss into the program, registered so that a stored model is read back."""
    document, call = compile_call(project)
    keras, needed = keras_name(document, call)
    project = project.edited(document, *needed)
    document, call = compile_call(project)
    head = f"@{keras}.saving.register_keras_serializable()\n"
    values = {"LOGITS": str(loss.from_logits), **values}
    project = project.edited(document, *defined(document, call, function, head, values))
    document, call, given = _loss_of(project)
    since = document.line_start(first_line(document, call))
    return project.edited(document, _instead(document, call, given, function.__name__, since))


def _loss_of(project: Project) -> tuple[Document, ast.Call, ast.expr | None]:
    """The file, the call of `compile`, and what gives it its loss.

    Raises:
        RefusalError: It is made for several models, or not plainly.
    """
    document, call, given = compile_argument(project, "loss", LOSS)
    check_one_model(project, document, call)
    return document, call, given


def _instead(document: Document, call: ast.Call, given: ast.expr | None, text: str, since: int) -> Edit:
    """The edit that gives `compile` another loss.

    Args:
        document: The file.
        call: The call of `compile`.
        given: What makes the loss.
        text: The new one, as source.
        since: The first byte at which the module knows the name that the new one begins with.
    """
    if not isinstance(given, ast.Call | ast.Constant | ast.Attribute):
        raise RefusalError("The loss is no plain call and no name.", call.lineno, document.path)
    return instead(document, named_in(document, argument(call, "loss", LOSS), given), given, text, since)


@edit_of.register
def _loss(change: SetLoss, project: Project) -> Project:
    document, call = compile_call(project)
    check_one_model(project, document, call)
    given = argument(call, "loss", LOSS)
    losses = project.program.compile.losses
    if len(losses) != 1:
        raise RefusalError("There are several losses.", call.lineno, document.path)
    text = f'"{change.name}"'
    if given is None:
        edit = set_argument(document, call, "loss", text, LOSS)
    else:
        check_one_value(document, "loss", given)
        edit = Edit(*document.span(_written(document, given)), text)
    return _with_loss(project.edited(document, edit), Loss(losses[0].output, change.name.title().replace("_", "")))


def _with_loss(project: Project, loss: Loss) -> Project:
    """The project with what an edit has made of the loss, for the changes that follow."""
    return replace(project, program=replace(project.program, compile=replace(project.program.compile, losses=(loss,))))


def _written(document: Document, given: ast.expr) -> ast.expr:
    """Where a loss is written out; what `compile` is given where that is a function, or what others are given too."""
    try:
        check_unshared(document, given, "compile")
        found = resolved(document, given)
    except RefusalError:
        return given
    is_written = isinstance(found, ast.Call | ast.Constant | ast.Attribute) and is_read_once(document, given)
    return found if is_written else given


def _set_loss_argument(project: Project, name: str, text: str) -> Project:
    """Give the loss's constructor an argument; a loss given by its name becomes a call."""
    document, call, given = _loss_of(project)
    losses = project.program.compile.losses
    if len(losses) != 1 or given is None:
        raise RefusalError("There is not one loss.", call.lineno, document.path)
    kind = losses[0].kind
    if losses[0].module.startswith("keras") and name not in arguments("losses", kind):
        raise RefusalError(f"{kind} has no argument {name}.", given.lineno, document.path)
    if isinstance(given, ast.Call):
        if class_name(document, given) != kind:
            raise RefusalError(
                f"{document.text(given.func)} makes the loss, and is not its class, {kind}.",
                given.lineno,
                document.path,
            )
        return project.edited(document, set_argument(document, given, name, text, place("losses", kind, name)))
    if not losses[0].module.startswith("keras") or not isinstance(given, ast.Constant | ast.Attribute):
        raise RefusalError("The loss is no loss of Keras that is written out.", given.lineno, document.path)
    keras, needed = keras_name(document)
    text = f"{keras}.losses.{kind}({name}={text})"
    return project.edited(document, *needed, _instead(document, call, given, text, keras_since(document, needed)))


@edit_of.register
def _activation(change: OutputActivation, project: Project) -> Project:
    record = layer(project, change.layer)
    document, call = only_layer_call(project, change.layer)
    if not takes(record, "activation"):
        raise RefusalError(f"{record.kind} takes no activation.", call.lineno, document.path)
    position = place_in(record, "activation", {"Activation": 0, "Dense": 1}.get(record.kind))
    edit = set_argument(document, call, "activation", f'"{change.name}"', position, record.activation)
    return project.edited(document, edit)


@edit_of.register
def _units(change: OutputUnits, project: Project) -> Project:
    document, call = only_layer_call(project, change.layer)
    return project.edited(document, set_argument(document, call, "units", str(change.units), 0))


@edit_of.register
def _bias(change: OutputBias, project: Project) -> Project:
    document, call = only_layer_call(project, change.layer)
    keras, needed = keras_name(document)
    numbers = ", ".join(f"{value:.4g}" for value in change.values)
    text = f"{keras}.initializers.Constant({numbers if len(change.values) == 1 else f'[{numbers}]'})"
    at = place_in(layer(project, change.layer), "bias_initializer")
    return project.edited(document, *needed, put_argument(document, call, "bias_initializer", text, at))
