"""Edits of what `fit` is given: batches, epochs, callbacks."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace

from vandap.repair.changes.optimisation import BatchSize, EarlyStopping, Epochs, NoCallback, Patience, Plateau, Shuffle
from vandap.repair.source.document import Document, Edit, RefusalError
from vandap.repair.source.edits import edit_of
from vandap.repair.source.find import argument, check_unshared, function_of, last_name
from vandap.repair.source.lists import taken_out
from vandap.repair.source.names import class_name, keras_name, keras_since
from vandap.repair.source.own import check_one_model, own
from vandap.repair.source.places import CALLBACKS, OPTIMIZER, RATE, compile_argument, fit_call
from vandap.repair.source.project import Project
from vandap.repair.source.signature import arguments
from vandap.repair.source.values import followed, resolved
from vandap.repair.source.write import set_argument


def _fit(project: Project) -> tuple[Document, ast.Call]:
    """The call of `fit` that the run was about.

    Raises:
        RefusalError: It is not a plain call, or trains other models, too.
    """
    document, call = fit_call(project)
    check_one_model(project, document, call)
    return document, call


def _set_fit_argument(
    document: Document, call: ast.Call, name: str, text: str, position: int | None = None, used: object = None
) -> Edit:
    """The edit that gives `fit` an argument; what `fit(*data)` hands on are the data."""
    is_data = len(call.args) == 1 and isinstance(call.args[0], ast.Starred)
    return set_argument(document, call, name, text, None if is_data else position, used)


@edit_of.register
def _batch_size(change: BatchSize, project: Project) -> Project:
    document, call = _fit(project)
    _check_arrays(project, document, call, "The data make their batches themselves.")
    used = project.program.fit.batch_size
    return project.edited(document, _set_fit_argument(document, call, "batch_size", str(change.size), 2, used))


def _check_arrays(project: Project, document: Document, call: ast.Call, reason: str) -> None:
    """See that Keras makes the batches, out of arrays.

    Raises:
        RefusalError: It does not, for this reason.
    """
    if project.program.fit.data != "arrays":
        raise RefusalError(reason, call.lineno, document.path)


@edit_of.register
def _epochs(change: Epochs, project: Project) -> Project:
    document, call = _fit(project)
    _check_whole(project, document, call)
    return project.edited(
        document, _set_fit_argument(document, call, "epochs", str(change.count), 3, project.program.fit.epochs)
    )


def _check_whole(project: Project, document: Document, call: ast.Call) -> None:
    """See that one call of `fit` is the whole training.

    Raises:
        RefusalError: Several go on with it, or it goes on with another.
    """
    if project.program.fit.calls > 1 or argument(call, "initial_epoch", 9) is not None:
        raise RefusalError("The training is made by several calls of fit.", call.lineno, document.path)


@edit_of.register
def _shuffle(change: Shuffle, project: Project) -> Project:
    document, call = _fit(project)
    if project.program.fit.data != "PyDataset":  # of which Keras shuffles the batches
        _check_arrays(project, document, call, "The data decide their order themselves.")
    return project.edited(document, _set_fit_argument(document, call, "shuffle", str(change.value), 8))


@edit_of.register
def _early_stopping(change: EarlyStopping, project: Project) -> Project:
    if "EarlyStopping" in project.program.fit.callbacks:
        raise RefusalError("There is an EarlyStopping already.", project.program.fit.site.line or 0)
    _check_whole(project, *_fit(project))
    return _add_callback(project, f"EarlyStopping(patience={change.patience}, restore_best_weights=True)")


@edit_of.register
def _plateau(change: Plateau, project: Project) -> Project:
    if isinstance(project.program.compile.settings.get("learning_rate"), Mapping) or _schedule_of(project) is not None:
        site = project.program.compile.site
        reason = "The learning rate follows a schedule, so that no callback can set it."
        raise RefusalError(reason, site.line or 0, site.file or "")
    return _add_callback(project, f"ReduceLROnPlateau(factor={change.factor:g}, patience={change.patience})")


def _schedule_of(project: Project) -> ast.Call | None:
    """The call that makes the schedule of the learning rate, where it is written plainly."""
    try:
        document, _, given = compile_argument(project, "optimizer", OPTIMIZER)
        rate = argument(given, "learning_rate", RATE) if isinstance(given, ast.Call) else None
        made = resolved(document, rate) if rate is not None else None
    except RefusalError:
        return None
    return made if isinstance(made, ast.Call) and arguments("optimizers", class_name(document, made)) else None


@edit_of.register
def _patience(change: Patience, project: Project) -> Project:
    document, fit = _fit(project)
    listed = _listed(document, fit, "EarlyStopping")
    for item, _ in listed:
        own(document, item)
    calls = [call for _, call in listed] or [
        node
        for node in ast.walk(document.tree)
        if isinstance(node, ast.Call) and class_name(document, node) == "EarlyStopping"
    ]
    sites = {(item.site.file, item.site.line) for item in project.program.fits if "EarlyStopping" in item.callbacks}
    if len(calls) != 1 or (not listed and len(sites) > 1):
        raise RefusalError(f"There are {len(calls)} calls of EarlyStopping in this file.", fit.lineno, document.path)
    if any(item.arg is None for item in calls[0].keywords):
        raise RefusalError("What EarlyStopping is given is handed on.", calls[0].lineno, document.path)
    has_none = argument(calls[0], "restore_best_weights", 6) is None and argument(calls[0], "patience", 2) is None
    epochs = f"{change.epochs}, restore_best_weights=True" if has_none else str(change.epochs)
    edits = [set_argument(document, calls[0], "patience", epochs, 2)]
    if not has_none:
        edits.append(set_argument(document, calls[0], "restore_best_weights", "True", 6))
    if change.mode:
        edits.append(set_argument(document, calls[0], "mode", f'"{change.mode}"', 4))
    return project.edited(document, *edits)


def _listed(document: Document, fit: ast.Call, name: str) -> list[tuple[ast.expr, ast.Call]]:
    """The elements of the list of callbacks that `fit` is given, where that is written out, that a class makes.

    Args:
        document: The file.
        fit: The call of `fit`.
        name: The class.

    Returns:
        Each element, which may be a name, and the call that it stands for.

    Raises:
        RefusalError: Another call is given the list.
    """
    given = argument(fit, "callbacks", CALLBACKS)
    if given is None:
        return []
    check_unshared(document, given, "fit")
    listed = followed(document, given)
    items = listed.elts if isinstance(listed, ast.List | ast.Tuple) else []
    made = [(item, followed(document, item)) for item in items]
    calls = [(item, call) for item, call in made if isinstance(call, ast.Call)]
    return [(item, call) for item, call in calls if class_name(document, call) == name]


def _add_callback(project: Project, text: str) -> Project:
    document, call = _fit(project)
    fit, name = project.program.fit, text.partition("(")[0]
    if fit.validation == "none":
        raise RefusalError("fit has no validation data to look at.", call.lineno, document.path)
    keras, needed = keras_name(document)
    text = f"{keras}.callbacks.{text}"
    given = argument(call, "callbacks", CALLBACKS)
    edit = (
        _set_fit_argument(document, call, "callbacks", f"[{text}]", CALLBACKS)
        if given is None
        else _into_list(document, given, text, keras_since(document, needed))
    )
    return _with_callbacks(project.edited(document, *needed, edit), (*fit.callbacks, name))


def _with_callbacks(project: Project, names: tuple[str, ...]) -> Project:
    """The project with what an edit has made of the callbacks, for the changes that follow."""
    program = project.program
    fits = tuple(replace(item, callbacks=names) if item is program.fit else item for item in program.fits)
    return replace(project, program=replace(program, fits=fits))


def _into_list(document: Document, node: ast.expr, text: str, since: int) -> Edit:
    check_unshared(document, node, "fit")
    given = resolved(document, node)
    is_made = isinstance(given, ast.Call) and given is node and last_name(given.func).islower()  # by a function
    if not is_made and not isinstance(given, ast.List):
        raise RefusalError("The callbacks are no list that is written out.", node.lineno, document.path)
    if not isinstance(given, ast.List) or (function_of(document, given) is None and document.span(given)[0] < since):
        return Edit(*document.span(node), f"[*{document.text(node)}, {text}]")
    if not given.elts:
        return Edit(*document.span(given), f"[{text}]")
    end = document.span(given.elts[-1])[1]
    return Edit(end, end, f", {text}")


@edit_of.register
def _no_callback(change: NoCallback, project: Project) -> Project:
    document, call = _fit(project)
    given = argument(call, "callbacks", CALLBACKS)
    if given is None:
        raise RefusalError("fit is given no callbacks that are written here.", call.lineno, document.path)
    made, listed = _listed(document, call, change.name), followed(document, given)
    is_counted = any(
        isinstance(node, ast.Subscript) and ast.dump(node.value) == ast.dump(given) for node in ast.walk(document.tree)
    )
    if len(made) != 1 or not isinstance(listed, ast.List) or is_counted:
        raise RefusalError(f"{change.name} is not made in one list of callbacks.", given.lineno, document.path)
    is_last = len(listed.elts) == 1
    edit = Edit(*document.span(listed), "[]") if is_last else taken_out(document, made[0][0])
    left = tuple(name for name in project.program.fit.callbacks if name != change.name)
    return _with_callbacks(project.edited(document, edit), left)
