"""Small edits that larger ones are made of: an argument set, removed, a statement put before another."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping

from vandap.repair.source.document import Document, Edit, RefusalError
from vandap.repair.source.find import argument, function_of, last_name
from vandap.repair.source.values import entries_of, followed, is_changed, is_plain, is_read_once, is_swept

_PLAIN = ("int", "float", "bool", "str", "len", "min", "max", "round", "abs", "sqrt", "get", "getenv", "getattr")
"""Functions that give a number or a text."""


def set_argument(
    document: Document, call: ast.Call, name: str, text: str, position: int | None = None, used: object = None
) -> Edit:
    """The edit that gives a call's argument a value: where the value is written, or as a new keyword.

    What is read elsewhere as well, or computed, keeps its value; the new one takes its place in the call.

    Args:
        document: The file.
        call: The call.
        name: The keyword.
        text: The new value, as source.
        position: Place of the argument where it may be given without its keyword.
        used: The value that the run had; None where it is not known. What is written elsewhere and is not that one is
            not where it came from.

    Raises:
        RefusalError: The value is there, and is an object or what a loop goes through; or it may be there.
    """
    found = argument(call, name, position)
    if found is None:
        if position is not None and any(isinstance(item, ast.Starred) for item in call.args[: position + 1]):
            raise RefusalError(f"{name} may be among the arguments that are handed on.", call.lineno, document.path)
        handed = handed_on(document, call)
        if handed and name in handed:
            if not is_plain(handed[name]):
                raise RefusalError(f"{name} is no value that is written out.", handed[name].lineno, document.path)
            return Edit(*document.span(handed[name]), text)
        return add_keyword(document, call, name, text)
    value = followed(document, found)
    is_written = value is not None and is_plain(value)
    if not is_written and (is_swept(document, found) or not is_setting(value or found)):
        raise RefusalError(
            f"{name} is {document.text(found)!r}, which is no value that is written out.", found.lineno, document.path
        )
    if value is None or not _is_number_or_text(text) or _is_another(value, used):
        return Edit(*document.span(found), text)  # an object is made where it is used
    return Edit(*document.span(value if is_read_once(document, found) else found), text)


def _is_number_or_text(text: str) -> bool:
    """Whether a new value, as source, is written out."""
    return is_plain(ast.parse(text, mode="eval").body)


def _is_another(value: ast.expr, used: object) -> bool:
    """Whether a value that is written out is not the one that a run had, where both are numbers or texts."""
    if not is_plain(value) or not isinstance(used, int | float | str) or not used:
        return False
    written = ast.literal_eval(value)
    if isinstance(written, str) and isinstance(used, str):
        return written.lower() != used.lower()
    if isinstance(written, str) or isinstance(used, str) or not isinstance(written, int | float):
        return False
    return not math.isclose(written, used, rel_tol=1e-4)


def is_setting(node: ast.expr) -> bool:
    """Whether an expression computes or hands on a plain setting, as far as it tells: no object, no shape of data."""
    nodes = list(ast.walk(node))
    calls = [item for item in nodes if isinstance(item, ast.Call)]
    is_shape = any(isinstance(item, ast.Attribute) and item.attr == "shape" for item in nodes)
    does_more = any(
        isinstance(item, ast.Lambda | ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom) for item in nodes
    )
    return not is_shape and not does_more and all(last_name(call.func) in _PLAIN for call in calls)


def handed_on(document: Document, call: ast.Call) -> Mapping[str, ast.expr] | None:
    """What a call is given by `**options`, by name; None where that is not a dictionary that is written out for it."""
    found: dict[str, ast.expr] = {}
    for keyword in call.keywords:
        if keyword.arg is not None:
            continue
        whole = followed(document, keyword.value)
        entries = None if whole is None else entries_of(whole)
        if entries is None:
            return None
        is_here = whole is keyword.value
        if not is_here and (not is_read_once(document, keyword.value) or is_changed(document, keyword.value)):
            return None
        found |= entries
    return found


def put_argument(document: Document, call: ast.Call, name: str, text: str, position: int | None = None) -> Edit:
    """The edit that gives a call's argument a value, as `set_argument` does, but in the place of any expression."""
    found = argument(call, name, position)
    if found is None:
        return set_argument(document, call, name, text, position)
    check_one_value(document, name, found)
    return Edit(*document.span(found), text)


