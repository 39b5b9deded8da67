"""Names of the layers and variables of a model: labels of the watched signals, paths of the program record.

Keras' own `layer.path` is None for layers without weights, and differs with how a model was first called. The paths
here come from the model's tree alone, so the record of the structure and the signals agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def layer_paths(model: Any) -> dict[int, str]:
    """Name every layer inside a model.

    A path joins the names of the models (and of the user's own composite layers) around a layer, the outermost model
    left out, and the layer's name by `/`. A name that is taken within the model gets `#2`, `#3` and so on; a layer used
    in several places keeps the path of the first. Parts of built-in layers (the cell of an LSTM, the projections of an
    attention) are no layers of their own.

    Args:
        model: A Keras model; it need not be built.

    Returns:
        The path of each layer by `id(layer)`, in the order in which data pass; a model stands before its own layers.
    """
    return {id(layer): path for layer, path, _ in walk(model)}


def variable_paths(model: Any) -> dict[int, str]:
    """Name every variable of a model's layers: `{layer path}/{name within the layer}`.

    Args:
        model: A built Keras model.

    Returns:
        The path of each variable by `id(variable)`, in the order of the layers. Variables that no layer holds (the
        model's own) are named by their name alone.
    """
    paths: dict[int, str] = {}
    taken: set[str] = set()
    for layer, path, _ in walk(model):
        if not is_composite(layer):
            for variable, inner in _variables(layer):
                paths.setdefault(id(variable), _unique(f"{path}/{inner}", taken))
    for holder, path in [(layer, path) for layer, path, _ in walk(model) if is_composite(layer)] + [(model, "")]:
        for variable in holder.variables:
            if id(variable) not in paths:
                paths[id(variable)] = _unique(f"{path}/{variable.name}".lstrip("/"), taken)
    return paths


def walk(model: Any) -> Iterator[tuple[Any, str, str]]:
    """Yield (layer, path, path of the holder, "" for the outermost model) in the order in which data pass."""
    yield from _walk(model, "", {id(model)}, set())


def is_composite(layer: Any) -> bool:
    """Whether the layer is a model, or the user's own layer made of other layers, so that its parts are named, too."""
    return bool(layer._layers) and (hasattr(layer, "train_step") or not type(layer).__module__.startswith("keras."))


def _walk(holder: Any, parent: str, seen: set[int], taken: set[str]) -> Iterator[tuple[Any, str, str]]:
    for layer in _parts(holder):
        if id(layer) in seen:
            continue
        seen.add(id(layer))
        path = _unique(f"{parent}/{layer.name}".lstrip("/"), taken)
        yield layer, path, parent
        if is_composite(layer):
            yield from _walk(layer, path, seen, taken)


def _parts(holder: Any) -> list[Any]:
    """The layers directly inside, as Keras orders them: `layers` of a model is sorted by the graph where it has one."""
    return list(holder.layers if hasattr(holder, "layers") else holder._layers)


def _variables(layer: Any, seen: set[int] | None = None) -> Iterator[tuple[Any, str]]:
    """Variables of a layer with their names inside it; a part's variables carry the part's name."""
    seen = seen if seen is not None else set()
    own = [*layer._trainable_variables, *layer._non_trainable_variables]
    for variable in own:
        if id(variable) not in seen:
            seen.add(id(variable))
            yield variable, variable.name
    for part in layer._layers:
        for variable, name in _variables(part, seen):
            yield variable, f"{part.name}/{name}"


def _unique(path: str, taken: set[str]) -> str:
    candidate, count = path, 1
    while candidate in taken:
        count += 1
        candidate = f"{path}#{count}"
    taken.add(candidate)
    return candidate
