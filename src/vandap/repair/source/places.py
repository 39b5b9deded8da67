"""The calls that a run recorded: `compile`, `fit`, and those that made the layers."""

from __future__ import annotations

import ast
import re
from itertools import permutations

from vandap.core.program import Layer
from vandap.repair.source.document import Document, RefusalError
from vandap.repair.source.find import argument, call_at, calls_at, check_unshared
from vandap.repair.source.lists import is_in_chain
from vandap.repair.source.project import Project
from vandap.repair.source.values import resolved
from vandap.repair.source.write import handed_on

OPTIMIZER, LOSS = 0, 1
"""Places of `optimizer` and `loss` among the arguments of `compile`."""
RATE, CALLBACKS = 0, 5
"""Places of `learning_rate` among the arguments of an optimiser of Keras, and of `callbacks` among those of `fit`."""
_FIRST = ("units", "filters", "rate", "input_dim")
"""Arguments that are given first, without their keyword, in the layers that have them."""
_MOST_ON_LINE = 6
"""Calls on a line that are told apart by trying every order."""


def compile_call(project: Project) -> tuple[Document, ast.Call]:
    """The call of `compile`.

    Raises:
        RefusalError: It is not a plain call.
    """
    site = project.program.compile.site
    document = project.open(site.file)
    return document, call_at(document, site.line, "compile")


def fit_call(project: Project) -> tuple[Document, ast.Call]:
    """The call of `fit` that the run was about.

    Raises:
        RefusalError: It is not a plain call.
    """
    site = project.program.fit.site
    document = project.open(site.file)
    return document, call_at(document, site.line, "fit")


def compile_argument(project: Project, name: str, position: int) -> tuple[Document, ast.Call, ast.expr | None]:
    """The file, the call of `compile`, and what it is given under a name, followed through plain assignments.

    Raises:
        RefusalError: It is not a plain call, or the value comes from elsewhere.
    """
    document, call = compile_call(project)
    given = argument(call, name, position)
    if given is None:
        handed = (handed_on(document, call) or {}).get(name)
        return document, call, None if handed is None else resolved(document, handed)
    check_unshared(document, given, "compile")
    return document, call, resolved(document, given)


def layer(project: Project, path: str) -> Layer:
    """The record of a layer.

    Raises:
        RefusalError: The run knows no such layer.
    """
    found = project.program.layer(path)
    if found is None:
        raise RefusalError(f"The run has no layer {path}.")
    return found


def layer_call(project: Project, path: str) -> tuple[Document, ast.Call]:
    """The call that made a layer, and no other layer.

    Raises:
        RefusalError: No plain call makes this layer alone.
    """
    document, call, alike = layer_calls(project, path)
    if len(alike) > 1:
        raise RefusalError(f"One call makes {len(alike)} layers.", call.lineno, document.path)
    return document, call


def layer_calls(project: Project, path: str) -> tuple[Document, ast.Call, tuple[Layer, ...]]:
    """The call that made a layer, and all layers that it made: several in a loop.

    Raises:
        RefusalError: It is not a plain call.
    """
    record = layer(project, path)
    document = project.open(record.site.file)
    line = record.site.line
    calls = calls_at(document, line, record.kind) if line else []
    alike = tuple(
        other
        for other in project.program.layers
        if other.kind == record.kind and (other.site.file, other.site.line) == (record.site.file, line)
    )
    if len(calls) == 1:
        return document, calls[0], alike
    order = _made(document, record, alike) if len(calls) == len(alike) else ()
    if not order:
        why = ": several stand there, and nothing that is written tells them apart" if len(calls) > 1 else ""
        reason = f"No plain call of {record.kind} is at this line{why}."
        raise RefusalError(reason, document.line_now(line or 0), document.path)
    return document, calls[order.index(record)], (record,)


def _made(document: Document, record: Layer, layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """The layer that each of several calls on a line made, as the file was run; () where that is not clear.

    In a list that goes to Sequential they stand in the order of the data. Elsewhere, what the calls are given must
    leave one way, or else the numbers in Keras' names, which count layers as they are made.

    Args:
        document: The file.
        record: One of the layers.
        layers: As many as there are calls, in the order of the data.
    """
    document = Document(document.path, document.original or document.content)
    calls = calls_at(document, record.site.line or 0, record.kind)
    if len(calls) != len(layers):
        return ()
    if len({document.parents[call] for call in calls}) == 1 and is_in_chain(document, calls[0]):
        return layers
    if len(calls) > _MOST_ON_LINE:
        return ()
    ways = [order for order in permutations(layers) if all(map(_fits, calls, order))]
    if len(ways) > 1:
        ways = [order for order in ways if _is_counted(order)]
    return ways[0] if len(ways) == 1 else ()


def _fits(call: ast.Call, record: Layer) -> bool:
    """Whether nothing that is written out in a call is another than in this layer."""
    settings = {"name": record.name, **record.settings}
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    first = next((name for name in _FIRST if name in settings), None)
    if call.args and first and not record.is_custom:
        given.setdefault(first, call.args[0])
    told = [name for name in ("name", "activation", *_FIRST) if name in given and name in settings]
    written = [(settings[name], given[name]) for name in told]
    return all(not isinstance(value, ast.Constant) or value.value in (own, None) for own, value in written)


def _is_counted(layers: tuple[Layer, ...]) -> bool:
    """Whether layers have the names `dense_2`, `dense_3` that Keras gives, in the order in which they were made."""
    numbers = []
    for item in layers:
        found = re.fullmatch(r"(\w+?)(?:_(\d+))?", item.name)
        if found is None or found[1].replace("_", "") != item.kind.lower():
            return False
        numbers.append(int(found[2] or 0))
    return numbers == sorted(set(numbers))


def each_call(project: Project, paths: tuple[str, ...]) -> list[str]:
    """One layer for each call that makes some of these layers.

    Raises:
        RefusalError: A call also makes layers that are not among them.
    """
    chosen: list[str] = []
    done: set[str] = set()
    for path in paths:
        if path in done:
            continue
        document, call, alike = layer_calls(project, path)
        others = {item.path for item in alike} - set(paths)
        if others:
            raise RefusalError(f"One call also makes {', '.join(sorted(others))}.", call.lineno, document.path)
        chosen.append(path)
        done |= {item.path for item in alike}
    return chosen
