"""What a script does to all rows before it splits them, so that test rows decide or are repeated; found in its source.

Only what is sure is told: a class is followed to its import, and what came of it, through plain names, to the call of
`train_test_split`. Scalers are left alone: what test rows add to a mean moves no score.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from vandap.core.program import Early, Site
from vandap.exam.idioms import dotted, imported, parsed

_CHOOSING = (
    "SelectKBest", "SelectPercentile", "SelectFpr", "SelectFdr", "SelectFwe", "GenericUnivariateSelect", "RFE", "RFECV",
    "SelectFromModel", "SequentialFeatureSelector", "TargetEncoder",
)  # fmt: skip
_FITS = {
    "fit_transform": (("sklearn.feature_selection", "sklearn.preprocessing"), _CHOOSING, "chooses"),
    "fit_resample": (("imblearn.over_sampling", "imblearn.combine"), (), "repeats"),
}
"""By method: packages, classes of them (all where none is named), and what it does."""
_SPLIT = "sklearn.model_selection.train_test_split"
_Scope = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef


def scan_early(source: bytes | str, file: str) -> tuple[Early, ...]:
    """Find what is fitted to all rows before they are split.

    Args:
        source: A script's text.
        file: Its path, for the places.

    Returns:
        One for each line, in their order; none when the text is no Python.
    """
    tree = parsed(source, file)
    if tree is None:
        return ()
    names = imported(tree)
    scopes = [node for node in ast.walk(tree) if isinstance(node, _Scope)]
    text = source.decode("utf-8", "replace") if isinstance(source, bytes) else source
    lines = [line.strip() for line in text.splitlines()]
    found = {early.site.line: early for scope in scopes for early in _Reader(names, file, lines).read(scope)}
    return tuple(found[line] for line in sorted(found, key=lambda line: line or 0))


@dataclass
class _Reader:
    """Follows names through the statements of one scope.

    Args:
        names: What imported names stand for.
        file: The script.
        lines: Its lines.
    """

    names: Mapping[str, str]
    file: str
    lines: list[str]

    def read(self, scope: _Scope) -> Iterator[Early]:
        """Yield each fit whose result a later statement splits."""
        makers, made = dict[str, str](), dict[str, Early]()
        for statement in _statements(scope):
            calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call)]
            for call in calls:
                if dotted(call.func, self.names) == _SPLIT:
                    known = {made[name].site.line: made[name] for name in _read(call) if name in made}
                    yield from (self._split(early, call) for early in known.values())
            targets = _targets(statement)
            fitted = next((early for call in calls if (early := self._fitted(call, makers))), None)
            is_split = any(dotted(call.func, self.names) == _SPLIT for call in calls)
            value = getattr(statement, "value", None)
            from_made = next((made[name] for name in _read(value) if name in made), None) if value is not None else None
            for name in targets:
                makers.pop(name, None)
                made.pop(name, None)
                if isinstance(value, ast.Call) and (path := dotted(value.func, self.names)):
                    makers[name] = path
                if fitted is not None or (from_made is not None and not is_split):
                    made[name] = fitted or from_made  # type: ignore[assignment]

    def _fitted(self, call: ast.Call, makers: Mapping[str, str]) -> Early | None:
        """What a call fits to rows and gives back changed; None for anything else."""
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if method not in _FITS or not isinstance(call.func, ast.Attribute):
            return None
        packages, classes, does = _FITS[method]
        holder = call.func.value
        if isinstance(holder, ast.Call):
            path = dotted(holder.func, self.names) or ""
        else:
            path = makers.get(holder.id, "") if isinstance(holder, ast.Name) else ""
        package, _, kind = path.rpartition(".")
        is_known = any(package == item or package.startswith(f"{item}.") for item in packages)
        return Early(kind, does, self._site(call)) if is_known and (not classes or kind in classes) else None

    def _split(self, early: Early, call: ast.Call) -> Early:
        return Early(early.name, early.does, early.site, self._site(call))

    def _site(self, node: ast.Call) -> Site:
        shown = self.lines[node.lineno - 1] if node.lineno <= len(self.lines) else ""
        return Site(self.file, node.lineno, shown)


def _statements(scope: _Scope) -> Iterator[ast.stmt]:
    """The plain statements of a scope in their order, those of loops and conditions among them."""
    for node in scope.body:
        yield from _plain(node)


def _plain(node: ast.stmt) -> Iterator[ast.stmt]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    inner = [child for name in ("body", "orelse", "finalbody") for child in getattr(node, name, ())]
    handlers = [child for handler in getattr(node, "handlers", ()) for child in handler.body]
    if not inner and not handlers:
        yield node
    for child in (*inner, *handlers):
        yield from _plain(child)


def _read(node: ast.AST) -> list[str]:
    """The names that are read, arguments of a call without its function."""
    parts = [*node.args, *(item.value for item in node.keywords)] if isinstance(node, ast.Call) else [node]
    inside = [item for part in parts for item in ast.walk(part)]
    return [item.id for item in inside if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Load)]


def _targets(statement: ast.stmt) -> list[str]:
    """The names that a statement gives a value."""
    given = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
    nodes = [node for target in given if target is not None for node in ast.walk(target)]
    return [node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
