"""Edits of learning rate, schedule, optimiser, clipping, batches and epochs."""

from __future__ import annotations

import ast

from vandap.repair.changes.optimisation import (
    BatchSize,
    Clip,
    EarlyStopping,
    Epochs,
    LearningRate,
    NoClip,
    Optimiser,
    OptimiserSetting,
    Patience,
    Plateau,
    Schedule,
    ScheduleSteps,
    Shuffle,
)
from vandap.repair.source.document import Document, Edit, RefusalError
from vandap.repair.source.edits import edit_of
from vandap.repair.source.find import argument, check_unshared, last_name, resolved
from vandap.repair.source.names import keras_name, sibling
from vandap.repair.source.places import OPTIMIZER, compile_argument, fit_call
from vandap.repair.source.project import Project
from vandap.repair.source.write import add_keyword, remove_argument, set_argument

_RATE = 0
"""Place of `learning_rate` among the arguments of every optimiser of Keras."""
_BOUNDS = ("clipnorm", "global_clipnorm", "clipvalue")


@edit_of.register
def _rate(change: LearningRate, project: Project) -> Project:
    return _set_optimiser_argument(project, "learning_rate", repr(float(change.value)), _RATE)


@edit_of.register
def _setting(change: OptimiserSetting, project: Project) -> Project:
    return _set_optimiser_argument(project, change.name, repr(float(change.value)))


@edit_of.register
def _clip(change: Clip, project: Project) -> Project:
    return _set_optimiser_argument(project, "clipnorm", repr(float(change.norm)))


@edit_of.register
def _no_clip(change: NoClip, project: Project) -> Project:
    document, call, given = compile_argument(project, "optimizer", OPTIMIZER)
    bounds = [name for name in _BOUNDS if isinstance(given, ast.Call) and argument(given, name) is not None]
    if not bounds or not isinstance(given, ast.Call):
        raise RefusalError("No bound of the gradient is written here.", call.lineno, document.path)
    return project.edited(document, remove_argument(document, given, bounds[0]))


@edit_of.register
def _schedule(change: Schedule, project: Project) -> Project:
    document, _, given = compile_argument(project, "optimizer", OPTIMIZER)
    keras, needed = keras_name(document)
    options = f"{change.rate!r}, decay_steps={max(change.steps - change.warm_up, 1)}"
    if change.warm_up:
        options = f"{change.rate / 10:g}, decay_steps={max(change.steps - change.warm_up, 1)}"
        options += f", warmup_target={change.rate!r}, warmup_steps={change.warm_up}"
    text = f"{keras}.optimizers.schedules.CosineDecay({options})"
    if isinstance(given, ast.Call):
        old = argument(given, "learning_rate", _RATE)
        if isinstance(old, ast.Call):
            raise RefusalError("The learning rate follows a schedule already.", old.lineno, document.path)
    return _set_optimiser_argument(project, "learning_rate", text, _RATE, needed)


@edit_of.register
def _optimiser(change: Optimiser, project: Project) -> Project:
    document, call, given = compile_argument(project, "optimizer", OPTIMIZER)
    if isinstance(given, ast.Call):
        name, needed = sibling(document, given, change.name)
    else:
        keras, needed = keras_name(document)
        name = f"{keras}.optimizers.{change.name}"
    text = f"{name}(learning_rate={change.rate!r})"
    if given is None:
        return project.edited(document, *needed, set_argument(document, call, "optimizer", text))
    return project.edited(document, *needed, Edit(*document.span(given), text))


def _set_optimiser_argument(
    project: Project, name: str, text: str, position: int | None = None, needed: tuple[Edit, ...] = ()
) -> Project:
    """Give the optimiser's constructor an argument; an optimiser given by its name becomes a call."""
    document, call, given = compile_argument(project, "optimizer", OPTIMIZER)
    if isinstance(given, ast.Call):
        return project.edited(document, *needed, set_argument(document, given, name, text, position))
    if given is not None and not (isinstance(given, ast.Constant) and isinstance(given.value, str)):
        raise RefusalError("The optimiser is no plain call and no name.", given.lineno, document.path)
    keras, imported = keras_name(document)
    edits = {*needed, *imported}
    text = f"{keras}.optimizers.{project.program.compile.optimizer or 'RMSprop'}({name}={text})"
    if given is None:
        return project.edited(document, *edits, set_argument(document, call, "optimizer", text, OPTIMIZER))
    return project.edited(document, *edits, Edit(*document.span(given), text))


