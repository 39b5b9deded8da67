"""The network: its layers with shapes, parameters and memory, as a table and as a graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vandap.report import format as written
from vandap.report.charts.records import Graph
from vandap.report.layers import boxes
from vandap.report.material import Material
from vandap.report.view import View


@dataclass(frozen=True)
class Layer:
    """One layer, as text."""

    name: str
    kind: str
    shape: str
    parameters: str
    share: str
    activation: str
    place: str
    settings: str


@dataclass(frozen=True)
class Network:
    """The program of the network.

    Args:
        facts: (name, text) pairs: parameters, memory, loss, optimiser.
        layers: The layers in order.
        graph: The same as boxes and arrows, or None.
        placed: Whether any layer has a call site.
    """

    facts: tuple[tuple[str, str], ...]
    layers: tuple[Layer, ...]
    graph: Graph | None
    placed: bool


class NetworkView(View):
    """The section of the network."""

    slug = "network"
    title = "The network"
    order = 110

    def build(self, material: Material) -> Network | None:
        """Return the layers; None when no network was trained."""
        program = material.program
        if not program or not program.get("layers"):
            return None
        layers = program["layers"]
        total = (program.get("parameters") or {}).get("total") or sum(layer.get("parameters") or 0 for layer in layers)
        found = boxes(layers, total)
        return Network(
            facts=_facts(program),
            layers=tuple(_layer(layer, total) for layer in layers),
            graph=Graph("Layers", f"{len(layers)} layers from input to output.", found) if found else None,
            placed=any(layer.get("file") for layer in layers),
        )


def _facts(program: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    parameters, memory = program.get("parameters") or {}, program.get("memory") or {}
    compiled = program.get("compile") or {}
    optimizer = compiled.get("optimizer") or {}
    facts = (
        ("Parameters", written.count(parameters.get("total"))),
        ("Trainable", written.count(parameters.get("trainable"))),
        ("Optimiser variables", written.count(parameters.get("optimizer"))),
        ("Weights in memory", written.size(memory.get("weights_bytes"))),
        ("Optimiser in memory", written.size(memory.get("optimizer_bytes"))),
        ("Activations per example", written.size(memory.get("activation_bytes_per_example"))),
        ("Loss", written.value(compiled.get("loss"))),
        ("Optimiser", _optimizer(optimizer)),
    )
    return tuple((name, text) for name, text in facts if text not in ("", written.ABSENT))


def _optimizer(optimizer: Any) -> str:
    if not isinstance(optimizer, Mapping):
        return written.value(optimizer)
    name = optimizer.get("name") or optimizer.get("class") or optimizer.get("class_name") or ""
    settings = ", ".join(
        f"{written.words(str(key))} {written.value(value)}"
        for key, value in optimizer.items()
        if written.is_number(value)
    )
    return f"{name} ({settings})" if name and settings else str(name or settings)


def _layer(layer: Mapping[str, Any], total: int) -> Layer:
    parameters = layer.get("parameters") or 0
    settings = {key: value for key, value in (layer.get("settings") or {}).items() if value not in (None, [1, 1])}
    line = f":{layer['line']}" if layer.get("line") else ""
    return Layer(
        name=str(layer.get("path") or layer.get("name") or ""),
        kind=str(layer.get("class") or ""),
        shape=written.shape(layer.get("output_shape")),
        parameters=written.count(parameters) if parameters else "0",
        share=written.share(parameters / total) if total and parameters else "",
        activation=written.size(layer.get("activation_bytes")),
        place=f"{layer['file']}{line}" if layer.get("file") else "",
        settings=", ".join(f"{written.words(key)} {_setting(value)}" for key, value in settings.items()),
    )


def _setting(value: Any) -> str:
    if isinstance(value, list | tuple) and value:
        return " × ".join(map(written.value, value))
    return written.value(value)
