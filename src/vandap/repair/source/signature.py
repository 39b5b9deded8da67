"""Where classes of Keras take an argument that is given without its keyword: read from the source of Keras.

Keras is not imported for it: who edits a script needs no back end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from vandap.core.program import Layer

_CLASS = re.compile(rb"^class (\w+)", re.MULTILINE)


def place(family: str, kind: str, name: str, otherwise: int | None = None) -> int | None:
    """The place of an argument among those of a class; None where it can only be given by its keyword.

    Args:
        family: Module of `keras` that has the class: `layers`, `optimizers` or `losses`.
        kind: The class.
        name: The argument.
        otherwise: The answer where Keras has no such class.
    """
    names = arguments(family, kind)
    if not names:
        return otherwise
    return names.index(name) if name in names else None


def place_in(layer: Layer, name: str, otherwise: int | None = None) -> int | None:
    """The place of an argument of a layer; `otherwise` where its class is not of Keras.

    Args:
        layer: The layer, as the run recorded it.
        name: The argument.
        otherwise: The place in most layers that have it.
    """
    return otherwise if layer.is_custom else place("layers", layer.kind, name, otherwise)


def takes(layer: Layer, name: str) -> bool:
    """Whether a layer has a setting: by its class where that is of Keras, or else by what the run recorded of it."""
    names = () if layer.is_custom else arguments("layers", layer.kind)
    return name in names if names else not layer.settings or name in layer.settings


@cache
def arguments(family: str, kind: str) -> tuple[str, ...]:
    """The arguments of a class of Keras, in their order; none where Keras has no such class.

    Args:
        family: Module of `keras` that has the class.
        kind: The class.
    """
    file = _files(family).get(kind)
    tree = ast.parse(file.read_bytes()) if file is not None else ast.Module([], [])
    made = next((node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == kind), None)
    if made is None:
        return ()
    for node in made.body:
        if isinstance(node, ast.FunctionDef) and node.name == "__init__":
            return tuple(item.arg for item in (*node.args.posonlyargs, *node.args.args))[1:]
    bases = [base.id if isinstance(base, ast.Name) else getattr(base, "attr", "") for base in made.bases]
    return next(filter(None, (arguments(family, base) for base in bases if base != kind)), ())


@cache
def _files(family: str) -> Mapping[str, Path]:
    """The file of each class of a family."""
    spec = find_spec("keras")
    roots = [Path(folder) / "src" / family for folder in (spec.submodule_search_locations or ())] if spec else []
    files = [file for root in roots for file in sorted(root.rglob("*.py")) if not file.stem.endswith("_test")]
    return {name.decode(): file for file in files for name in _CLASS.findall(file.read_bytes())}
