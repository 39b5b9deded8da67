"""I1: what batch normalisation did in this network: around each layer, over time, and in use against in training."""

from __future__ import annotations

import math
from typing import Any

from vandap.ask.asked import asked
from vandap.ask.question import Answer, Question, Table
from vandap.ask.watched import Watched, first_last, judged, lacking, line
from vandap.core.program import Layer, Program
from vandap.core.store import Run
from vandap.diagnose.network import DROPOUTS, Graph, activation, setting
from vandap.diagnose.reading import number
from vandap.diagnose.rules.evaluation.train_inference_gap import TrainInferenceGap
from vandap.diagnose.rules.structure.batchnorm_misuse import BatchnormMisuse

NORM = "BatchNormalization"
_STATISTICS = ("mean", "deviation", "saturated_share")
_HEAD = (
    "layer", "line", "what", "mean first", "mean last", "deviation first", "deviation last", "saturated last",
)  # fmt: skip
_DEFAULT_MOMENTUM = 0.99


class BatchNormalisation(Question):
    """What does batch normalisation do here?"""

    id = "I1"
    question = "What does batch normalisation mean?"
    how = (
        "Place, mean, deviation and saturation before and after each batch normalisation over a watched training, the "
        "gap in use, and paired trainings with and without it that were asked of the training (no batchnorm)."
    )

    def answer(self, run: Run) -> Answer:
        """Look around every batch normalisation."""
        watched = Watched.of(run)
        program = watched.program
        if not program.layers or watched.series("activations") is None:
            return lacking(run, self.id, "activation statistics of a watched training")
        norms = [layer for layer in watched.layers() if layer.kind == NORM]
        graph = Graph(program)
        rows = tuple(row for layer in norms for row in _rows(watched, graph, layer))
        places = [_place(graph, layer) for layer in norms]
        told = judged(run, BatchnormMisuse.code, TrainInferenceGap.code)
        parts = [_seen(norms, places), *(_effect(watched, graph, layer) for layer in norms), _momentum(program, norms)]
        tried = asked(run, *(_WITHOUT if norms else _WITH))
        more = "" if tried.tables else _more((_WITHOUT if norms else _WITH)[0], _drops(watched))
        text = " ".join(filter(None, [*parts, _gap(watched, norms), told.blamed, tried.text, more]))
        tables = [Table("Before and after each batch normalisation", _HEAD, rows), *told.tables] if rows else []
        tables += tried.tables
        document: dict[str, Any] = {
            "batch_size": program.fit.batch_size or None,
            "layers": [
                {"layer": layer.path, **place, **_around(watched, graph, layer)}
                for layer, place in zip(norms, places, strict=True)
            ],
            "inference": _modes(watched),
            "probes": watched.steps,
            "what_ifs": tried.document,
            "rules": told.document,
        }
        return Answer(text, _SHORT, tuple(tables), document)


_SHORT = (
    "In training batch normalisation subtracts each channel's mean over the batch and divides by its deviation, then "
    "scales and shifts by two learned numbers; in use it takes moving averages instead. Layers behind it keep seeing "
    "inputs of one scale, so higher rates work and initial values matter less; small batches make it noisy."
)
_WITHOUT, _WITH = ("no batchnorm", "+batchnorm"), ("+batchnorm", "no batchnorm")
"""What-ifs for a network that has batch normalisation, and for one that has none."""


def _more(words: str, drops: bool) -> str:
    """What else the what-if tells when it is joined with others."""
    beside = f', and of dropout beside it ("{words}, no dropout")' if drops else ""
    return (
        f'Joined with others, it tells of the usable rate ("{words}, lr*10") and of the dependence on initial values '
        f'("{words}, init=random_normal"){beside}.'
    )


def _drops(watched: Watched) -> bool:
    return any(layer.kind in DROPOUTS for layer in watched.layers())


def _place(graph: Graph, layer: Layer) -> dict[str, Any]:
    """What stands right before and right behind, an activation inside the layer before included."""
    before, after = graph.before(layer), graph.after(layer)
    held = next((activation(item) for item in before), None)
    bent = held not in (None, "linear")
    follows = [activation(item) for item in after if item.kind in ("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU")]
    return {
        "after_layer": next((item.path for item in before), None),
        "after_activation": held if bent else None,
        "before_activation": follows[0] if follows else None,
        "next_to_dropout": next((item.path for item in (*before, *after) if item.kind in DROPOUTS), None),
    }


