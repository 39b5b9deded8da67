"""Edits of learning rate, schedule, optimiser and clipping."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from vandap.repair.changes.optimisation import (
    RATE_CALLBACKS,
    Clip,
    LearningRate,
    NoClip,
    Optimiser,
    OptimiserSetting,
    Schedule,
    ScheduleSteps,
)
from vandap.repair.source.document import Document, Edit, RefusalError
from vandap.repair.source.edits import edit_of
from vandap.repair.source.find import argument, call_at, function_of, last_name
from vandap.repair.source.names import class_name, keras_name, keras_since, sibling
from vandap.repair.source.own import check_one_model, own
from vandap.repair.source.places import OPTIMIZER, RATE, compile_argument, compile_call, fit_call
from vandap.repair.source.project import Project
from vandap.repair.source.signature import arguments, place
from vandap.repair.source.values import calls_of, followed
from vandap.repair.source.write import handed_on, instead, named_in, remove_argument, set_argument

_BOUNDS = ("clipnorm", "global_clipnorm", "clipvalue")


@edit_of.register
def _rate(change: LearningRate, project: Project) -> Project:
    _check_not_set_anew(project)
    if isinstance(project.program.compile.settings.get("learning_rate"), Mapping):
        site = project.program.compile.site
        raise RefusalError("The learning rate follows a schedule.", site.line or 0, site.file or "")
    return _set_optimiser_argument(project, "learning_rate", repr(float(change.value)))


def _check_not_set_anew(project: Project) -> None:
    """See that nothing sets the rate whatever it was: no statement, and no callback for each epoch.

    Raises:
        RefusalError: Something does: the rate that the optimiser begins with is never used.
    """
    document, _ = compile_call(project)
    attributes = [node for node in ast.walk(document.tree) if isinstance(node, ast.Attribute)]
    stored = [node for node in attributes if not isinstance(node.ctx, ast.Load)]
    assigned = [node.value for node in attributes if node.attr == "assign" and isinstance(node.value, ast.Attribute)]
    for rate in (*stored, *assigned):
        if rate.attr in ("learning_rate", "lr") and last_name(rate.value) == "optimizer":
            raise RefusalError("The learning rate is set here, whatever it was before.", rate.lineno, document.path)
    if "LearningRateScheduler" not in project.program.fit.callbacks:
        return
    document, _ = fit_call(project)
    for call in ast.walk(document.tree):
        if isinstance(call, ast.Call) and class_name(document, call) == "LearningRateScheduler":
            given = argument(call, "schedule", 0)
            function = None if given is None else _function(document, given)
            if function is not None and not _reads_rate(function):
                reason = "LearningRateScheduler sets the learning rate of each epoch, whatever it was before."
                raise RefusalError(reason, call.lineno, document.path)


def _function(document: Document, node: ast.expr) -> ast.FunctionDef | ast.Lambda | None:
    """The function that is written, or that a name stands for; None where that is not one of this file."""
    found = followed(document, node)
    if isinstance(found, ast.Lambda):
        return found
    functions = [item for item in ast.walk(document.tree) if isinstance(item, ast.FunctionDef)]
    named = [item for item in functions if isinstance(node, ast.Name) and item.name == node.id]
    return named[0] if len(named) == 1 else None


def _reads_rate(function: ast.FunctionDef | ast.Lambda) -> bool:
    """Whether a schedule of epoch and rate reads the rate."""
    taken = [*function.args.posonlyargs, *function.args.args][1:2]
    if not taken:
        return function.args.vararg is not None
    return any(isinstance(node, ast.Name) and node.id == taken[0].arg for node in ast.walk(function))


@edit_of.register
def _setting(change: OptimiserSetting, project: Project) -> Project:
    return _set_optimiser_argument(project, change.name, repr(float(change.value)))


@edit_of.register
def _clip(change: Clip, project: Project) -> Project:
    """In the place of another bound: Keras takes one only."""
    document, _, given = _optimiser_of(project)
    others = [item for item in _bounds(given) if item.arg != "clipnorm"]
    if named := [name for name in _handed_bounds(document, given) if name != "clipnorm"]:
        reason = f"{named[0]} is handed on, and Keras takes one bound only."
        raise RefusalError(reason, given.lineno if given is not None else 0, document.path)
    if not others:
        return _set_optimiser_argument(project, "clipnorm", repr(float(change.norm)))
    return project.edited(document, Edit(*document.span(others[0]), f"clipnorm={float(change.norm)!r}"))


@edit_of.register
def _no_clip(change: NoClip, project: Project) -> Project:
    document, call, given = _optimiser_of(project)
    bounds = _bounds(given)
    named = _handed_bounds(document, given)
    if not bounds and named and isinstance(given, ast.Call):
        return project.edited(document, set_argument(document, given, named[0], "None"))
    if not bounds or not isinstance(given, ast.Call):
        raise RefusalError("No bound of the gradient is written here.", call.lineno, document.path)
    return project.edited(document, remove_argument(document, given, str(bounds[0].arg)))


def _bounds(given: ast.expr | None) -> list[ast.keyword]:
    """The bounds of the gradient that an optimiser is given."""
    keywords = given.keywords if isinstance(given, ast.Call) else []
    return [item for item in keywords if item.arg in _BOUNDS and getattr(item.value, "value", 0) is not None]


def _handed_bounds(document: Document, given: ast.expr | None) -> list[str]:
    """The bounds of the gradient that an optimiser is given among options that are handed on."""
    handed = (handed_on(document, given) or {}) if isinstance(given, ast.Call) else {}
    return [name for name in _BOUNDS if name in handed]


@edit_of.register
def _schedule(change: Schedule, project: Project) -> Project:
    document, _, given = _optimiser_of(project)
    setting = [name for name in project.program.fit.callbacks if name in RATE_CALLBACKS]
    if setting:
        site = project.program.fit.site
        reason = f"{setting[0]} sets the learning rate, which it cannot where that follows a schedule."
        raise RefusalError(reason, site.line or 0, site.file or "")
    keras, needed = keras_name(document)
    options = f"{change.rate!r}, decay_steps={max(change.steps - change.warm_up, 1)}"
    if change.warm_up:
        options = f"{change.rate / 10:g}, decay_steps={max(change.steps - change.warm_up, 1)}"
        options += f", warmup_target={change.rate!r}, warmup_steps={change.warm_up}"
    text = f"{keras}.optimizers.schedules.CosineDecay({options})"
    if isinstance(given, ast.Call):
        old = argument(given, "learning_rate", RATE)
        if isinstance(old, ast.Call):
            raise RefusalError("The learning rate follows a schedule already.", old.lineno, document.path)
    project = _set_optimiser_argument(project, "learning_rate", text, needed)
    return _compiled(project, settings={**project.program.compile.settings, "learning_rate": {"steps": change.steps}})


@edit_of.register
def _optimiser(change: Optimiser, project: Project) -> Project:
    document, call, given = _optimiser_of(project)
    if isinstance(given, ast.Call) and _is_recorded(project, document, given):
        name, needed = sibling(document, given, change.name)
    else:
        keras, needed = keras_name(document)
        name = f"{keras}.optimizers.{change.name}"
    text = f"{name}(learning_rate={change.rate!r})"
    project = project.edited(document, *needed, _instead(document, call, given, text, keras_since(document, needed)))
    return _compiled(project, optimizer=change.name, settings={"learning_rate": change.rate})


def _compiled(project: Project, **facts: Any) -> Project:
    """The project with what an edit has made of the optimiser, for the changes that follow."""
    return replace(project, program=replace(project.program, compile=replace(project.program.compile, **facts)))


def _optimiser_of(project: Project) -> tuple[Document, ast.Call, ast.expr | None]:
    """The file, the call of `compile`, and what gives it its optimiser, out of the loss scaling that may wrap it.

    Where a function makes the optimiser, its file, and twice the call that does.

    Raises:
        RefusalError: It is made for several models, or not plainly.
    """
    compiled, call = compile_call(project)
    check_one_model(project, compiled, call)
    document, call, given = _made(project, compiled, call) or compile_argument(project, "optimizer", OPTIMIZER)
    if isinstance(given, ast.Call) and class_name(document, given) == "LossScaleOptimizer":
        inner = argument(given, "inner_optimizer", 0)
        given = own(document, inner) if inner is not None else given
    return document, call, given


def _made(project: Project, compiled: Document, call: ast.Call) -> tuple[Document, ast.Call, ast.expr] | None:
    """The file and, twice, the call that makes the optimiser, where a function does so; None where `compile` tells.

    Args:
        project: The source.
        compiled: The file of `compile`.
        call: The call of `compile`.

    Raises:
        RefusalError: The function makes the optimisers of several models.
    """
    site, kind = project.program.compile.optimizer_site, project.program.compile.optimizer
    written = argument(call, "optimizer", OPTIMIZER)
    given = None if written is None else followed(compiled, written)
    is_told = given is not None and (not isinstance(given, ast.Call) or _is_recorded(project, compiled, given))
    if written is None or is_told or not kind or site.line is None:
        return None
    try:
        document = project.open(site.file)
        found = call_at(document, site.line, kind)
    except RefusalError:
        return None
    check_one_model(project, document, found)
    function = function_of(document, found)
    calls = calls_of(document, function) if isinstance(function, ast.FunctionDef) else []
    if len(project.program.fits) > 1 and len(calls) > 1:
        raise RefusalError(f"{len(calls)} calls make optimisers here.", found.lineno, document.path)
    return document, found, found


def _is_recorded(project: Project, document: Document, call: ast.Call) -> bool:
    """Whether a call makes the optimiser of the run, as its class says; so where older records do not name that."""
    return class_name(document, call) == (project.program.compile.optimizer or class_name(document, call))


def _set_optimiser_argument(project: Project, name: str, text: str, needed: tuple[Edit, ...] = ()) -> Project:
    """Give the optimiser's constructor an argument; an optimiser given by its name becomes a call.

    Args:
        project: The source.
        name: The argument.
        text: Its value, as source.
        needed: The edit of an import that the value needs.
    """
    document, call, given = _optimiser_of(project)
    kind = project.program.compile.optimizer
    known = arguments("optimizers", kind)
    if known and name not in known:
        raise RefusalError(f"{kind} has no argument {name}.", call.lineno, document.path)
    if isinstance(given, ast.Call):
        if not _is_recorded(project, document, given):
            raise RefusalError(
                f"{document.text(given.func)} makes the optimiser, and is not its class, {kind}.",
                given.lineno,
                document.path,
            )
        at = place("optimizers", class_name(document, given), name, RATE if name == "learning_rate" else None)
        used = project.program.compile.settings.get(name)
        return project.edited(document, *needed, set_argument(document, given, name, text, at, used))
    if given is not None and not (isinstance(given, ast.Constant) and isinstance(given.value, str)):
        raise RefusalError("The optimiser is no plain call and no name.", given.lineno, document.path)
    keras, needed = keras_name(document)
    text = f"{keras}.optimizers.{kind or 'RMSprop'}({name}={text})"
    return project.edited(document, *needed, _instead(document, call, given, text, keras_since(document, needed)))


def _instead(document: Document, call: ast.Call, given: ast.expr | None, text: str, since: int) -> Edit:
    """The edit that gives `compile` another optimiser.

    Args:
        document: The file.
        call: The call of `compile`, or that which makes the optimiser.
        given: What makes the optimiser; None where `compile` is given none.
        text: The new one, as source.
        since: The first byte at which the module knows the name that the new one begins with.
    """
    if given is None:
        return set_argument(document, call, "optimizer", text, OPTIMIZER)
    if given is call:
        return Edit(*document.span(given), text)
    return instead(document, named_in(document, argument(call, "optimizer", OPTIMIZER), given), given, text, since)


@edit_of.register
def _schedule_steps(change: ScheduleSteps, project: Project) -> Project:
    document, call, given = _optimiser_of(project)
    rate = argument(given, "learning_rate", RATE) if isinstance(given, ast.Call) else None
    schedule = own(document, rate) if rate is not None else None
    if not isinstance(schedule, ast.Call):
        raise RefusalError("The learning rate follows no schedule that is written here.", call.lineno, document.path)
    names = arguments("optimizers", class_name(document, schedule))
    if change.name not in (*names, *(item.arg for item in schedule.keywords)):
        kind = document.text(schedule.func)
        raise RefusalError(f"{kind} has no argument {change.name}.", schedule.lineno, document.path)
    at = names.index(change.name) if change.name in names else None
    return project.edited(document, set_argument(document, schedule, change.name, str(change.steps), at))
