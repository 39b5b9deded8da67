"""I6: what the activation functions of this network did: zero, dead and saturated shares over the training."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from vandap.ask.asked import asked
from vandap.ask.question import Answer, Question, Table
from vandap.ask.watched import Watched, first_last, judged, known, lacking, line
from vandap.core.program import Layer
from vandap.core.store import Run
from vandap.diagnose.network import activation
from vandap.diagnose.reading import number
from vandap.diagnose.rules.dynamics.dead_units import DeadUnits
from vandap.diagnose.rules.dynamics.saturated_units import SaturatedUnits
from vandap.diagnose.watched import BOUNDED, RELU

_HEAD = ("layer", "activation", "line", "zeros first", "zeros last", "dead units", "saturated first", "saturated last")
_KEYS = (
    "layer", "activation", "line", "zeros_first", "zeros_last", "dead_units", "saturated_first", "saturated_last",
)  # fmt: skip
_MEANING = {
    "relu": "relu gives 0 for every negative input, and its slope is 0 there: zeros are its work, but a unit that is 0 "
    "for every example is dead and gets no gradient",
    "sigmoid": "sigmoid squeezes into 0 to 1; near a bound its slope is almost 0 (at most 1/4 anywhere), so that "
    "saturated values pass no gradient",
    "tanh": "tanh squeezes into -1 to 1; near a bound its slope is almost 0, so that saturated values pass no gradient",
    "softmax": "softmax turns scores into shares that sum to 1, for the answers of a classifier",
}


class Activations(Question):
    """What did the activation functions do?"""

    id = "I6"
    question = "What are activation functions and their saturation?"
    how = (
        "Zero, dead and saturated shares of each layer over a watched training, and paired trainings with the "
        "activations that were asked of it (activation=linear)."
    )

    def answer(self, run: Run) -> Answer:
        """Tabulate the activated layers."""
        watched = Watched.of(run)
        if watched.series("activations") is None:
            return lacking(run, self.id, "activation statistics of a watched training")
        shown = [layer for layer in watched.layers() if activation(layer) not in (None, "linear")]
        rows = tuple(_row(watched, layer) for layer in shown)
        told = judged(run, DeadUnits.code, SaturatedUnits.code)
        linear = sum(activation(layer) == "linear" for layer in watched.layers())
        blamed = told.blamed or ("The exam blames none of it." if told.is_clear else "")
        tried = asked(run, "activation=linear", starting="activation=")
        text = " ".join(filter(None, [_kinds(shown, linear), _worst(rows), *_meanings(shown), blamed, tried.text]))
        tables = [Table("Shares over the training", _HEAD, rows), *tried.tables, *told.tables]
        document: dict[str, Any] = {
            "layers": [dict(zip(_KEYS, row, strict=True)) for row in rows],
            "probes": watched.steps,
            "over_time": {layer.path: _over_time(watched, layer) for layer in shown},
            "what_ifs": tried.document,
            "rules": told.document,
        }
        return Answer(text, _SHORT, tuple(tables), document)


_SHORT = (
    "Without a function that bends, layers in a row are one linear layer, however many there are. The function must "
    "let the gradient through: relu blocks it where it is 0, sigmoid and tanh where they are flat."
)


def _row(watched: Watched, layer: Layer) -> tuple[Any, ...]:
    zeros = first_last(watched.over_time("activations", layer.path, "zero_share"))
    saturated = first_last(watched.over_time("activations", layer.path, "saturated_share"))
    dead = number(watched.series("dead_units"), layer.path, "dead") if activation(layer) in RELU else math.nan
    return (layer.path, activation(layer), line(layer), *zeros, known(dead), *saturated)


def _over_time(watched: Watched, layer: Layer) -> dict[str, np.ndarray]:
    names = ("zero_share", "dead_share", "saturated_share")
    return {name: watched.over_time("activations", layer.path, name) for name in names}


def _kinds(layers: list[Layer], linear: int) -> str:
    if not layers:
        return f"No layer of this network applies an activation function that bends; {linear} are linear."
    counts: dict[str, int] = {}
    for layer in layers:
        counts[str(activation(layer))] = counts.get(str(activation(layer)), 0) + 1
    named = ", ".join(f"{name} ({count} layers)" if count > 1 else name for name, count in counts.items())
    return f"Activation functions of this network: {named}."


def _worst(rows: tuple[tuple[Any, ...], ...]) -> str:
    dead = max((row for row in rows if row[5] is not None), key=lambda row: row[5], default=None)
    saturated = max((row for row in rows if row[7] is not None), key=lambda row: row[7], default=None)
    parts = []
    if dead is not None and dead[5] == 0:
        parts.append("No unit with relu is dead.")
    elif dead is not None:
        parts.append(
            f"Most dead units: {dead[5]:.0%} of those of {dead[0]} were 0 for every example of the later probes."
        )
    if saturated is not None:
        parts.append(
            f"Most saturated: {saturated[7]:.0%} of the values of {saturated[0]} within 1 % of a bound at the end "
            f"({saturated[6]:.0%} at the start)."
        )
    return " ".join(parts)


def _meanings(layers: list[Layer]) -> list[str]:
    used = dict.fromkeys(str(activation(layer)) for layer in layers)
    named = dict.fromkeys("relu" if name in RELU else name for name in used)
    told = [_MEANING[name] for name in named if name in _MEANING]
    told += [f"{name} has bounds, and is flat near them" for name in named if name in BOUNDED and name not in _MEANING]
    return [f"{sentence[0].upper()}{sentence[1:]}." for sentence in told]