def _seen(norms: list[Layer], places: list[dict[str, Any]]) -> str:
    if not norms:
        return "This network has no batch normalisation."
    told = [f"{layer.path} stands {_where(place)}" for layer, place in zip(norms, places, strict=True)]
    count = "One batch normalisation" if len(norms) == 1 else f"{len(norms)} batch normalisations"
    return f"{count}: {'; '.join(told)}."


def _where(place: dict[str, Any]) -> str:
    if place["after_activation"]:
        words = f"after the activation {place['after_activation']} of {place['after_layer']}"
    elif place["before_activation"]:
        words = f"between {place['after_layer'] or 'the input'} and the activation {place['before_activation']}"
    else:
        words = f"behind {place['after_layer'] or 'the input'}"
    return words + (f", next to {place['next_to_dropout']}" if place["next_to_dropout"] else "")


def _rows(watched: Watched, graph: Graph, layer: Layer) -> list[tuple[Any, ...]]:
    """One line for what enters, one for what leaves, one for the activation behind it."""
    around = [("enters", item) for item in graph.before(layer)[:1]] + [("leaves", layer)]
    around += [("behind it", item) for item in graph.after(layer)[:1] if activation(item) is not None]
    return [_row(watched, layer, what, item) for what, item in around]


def _row(watched: Watched, layer: Layer, what: str, item: Layer) -> tuple[Any, ...]:
    means, deviations, saturated = (
        first_last(watched.over_time("activations", item.path, name)) for name in _STATISTICS
    )
    told = what if item is layer else f"{what}: {item.path}"
    return (layer.path, line(layer), told, *means, *deviations, saturated[1])


def _around(watched: Watched, graph: Graph, layer: Layer) -> dict[str, Any]:
    before = next(iter(graph.before(layer)), None)
    named = {"before": before, "after": layer}
    return {
        name: {fact: watched.over_time("activations", item.path, fact) for fact in _STATISTICS}
        for name, item in named.items()
        if item is not None
    } | {"momentum": setting(layer.settings, "momentum")}


def _effect(watched: Watched, graph: Graph, layer: Layer) -> str:
    before = next(iter(graph.before(layer)), None)
    if before is None:
        return ""
    entering, leaving = (
        [first_last(watched.over_time("activations", item.path, name)) for name in ("mean", "deviation")]
        for item in (before, layer)
    )
    if any(value is None for pair in (*entering, *leaving) for value in pair):
        return ""
    return (
        f"What enters {layer.path} went from {_moments(entering, 0)} to {_moments(entering, 1)}, what leaves it from "
        f"{_moments(leaving, 0)} to {_moments(leaving, 1)}."
    )


def _moments(pairs: list[tuple[float | None, float | None]], end: int) -> str:
    return " ± ".join(f"{pair[end] or 0.0:.2g}" for pair in pairs)


def _momentum(program: Program, norms: list[Layer]) -> str:
    """How much of their first values the moving averages still hold after the training's steps."""
    if not norms:
        return ""
    batch = program.fit.batch_size
    size = f"Each batch has {batch} examples." if batch else "How many examples a batch has is not known."
    momenta = [setting(layer.settings, "momentum") for layer in norms]
    momentum = max((value for value in momenta if math.isfinite(value)), default=_DEFAULT_MOMENTUM)
    if not program.fit.steps:
        return size
    kept = momentum**program.fit.steps
    return f"{size} After {program.fit.steps:,} steps the moving averages still hold {kept:.1g} of their first values."


def _modes(watched: Watched) -> dict[str, float | None]:
    series = watched.series("inference_loss")
    values = {name: number(series, name) for name in ("train_mode", "inference_mode", "examples")}
    return {name: value if math.isfinite(value) else None for name, value in values.items()}


def _gap(watched: Watched, norms: list[Layer]) -> str:
    """The loss with the batch's own statistics against the loss with the moving averages."""
    modes = _modes(watched)
    if not norms or modes["train_mode"] is None or modes["inference_mode"] is None:
        return ""
    also = " (dropout is on in training mode, too, and raises that loss)" if _drops(watched) else ""
    return (
        f"The trained model has the loss {modes['train_mode']:.3g} with the batch's own statistics and "
        f"{modes['inference_mode']:.3g} with the moving averages, on the same {modes['examples'] or 0:.0f} training "
        f"examples{also}."
    )