def check_one_value(document: Document, name: str, given: ast.expr) -> None:
    """See that an argument is not meant to be another each time that its call is made.

    Raises:
        RefusalError: It is.
    """
    if is_swept(document, given):
        raise RefusalError(f"{name} is {document.text(given)!r}, another each time.", given.lineno, document.path)


def named_in(document: Document, named: ast.expr | None, value: ast.expr) -> ast.expr:
    """The name by which a call is given a value; the value itself where the call names nothing that stands for it."""
    return named if named is not None and followed(document, named) is value else value


def instead(document: Document, given: ast.expr, value: ast.expr, text: str, since: int = 0) -> Edit:
    """The edit that writes a new value where the old one is made; in the call where that is too early in the module.

    A text, as the name of a loss, is replaced in the call as well: whoever else reads it would be given an object.

    Args:
        document: The file.
        given: What a call is given.
        value: What that stands for.
        text: The new value, as source.
        since: The first byte of the file at which the module knows the names of the new value.
    """
    is_early = function_of(document, value) is None and document.span(value)[0] < since
    is_name = isinstance(value, ast.Constant) and given is not value
    return Edit(*document.span(given if is_early or is_name else value), text)


def add_keyword(document: Document, call: ast.Call, name: str, text: str) -> Edit:
    """The edit that adds a keyword as the last argument.

    Raises:
        RefusalError: The call hands on `**options`, which may hold the keyword already.
    """
    handed = handed_on(document, call)
    if handed is None or name in handed:
        raise RefusalError(f"{name} may be among the options that are handed on.", call.lineno, document.path)
    close = document.span(call)[1] - 1
    items = [*call.args, *call.keywords]
    if not items:
        return Edit(close, close, f"{name}={text}")
    last = max(document.span(item)[1] for item in items)
    between = document.content[last:close]
    if b"," in between.split(b"#")[0]:
        place = last + between.index(b",") + 1
        return Edit(place, place, f" {name}={text}," if b"\n" in between else f" {name}={text}")
    return Edit(last, last, f", {name}={text}")


def remove_argument(document: Document, call: ast.Call, name: str) -> Edit:
    """The edit that takes a keyword out, with its comma.

    Raises:
        RefusalError: It is not given as a keyword.
    """
    items = sorted([*call.args, *call.keywords], key=lambda item: document.span(item)[0])
    place = next((index for index, item in enumerate(items) if getattr(item, "arg", None) == name), None)
    if place is None:
        raise RefusalError(f"{name} is not given by its keyword.", call.lineno, document.path)
    start, end = document.span(items[place])
    if place > 0:
        return Edit(document.span(items[place - 1])[1], end, "")
    return Edit(start, document.span(items[1])[0] if len(items) > 1 else end, "")


def before(document: Document, node: ast.AST, *lines: str) -> Edit:
    """The edit that puts statements before the one that holds a node.

    Raises:
        RefusalError: That statement does not stand alone on its lines.
    """
    statement = document.statement(node)
    place = document.line_start(statement.lineno)
    indent = document.indent(statement)
    return Edit(place, place, "".join(f"{indent}{line}\n" for line in lines))


def after(document: Document, node: ast.AST, *lines: str) -> Edit:
    """The edit that puts statements after the one that holds a node.

    Raises:
        RefusalError: That statement does not stand alone on its lines.
    """
    statement = document.statement(node)
    indent = document.indent(statement)
    end = document.span(statement)[1]
    rest, newline, _ = document.content[end:].partition(b"\n")
    place = end + len(rest) + len(newline)
    text = "".join(f"{indent}{line}\n" for line in lines)
    return Edit(place, place, text if newline else f"\n{text}")
