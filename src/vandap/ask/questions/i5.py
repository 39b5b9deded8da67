"""I5: whether backpropagation reached every layer of this network, and whether its gradient is the loss' gradient."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from vandap.ask.question import Answer, Question, Table
from vandap.ask.watched import Watched, judged, known, lacking, line, typical
from vandap.core.program import Layer
from vandap.core.signals import Series
from vandap.core.store import Run
from vandap.diagnose.reading import listed, number
from vandap.diagnose.rules.dynamics.exploding_gradient import ExplodingGradient
from vandap.diagnose.rules.dynamics.vanishing_gradient import VanishingGradient
from vandap.diagnose.rules.evaluation.wrong_gradient import WrongGradient
from vandap.diagnose.rules.structure.frozen_or_disconnected_layer import FrozenOrDisconnectedLayer
from vandap.diagnose.watched import is_kernel

_HEAD = ("layer", "class", "line", "gradient first", "median", "last", "times the next", "remark")
_KEYS = ("layer", "class", "line", "first", "median", "last", "times_the_next", "remark")
_RULES = (
    VanishingGradient.code, ExplodingGradient.code, FrozenOrDisconnectedLayer.code, WrongGradient.code,
)  # fmt: skip


@dataclass(frozen=True)
class Flow:
    """The gradient of one layer.

    Args:
        layer: The layer.
        norms: Norm over all its trained variables in each probe: (probes,); empty where none is trained.
        has_matrix: Whether it has a weight matrix; the few numbers of a normalisation or a bias compare with none.
    """

    layer: Layer
    norms: np.ndarray
    has_matrix: bool = False

    @property
    def median(self) -> float:
        """Typical norm."""
        return typical(self.norms)

    @property
    def is_reached(self) -> bool:
        """Whether a gradient arrived."""
        return self.median > _NONE


class Backpropagation(Question):
    """How far does the gradient reach?"""

    id = "I5"
    question = "Backpropagation: how does it work?"
    how = (
        "Gradient norm of each layer over a watched training, who got none and why, and the exam's numerical gradient "
        "check where it made one."
    )

    def answer(self, run: Run) -> Answer:
        """Follow the gradient from the last layer to the first."""
        watched = Watched.of(run)
        if watched.series("gradients") is None:
            return lacking(run, self.id, "gradients of a watched training")
        flows = flow(watched)
        rows = tuple(_row(watched, flows, place) for place in range(len(flows)))
        checked = watched.series("test_gradient")
        told = judged(run, *_RULES)
        blamed = told.blamed or ("The exam blames none of it." if told.is_clear else "")
        text = " ".join(filter(None, [_course(flows), _without(rows), blamed, _check(checked)]))
        tables = [Table("Gradient norm of each layer, first to last", _HEAD, rows), *told.tables]
        if checked is not None:
            tables.append(Table("Numerical against automatic gradient", _CHECK, _check_rows(checked)))
        document: dict[str, Any] = {
            "layers": [dict(zip(_KEYS, row, strict=True)) for row in rows],
            "probes": watched.steps,
            "over_time": {item.layer.path: item.norms for item in flows},
            "numerical_check": None if checked is None else _check_rows(checked),
            "rules": told.document,
        }
        return Answer(text, _SHORT, tuple(tables), document)


_SHORT = (
    "Backpropagation is the chain rule from the loss to the first layer: each layer multiplies the gradient that comes "
    "from above by its own slope and hands it down. Many factors below 1 and the first layers learn nothing, many "
    "above 1 and the steps explode; a normalisation, a skip connection or relu keeps the factors near 1."
)
_CHECK = ("variable", "relative error", "error that rounding explains")
_NONE = 1e-12
"""Norm below which a gradient counts as none: rounding to float32 of anything larger leaves more."""


def flow(watched: Watched) -> list[Flow]:
    """The gradient of every layer that has weights, in the order of the network."""
    layers = [layer for layer in watched.layers() if layer.parameters]
    return [
        Flow(layer, _norms(watched, layer), any(is_kernel(name) for name in watched.variables(layer)))
        for layer in layers
    ]


def _norms(watched: Watched, layer: Layer) -> np.ndarray:
    columns = [watched.over_time("gradients", name, "norm") for name in watched.variables(layer)]
    if not columns:
        return np.zeros(0)
    squares = np.square(np.stack(columns))
    return np.where(np.isnan(squares).all(axis=0), np.nan, np.sqrt(np.nansum(squares, axis=0)))


def _row(watched: Watched, flows: list[Flow], place: int) -> tuple[Any, ...]:
    item = flows[place]
    comparable = [other.median for other in flows[place + 1 :] if other.has_matrix and other.is_reached]
    above = comparable[0] if comparable and item.has_matrix else math.nan
    first, last = (item.norms[0], item.norms[-1]) if item.norms.size else (math.nan, math.nan)
    layer = item.layer
    norms = (known(first), known(item.median), known(last), known(item.median / above))
    return (layer.path, layer.kind, line(layer), *norms, _remark(watched, item))


def _remark(watched: Watched, item: Flow) -> str:
    """Why a layer gets no gradient, as far as the record shows."""
    layer = item.layer
    if not layer.trainable or not layer.trainable_parameters:
        return "no gradient: frozen" if not layer.trainable else "no gradient: nothing in it is trained"
    if not item.norms.size or np.isnan(item.norms).all():
        return "no gradient: the loss does not depend on it"
    if item.is_reached:
        return ""
    dead = number(watched.series("dead_units"), layer.path, "dead")
    if dead > 0.9:
        return f"no gradient: {dead:.0%} of its units are dead"
    return "no gradient: a layer behind it blocks it"


def _course(flows: list[Flow]) -> str:
    reached = sum(item.is_reached for item in flows)
    said = f"The gradient reached {reached} of {len(flows)} layers with weights."
    matrices = [item for item in flows if item.is_reached and item.has_matrix]
    if len(matrices) < 2:
        return said
    first, last = matrices[0], matrices[-1]
    ratio = first.median / last.median
    factor = ratio ** (1 / (len(matrices) - 1))
    each = f", {factor:.2g} times a layer" if len(matrices) > 2 else ""
    return (
        f"{said} The weights of {first.layer.path}, the first matrix, got {ratio:.2g} times the gradient of those of "
        f"{last.layer.path}, the last (median norms {first.median:.2g} and {last.median:.2g}{each})."
    )


def _without(rows: tuple[tuple[Any, ...], ...]) -> str:
    told = [f"{row[0]} ({row[7].removeprefix('no gradient: ')})" for row in rows if row[7]]
    return f"Without gradient: {listed(told, 5)}." if told else ""


def _check_rows(checked: Series) -> tuple[tuple[Any, ...], ...]:
    """(variable, error, floor), the largest error first."""
    arms = checked.labels.get("arm", ())
    facts = [(arm, number(checked, arm, "relative_error"), number(checked, arm, "floor")) for arm in arms]
    facts.sort(key=lambda row: -row[1] if math.isfinite(row[1]) else math.inf)
    return tuple((arm, known(error), known(floor)) for arm, error, floor in facts)


def _check(checked: Series | None) -> str:
    if checked is None:
        return (
            "No numerical gradient check was made: `vandap exam` makes one where code of the program's own learns "
            "little."
        )
    measured = [(name, error, floor) for name, error, floor in _check_rows(checked) if error is not None]
    if not measured:
        return "The numerical gradient check gave no number."
    name, error, floor = measured[0]
    differs = error > WrongGradient.error.value and error > WrongGradient.floor.value * (floor or 0.0)
    return (
        f"Numerical differences of the loss {'differ from' if differs else 'agree with'} the gradient of "
        f"{len(measured)} variables, by {error:.1g} of its size at worst ({name}; rounding explains {floor or 0:.1g})."
    )