@edit_of.register
def _batch_size(change: BatchSize, project: Project) -> Project:
    document, call = fit_call(project)
    if project.program.fit.data != "arrays":
        raise RefusalError("The data make their batches themselves.", call.lineno, document.path)
    return project.edited(document, set_argument(document, call, "batch_size", str(change.size), 2))


@edit_of.register
def _epochs(change: Epochs, project: Project) -> Project:
    document, call = fit_call(project)
    return project.edited(document, set_argument(document, call, "epochs", str(change.count), 3))


@edit_of.register
def _shuffle(change: Shuffle, project: Project) -> Project:
    document, call = fit_call(project)
    return project.edited(document, set_argument(document, call, "shuffle", str(change.value)))


@edit_of.register
def _early_stopping(change: EarlyStopping, project: Project) -> Project:
    if "EarlyStopping" in project.program.fit.callbacks:
        raise RefusalError("There is an EarlyStopping already.", project.program.fit.site.line or 0)
    return _add_callback(project, f"EarlyStopping(patience={change.patience}, restore_best_weights=True)")


@edit_of.register
def _plateau(change: Plateau, project: Project) -> Project:
    return _add_callback(project, f"ReduceLROnPlateau(factor={change.factor:g}, patience={change.patience})")


@edit_of.register
def _patience(change: Patience, project: Project) -> Project:
    document, fit = fit_call(project)
    calls = [
        node
        for node in ast.walk(document.tree)
        if isinstance(node, ast.Call) and last_name(node.func) == "EarlyStopping"
    ]
    if len(calls) != 1:
        raise RefusalError(f"There are {len(calls)} calls of EarlyStopping in this file.", fit.lineno, document.path)
    patience = set_argument(document, calls[0], "patience", str(change.epochs), 2)
    if argument(calls[0], "restore_best_weights", 6) is None and argument(calls[0], "patience", 2) is None:
        both = add_keyword(document, calls[0], "patience", f"{change.epochs}, restore_best_weights=True")
        return project.edited(document, both)
    best = set_argument(document, calls[0], "restore_best_weights", "True", 6)
    return project.edited(document, patience, best)


@edit_of.register
def _schedule_steps(change: ScheduleSteps, project: Project) -> Project:
    document, call, given = compile_argument(project, "optimizer", OPTIMIZER)
    rate = argument(given, "learning_rate", _RATE) if isinstance(given, ast.Call) else None
    schedule = resolved(document, rate) if rate is not None else None
    if not isinstance(schedule, ast.Call):
        raise RefusalError("The learning rate follows no schedule that is written here.", call.lineno, document.path)
    place = 1 if change.name == "decay_steps" else None
    return project.edited(document, set_argument(document, schedule, change.name, str(change.steps), place))


def _add_callback(project: Project, text: str) -> Project:
    document, call = fit_call(project)
    if project.program.fit.validation == "none":
        raise RefusalError("fit has no validation data to look at.", call.lineno, document.path)
    keras, needed = keras_name(document)
    text = f"{keras}.callbacks.{text}"
    given = argument(call, "callbacks", 5)
    if given is None:
        return project.edited(document, *needed, set_argument(document, call, "callbacks", f"[{text}]"))
    return project.edited(document, *needed, _into_list(document, given, text))


def _into_list(document: Document, node: ast.expr, text: str) -> Edit:
    check_unshared(document, node, "fit")
    given = resolved(document, node)
    if not isinstance(given, ast.List):
        raise RefusalError("The callbacks are no list that is written out.", node.lineno, document.path)
    if not given.elts:
        return Edit(*document.span(given), f"[{text}]")
    end = document.span(given.elts[-1])[1]
    return Edit(end, end, f", {text}")
