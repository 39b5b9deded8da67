"""What `compile` was given, resolved as Keras resolves it: losses and metrics by class, the optimiser's settings."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from vandap.core.program import Compile, Loss, Site
from vandap.watch.plain import attempt, named, plain, settings, snake
from vandap.watch.sites import Sites

_OPTIONS = ("jit_compile", "run_eagerly", "steps_per_execution")


def describe_compile(model: Any, outputs: tuple[str, ...], sites: Sites) -> Compile:
    """Describe how a model was compiled; an empty record where it was not."""
    if not getattr(model, "compiled", False):
        return Compile(site=sites.of_compile(model))
    optimizer, options = _optimizer(model)
    return Compile(
        losses=tuple(_losses(model, outputs)),
        metrics=tuple(_metrics(model)),
        optimizer=type(optimizer).__name__ if optimizer is not None else "",
        settings=_rounded(settings(optimizer)) if optimizer is not None else {},
        options=options,
        site=sites.of_compile(model),
        optimizer_site=sites.of_optimizer(optimizer) if optimizer is not None else Site(),
    )


def _optimizer(model: Any) -> tuple[Any, dict[str, Any]]:
    """The optimiser itself, out of the loss scaling that may wrap it, and the other options."""
    outer = getattr(model, "optimizer", None)
    inner = getattr(outer, "inner_optimizer", None)
    options = {name: plain(attempt(partial(getattr, model, name), None)) for name in _OPTIONS}
    return inner if inner is not None else outer, {**options, "auto_scale_loss": inner is not None}


def _rounded(config: dict[str, Any]) -> dict[str, Any]:
    """The learning rate as it was written: Keras holds it as a float32."""
    rate = config.get("learning_rate")
    return {**config, "learning_rate": float(f"{rate:.7g}")} if isinstance(rate, float) else config


def _losses(model: Any, outputs: tuple[str, ...]) -> Iterator[Loss]:
    compiled = getattr(model, "_compile_loss", None)
    if compiled is None:
        return
    if compiled.built:
        for index, (_, loss, weight, name) in enumerate(compiled._flat_losses):
            yield _loss(_output(outputs, index, name, len(compiled._flat_losses)), loss, weight)
        return
    given = _flat(compiled._user_loss)
    for index, (name, loss) in enumerate(given):
        if loss is not None:
            yield _loss(_output(outputs, index, name, len(given)), loss, None)


def _output(outputs: tuple[str, ...], index: int, name: str, count: int) -> str:
    """The output's layer: by name where the loss carries it, else by place."""
    if name in outputs:
        return name
    return outputs[index] if len(outputs) == count else str(name or "")


def _flat(given: Any) -> list[tuple[str, Any]]:
    if isinstance(given, dict):
        return [(str(name), item) for name, item in given.items()]
    return [("", item) for item in given] if isinstance(given, list | tuple) else [("", given)]


def _loss(output: str, given: Any, weight: Any) -> Loss:
    """A loss in the class form: Keras wraps functions and strings, and a class of losses wraps its function."""
    import keras

    if isinstance(given, str):
        given = attempt(lambda: keras.losses.get(given), given)
    function = getattr(given, "fn", None) if type(given).__name__ == "LossFunctionWrapper" else given
    config = settings(given) if hasattr(given, "get_config") else {}
    config = {**config, **plain(getattr(given, "_fn_kwargs", {}))}
    config.pop("fn", None)
    kind, module = _class_form(function)
    share = 1.0 if weight is None else attempt(lambda: float(weight), 1.0)
    return Loss(output, kind, module, {**_defaults(kind, module), **config}, share)


def _class_form(given: Any) -> tuple[str, str]:
    import keras

    if isinstance(given, str):
        return given, "keras"
    if isinstance(given, keras.losses.Loss):
        return type(given).__name__, type(given).__module__
    kinds = {snake(name): name for name, item in vars(keras.losses).items() if isinstance(item, type)}
    name, module = named(given), str(getattr(given, "__module__", ""))
    is_keras = module.startswith("keras.")
    return (kinds.get(name, name) if is_keras else name), module


def _defaults(kind: str, module: str) -> dict[str, Any]:
    """The settings that a loss given as a function or by name has: those of its class form."""
    import keras

    cls = getattr(keras.losses, kind, None) if module.startswith("keras") else None
    made = attempt(lambda: settings(cls()), {}) if isinstance(cls, type) else {}
    return {name: value for name, value in made.items() if name not in ("name", "fn")}


def _metrics(model: Any) -> Iterator[str]:
    compiled = getattr(model, "_compile_metrics", None)
    if compiled is None:
        return
    if compiled.built:
        yield from (_metric(metric) for metric in compiled.metrics)
        return
    for given in (compiled._user_metrics, compiled._user_weighted_metrics):
        for _, item in _flat(given or ()):
            yield from (_metric(inner) for _, inner in _flat(item))


def _metric(given: Any) -> str:
    """A metric's name in the function form; Keras gives the resolved `accuracy` the short name."""
    import keras

    if isinstance(given, str):
        given = attempt(lambda: keras.metrics.get(given), None) or given
    if isinstance(given, str):
        return given
    if type(given).__name__ == "MeanMetricWrapper":
        return named(given._fn)
    return snake(type(given).__name__) if hasattr(given, "update_state") else named(given)
