"""Edits that train on other rows, or work on the model once it is trained: a function, and its call beside `fit`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from vandap.repair.changes.rows import AfterFit, Rows, ShuffleSplit
from vandap.repair.source.arrays import check_beside, indexed, is_argument, is_made_here, split_share
from vandap.repair.source.document import Document, Edit, RefusalError
from vandap.repair.source.edits import edit_of
from vandap.repair.source.find import argument, function_of
from vandap.repair.source.functions import defined, names
from vandap.repair.source.places import fit_call, layer
from vandap.repair.source.project import Project
from vandap.repair.source.values import resolved
from vandap.repair.source.write import after, before
from vandap.repair.written import model as of_model
from vandap.repair.written import rows as of_rows

INPUTS, TARGETS, SPLIT = "fit_x", "fit_y", "fit_rows"
"""Names that the edits give to what is fitted."""
SHUFFLED = ("split_x", "split_y")
"""And to what validation rows are split off."""


@edit_of.register
def _rows(change: Rows, project: Project) -> Project:
    document, call = fit_call(project)
    _check_rows(project, document, call)
    if change.name == "mixed" and project.program.compile.losses[0].kind.startswith("Sparse"):
        raise RefusalError(
            "Class numbers cannot be mixed: this needs one-hot labels and a categorical cross-entropy.",
            call.lineno,
            document.path,
        )
    project = project.edited(document, *defined(document, call, getattr(of_rows, change.name)))
    document, call = fit_call(project)
    x, y = _arrays(document, call)
    texts = document.text(x), document.text(y)
    if texts == (INPUTS, TARGETS):
        line = f"{INPUTS}, {TARGETS} = {change.name}({INPUTS}, {TARGETS})"
        return project.edited(document, before(document, call, line))
    if {INPUTS, TARGETS, SPLIT} & names(document):
        raise RefusalError(f"The name {INPUTS} stands for something else.", call.lineno, document.path)
    replaced = [Edit(*document.span(node), name) for node, name in ((x, INPUTS), (y, TARGETS))]
    lines, tail = _divided(document, call, project, x, y)
    head = [f"{indexed(document, item)}[:{SPLIT}]" if lines else document.text(item) for item in (x, y)]
    lines += (f"{INPUTS}, {TARGETS} = {change.name}({', '.join(head)})",)
    return project.edited(document, before(document, call, *lines), *replaced, *tail)


@edit_of.register
def _split(change: ShuffleSplit, project: Project) -> Project:
    document, call = fit_call(project)
    _check_rows(project, document, call)
    if project.program.fit.validation != "split":
        raise RefusalError("The validation rows are not split off by fit.", call.lineno, document.path)
    project = project.edited(document, *defined(document, call, of_rows.shuffled))
    document, call = fit_call(project)
    if {*SHUFFLED} & names(document):
        raise RefusalError(f"The name {SHUFFLED[0]} stands for something else.", call.lineno, document.path)
    arrays = _arrays(document, call)
    given = ", ".join(document.text(array) for array in arrays)
    replaced = [Edit(*document.span(node), name) for node, name in zip(arrays, SHUFFLED, strict=True)]
    return project.edited(document, before(document, call, f"{', '.join(SHUFFLED)} = shuffled({given})"), *replaced)


def _check_rows(project: Project, document: Document, call: ast.Call) -> None:
    """Refuse what a function of two arrays cannot be given."""
    fit, losses = project.program.fit, project.program.compile.losses
    inputs = sum(item.kind == "InputLayer" and not item.parent for item in project.program.layers)
    reason = ""
    if fit.data != "arrays" or inputs > 1 or len(losses) != 1:
        reason = "The data are no one array of inputs and one of targets."
    elif fit.sample_weight:
        reason = "The rows have weights, which would have to follow them."
    elif fit.calls > 1 and len(_of_model(document, call)) > 1:
        reason = "Several calls of fit train the model, and each of them would need other rows."
    if reason:
        raise RefusalError(reason, call.lineno, document.path)
    check_beside(document, call)


def _of_model(document: Document, call: ast.Call) -> list[ast.Call]:
    """The calls of `fit` of what the file calls by the same name."""
    name = document.text(call.func)
    calls = [node for node in ast.walk(document.tree) if isinstance(node, ast.Call)]
    return [node for node in calls if document.text(node.func) == name]


def _arrays(document: Document, call: ast.Call) -> tuple[ast.expr, ast.expr]:
    """How `fit` is given inputs and targets."""
    x, y = argument(call, "x", 0), argument(call, "y", 1)
    if x is None or y is None or isinstance(x, ast.List | ast.Tuple | ast.Dict):
        raise RefusalError("The data are no one array of inputs and one of targets.", call.lineno, document.path)
    return x, y


def _divided(
    document: Document, call: ast.Call, project: Project, x: ast.expr, y: ast.expr
) -> tuple[tuple[str, ...], tuple[Edit, ...]]:
    """What keeps the rows of `validation_split` as they are: they are cut off before others are made."""
    if not split_share(project, call):
        return (), ()
    share = _split_of(call)
    if share is None or any(isinstance(node, ast.Call) for item in (x, y) for node in ast.walk(item)):
        raise RefusalError(
            "The rows that validation_split takes cannot be cut off beforehand.", call.lineno, document.path
        )
    line = f"{SPLIT} = int(len({document.text(x)}) * (1 - {indexed(document, share.value)}))"
    tail = ", ".join(f"{indexed(document, item)}[{SPLIT}:]" for item in (x, y))
    return (line,), (Edit(*document.span(share), f"validation_data=({tail})"),)


@edit_of.register
def _after_fit(change: AfterFit, project: Project) -> Project:
    document, call = fit_call(project)
    if project.program.fit is not None and project.program.fit.calls > 1:
        raise RefusalError("It belongs after the last of several calls of fit.", call.lineno, document.path)
    check_beside(document, call)
    model = call.func.value if isinstance(call.func, ast.Attribute) else None
    if not isinstance(model, ast.Name | ast.Attribute) or isinstance(document.statement(call), ast.Return):
        raise RefusalError("The trained model has no name where its training ends.", call.lineno, document.path)
    write, needed = _AFTER[change.name]
    lines = write(document, call, model, project)
    for function in needed:
        document, call = fit_call(project)
        project = project.edited(document, *defined(document, call, function))
    document, call = fit_call(project)
    return project.edited(document, after(document, call, *lines))


def _averaged(document: Document, call: ast.Call, model: ast.expr, project: Project) -> tuple[str, ...]:
    """The mean takes the model's place; the others are given what the first one was given."""
    _check_own(document, call, model)
    name = document.text(model)
    given = document.content[document.span(call.func)[1] : document.span(call)[1]].decode()
    return (f"{name} = averaged({name}, lambda network: network.fit{given})",)


