"""Edits of the output layer and of its loss."""

from __future__ import annotations

import ast

from vandap.repair.changes.output import FromLogits, LabelSmoothing, OutputActivation, OutputUnits, SetLoss
from vandap.repair.source.document import Edit, RefusalError
from vandap.repair.source.edits import edit_of
from vandap.repair.source.names import keras_name
from vandap.repair.source.places import LOSS, compile_argument, layer, layer_call
from vandap.repair.source.project import Project
from vandap.repair.source.write import set_argument


@edit_of.register
def _from_logits(change: FromLogits, project: Project) -> Project:
    return _set_loss_argument(project, "from_logits", str(change.value))


@edit_of.register
def _smoothing(change: LabelSmoothing, project: Project) -> Project:
    losses = project.program.compile.losses
    if len(losses) != 1 or losses[0].kind not in ("CategoricalCrossentropy", "BinaryCrossentropy"):
        raise RefusalError("Only a cross-entropy of one-hot or binary labels can smooth them.")
    return _set_loss_argument(project, "label_smoothing", f"{change.share:g}")


@edit_of.register
def _loss(change: SetLoss, project: Project) -> Project:
    document, call, given = compile_argument(project, "loss", LOSS)
    if len(project.program.compile.losses) != 1:
        raise RefusalError("There are several losses.", call.lineno, document.path)
    text = f'"{change.name}"'
    if given is None:
        return project.edited(document, set_argument(document, call, "loss", text, LOSS))
    if not isinstance(given, ast.Call | ast.Constant | ast.Attribute):
        raise RefusalError("The loss is no plain call and no name.", given.lineno, document.path)
    return project.edited(document, Edit(*document.span(given), text))


def _set_loss_argument(project: Project, name: str, text: str) -> Project:
    """Give the loss's constructor an argument; a loss given by its name becomes a call."""
    document, call, given = compile_argument(project, "loss", LOSS)
    losses = project.program.compile.losses
    if len(losses) != 1 or given is None:
        raise RefusalError("There is not one loss.", call.lineno, document.path)
    if isinstance(given, ast.Call):
        return project.edited(document, set_argument(document, given, name, text))
    if not losses[0].module.startswith("keras") or not isinstance(given, ast.Constant | ast.Attribute):
        raise RefusalError("The loss is no loss of Keras that is written out.", given.lineno, document.path)
    keras, needed = keras_name(document)
    text = f"{keras}.losses.{losses[0].kind}({name}={text})"
    return project.edited(document, *needed, Edit(*document.span(given), text))


@edit_of.register
def _activation(change: OutputActivation, project: Project) -> Project:
    record = layer(project, change.layer)
    document, call = layer_call(project, change.layer)
    if record.kind == "Activation":
        return project.edited(document, set_argument(document, call, "activation", f'"{change.name}"', 0))
    position = 1 if record.kind == "Dense" else None
    return project.edited(document, set_argument(document, call, "activation", f'"{change.name}"', position))


@edit_of.register
def _units(change: OutputUnits, project: Project) -> Project:
    document, call = layer_call(project, change.layer)
    return project.edited(document, set_argument(document, call, "units", str(change.units), 0))
