"""What a model is made of, as the program record: its layers in the order in which data pass, and what feeds what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from vandap.core.light import light
from vandap.core.program import Layer, Program
from vandap.watch.compiled import describe_compile
from vandap.watch.graph import Graph, Place, built_shape, constants
from vandap.watch.names import is_composite, layer_paths, walk
from vandap.watch.plain import attempt, named, plain, settings, snake, uncounted
from vandap.watch.sites import Sites
from vandap.watch.trace import Trace

_ACTIVATION_LAYERS = {"ReLU": "relu", "LeakyReLU": "leaky_relu", "PReLU": "prelu", "ELU": "elu", "Softmax": "softmax"}
_INSIDE = ("layer", "forward_layer", "cell")
"""Attributes under which wrappers hold the layer that they wrap."""


def describe(model: Any, sites: Sites, trace: Trace | None = None) -> Program:
    """Describe a model as it is now.

    Args:
        model: A Keras model, built or not, compiled or not.
        sites: Where the program made things.
        trace: The calls seen in one forward pass; it fills in the graph of subclassed models.

    Returns:
        The program without its fits.
    """
    with light(), uncounted():
        return _described(model, sites, trace or Trace())


def recompiled(model: Any, program: Program, sites: Sites) -> Program:
    """Describe a model again of which nothing can have changed but settings of its optimiser: its learning rate.

    Args:
        model: The model.
        program: What `describe` said of it.
        sites: Where the program made things.
    """
    with light(), uncounted():
        return replace(program, compile=describe_compile(model, program.outputs, sites))


def _described(model: Any, sites: Sites, trace: Trace) -> Program:
    import keras

    layers = tuple(_layers(model, sites, trace))
    outputs = Graph(model).outputs or _last_of_sequential(model) or trace.outputs
    return Program(
        backend=keras.backend.backend(),
        keras=keras.__version__,
        model=type(model).__name__,
        model_name=model.name,
        custom_train_step=not type(model).train_step.__module__.startswith("keras."),
        layers=layers,
        outputs=outputs,
        compile=describe_compile(model, outputs, sites),
        site=sites.of(model),
    )


def _last_of_sequential(model: Any) -> tuple[str, ...]:
    """A Sequential model that was not built yet has no graph, but surely a last layer."""
    return (model.layers[-1].name,) if type(model).__name__ == "Sequential" and model.layers else ()


def _layers(model: Any, sites: Sites, trace: Trace) -> Iterator[Layer]:
    paths = layer_paths(model)
    held = [(part, parent) for part, _, parent in walk(model)]
    holders = {"": model, **{paths[id(part)]: part for part, _ in held if is_composite(part)}}
    graphs = {path: Graph(holder) for path, holder in holders.items()}
    for index, (item, parent) in enumerate(_in_order("", holders, graphs, held, trace)):
        path = paths.get(id(item)) or f"{parent}/{item.name}".lstrip("/")
        yield _layer(item, index, path, parent, _place(item, graphs[parent], trace), sites)


def _in_order(
    parent: str, holders: dict[str, Any], graphs: dict[str, Graph], held: list[tuple[Any, str]], trace: Trace
) -> Iterator[tuple[Any, str]]:
    """Everything inside one holder: bare operations too, where the graph shows them; nested models opened in place."""
    own = [part for part, owner in held if owner == parent]
    wanted = {id(part) for part in own}
    shown = [item for item in graphs[parent].operations if id(item) in wanted or not hasattr(item, "_layers")]
    rest = [part for part in own if id(part) not in {id(item) for item in shown}]
    inside = {id(holder): path for path, holder in holders.items() if path}
    for item in [*shown, *trace.in_order(rest)]:
        yield item, parent
        if id(item) in inside:
            yield from _in_order(inside[id(item)], holders, graphs, held, trace)


def _place(item: Any, graph: Graph, trace: Trace) -> Place:
    if graph.is_known:
        place = graph.place(item)
        if place.calls:
            return place
    return trace.place(item) or Place((), built_shape(item), (), 0)


def _layer(item: Any, index: int, path: str, parent: str, place: Place, sites: Sites) -> Layer:
    is_layer = hasattr(item, "_layers")
    weights = attempt(lambda: item.weights, []) if is_layer else []
    return Layer(
        index=index,
        path=path,
        name=item.name,
        kind=type(item).__name__,
        module=type(item).__module__,
        settings=_settings(item),
        activation=attempt(lambda: activation(item), None),
        inputs=place.inputs,
        input_shape=place.input_shape,
        output_shape=place.output_shape or _output_shape(item, place),
        parameters=_size(weights),
        trainable_parameters=_size(attempt(lambda: item.trainable_weights, [])) if is_layer else 0,
        trainable=bool(getattr(item, "trainable", False)),
        parent=parent,
        calls=place.calls,
        dtype=str(getattr(item, "compute_dtype", "") or "float32"),
        site=sites.of(item),
    )


def _settings(item: Any) -> dict[str, Any]:
    """The configuration; a nested model's holds every layer inside it, which are described on their own."""
    if hasattr(item, "train_step"):
        return {"name": item.name, "trainable": bool(item.trainable)}
    if not hasattr(item, "_layers"):
        return {**_own_numbers(item), "arguments": plain(constants(item))}
    return settings(item)


def _own_numbers(operation: Any) -> dict[str, Any]:
    given = {name: value for name, value in vars(operation).items() if not name.startswith("_")}
    return {name: value for name, value in given.items() if isinstance(value, bool | int | float | str)}


def activation(item: Any) -> str | None:
    """The name of the function that a layer applies to its result; None where it applies none."""
    kind = type(item).__name__
    if kind in _ACTIVATION_LAYERS:
        return _ACTIVATION_LAYERS[kind]
    function = getattr(item, "activation", None)
    if hasattr(function, "_layers"):
        return activation(function) or snake(type(function).__name__)
    if callable(function):
        return named(function)
    if not hasattr(item, "_layers"):
        return snake(kind) if _is_activation(snake(kind)) else None
    # Not by `vars`: on PyTorch, layers inside of a layer are submodules.
    parts = (attempt(partial(getattr, item, name), None) for name in _INSIDE)
    inner = next((part for part in parts if hasattr(part, "_layers")), None)
    return activation(inner) if inner is not None else None


def _is_activation(name: str) -> bool:
    import keras

    return callable(getattr(keras.activations, name, None)) and name not in ("get", "serialize", "deserialize")


def _output_shape(item: Any, place: Place) -> tuple[int | None, ...]:
    """What a built-in layer says it makes of its input; a user's own `compute_output_shape` is left alone."""
    if not place.input_shape or not type(item).__module__.startswith("keras."):
        return ()
    made = attempt(lambda: item.compute_output_shape(place.input_shape), ())
    return (
        tuple(made) if isinstance(made, tuple) and all(size is None or isinstance(size, int) for size in made) else ()
    )


def _size(weights: Any) -> int:
    total = 0
    for weight in weights:
        count = 1
        for axis in weight.shape:
            count *= int(axis)
        total += count
    return total