def _balanced(document: Document, call: ast.Call, model: ast.expr, project: Project) -> tuple[str, ...]:
    """The mean of networks that are each given rows of their own; those of `validation_split` are cut off before."""
    _check_own(document, call, model)
    _check_rows(project, document, call)
    x, y = _arrays(document, call)
    share = _split_of(call)
    rest = [item for item in (*call.args, *call.keywords) if item not in (x, y, share)]
    given = [document.text(item) for item in rest if getattr(item, "value", None) not in (x, y)]
    lines: tuple[str, ...] = ()
    texts = [indexed(document, item) for item in (x, y)]
    if split_share(project, call):
        lines, _ = _divided(document, call, project, x, y)
        given.append(f"validation_data=({', '.join(f'{text}[{SPLIT}:]' for text in texts)})")
        texts = [f"{text}[:{SPLIT}]" for text in texts]
    name, words = document.text(model), ", ".join([f"*undersampled({', '.join(texts)})", *given])
    return (*lines, f"{name} = averaged({name}, lambda network: network.fit({words}), own=False)")


def _split_of(call: ast.Call) -> ast.keyword | None:
    """The argument `validation_split`."""
    return next((keyword for keyword in call.keywords if keyword.arg == "validation_split"), None)


def _check_own(document: Document, call: ast.Call, model: ast.expr) -> None:
    """Refuse a model that another network cannot take the place of."""
    if not isinstance(model, ast.Name):
        return
    holder = function_of(document, call)
    if holder is not None and is_argument(holder, model.id):
        raise RefusalError("The model is the caller's, which would keep the first network.", call.lineno, document.path)
    loops = [node.target for node in ast.walk(document.tree) if isinstance(node, ast.For | ast.AsyncFor)]
    if any(isinstance(item, ast.Name) and item.id == model.id for target in loops for item in ast.walk(target)):
        raise RefusalError(
            "The model is one of those that a loop goes through, which would keep the first network.",
            call.lineno,
            document.path,
        )
    if not is_made_here(document, call, model.id):
        raise RefusalError(
            f"{model.id} is made outside of this function: assigned here, it would be another name.",
            call.lineno,
            document.path,
        )


def _moved(document: Document, call: ast.Call, model: ast.expr, project: Project) -> tuple[str, ...]:
    outputs = project.program.outputs
    record = layer(project, outputs[0]) if len(outputs) == 1 else None
    if record is None or record.kind != "Dense" or record.settings.get("use_bias") is False:
        raise RefusalError("The output is no Dense layer with a bias that can be moved.", call.lineno, document.path)
    return (f"moved_threshold({document.text(model)}, {_validation(document, call, project)})",)


def _validation(document: Document, call: ast.Call, project: Project) -> str:
    """How the program writes the rows that it validates on, or else those that it trains on."""
    fit, given = project.program.fit, argument(call, "validation_data")
    if given is not None:
        pair = resolved(document, given)
        if not isinstance(pair, ast.Tuple | ast.List) or len(pair.elts) < 2:
            raise RefusalError("The validation data are no pair that is written out.", given.lineno, document.path)
        if pair is not given:  # what it was made of may have changed since
            return f"*{document.text(given)}[:2]"
        return ", ".join(document.text(item) for item in pair.elts[:2])
    if fit.data != "arrays" or fit.validation == "data":
        raise RefusalError("The rows to move the threshold on are no arrays.", call.lineno, document.path)
    x, y = _arrays(document, call)
    if not fit.validation_share:
        return f"{document.text(x)}, {document.text(y)}"
    first = f"[int(len({document.text(x)}) * (1 - {fit.validation_share:g})) :]"
    return ", ".join(f"{indexed(document, item)}{first}" for item in (x, y))


_Lines = Callable[[Document, ast.Call, ast.expr, Project], tuple[str, ...]]
_AFTER: Mapping[str, tuple[_Lines, tuple[Callable, ...]]] = {
    "averaged": (_averaged, (of_model.averaged,)),
    "balanced": (_balanced, (of_model.averaged, of_rows.undersampled)),
    "moved_threshold": (_moved, (of_model.moved_threshold,)),
}
"""What is written after `fit`, and the functions that it needs."""
