"""Layers to boxes: a layer that only reshapes, normalises or activates joins the box of the layer that it follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from vandap.report import format as written
from vandap.report.charts.records import Box

MOST_BOXES = 160
"""A graph with more boxes is no longer readable and is left out."""

_SHOWN = ("filters", "units", "kernel_size", "strides", "pool_size", "rate", "activation")
_PLAIN = frozenset({"linear", "valid", "same"})


def boxes(layers: Sequence[Mapping[str, Any]], total: int) -> tuple[Box, ...]:
    """Return the boxes of a network's graph; none when there are too many.

    Args:
        layers: The layers of `program.json`, inputs first.
        total: Parameters of the whole network.
    """
    names = {str(layer["name"]) for layer in layers}
    consumers = Counter(source for layer in layers for source in _inputs(layer, names))
    home: dict[str, str] = {}
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for layer in layers:
        name, sources = str(layer["name"]), _inputs(layer, names)
        follows = len(sources) == 1 and consumers[sources[0]] == 1 and not layer.get("parameters")
        joins = home.get(sources[0]) if follows or _normalises(layer, sources, consumers) else None
        home[name] = joins or name
        groups.setdefault(home[name], []).append(layer)
    found = tuple(_box(name, group, home, names, total) for name, group in groups.items())
    return found if 1 < len(found) <= MOST_BOXES else ()


def _inputs(layer: Mapping[str, Any], names: set[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(source) for source in layer.get("inputs") or () if str(source) in names))


def _normalises(layer: Mapping[str, Any], sources: tuple[str, ...], consumers: Counter[str]) -> bool:
    return "Normalization" in str(layer.get("class")) and len(sources) == 1 and consumers[sources[0]] == 1


def _box(name: str, group: list[Mapping[str, Any]], home: Mapping[str, str], names: set[str], total: int) -> Box:
    first = group[0]
    parameters = sum(int(layer.get("parameters") or 0) for layer in group)
    rest = " · ".join(_kind(layer) for layer in group[1:])
    facts = written.shape(group[-1].get("output_shape"))
    facts += f"  ·  {written.plural(parameters, 'parameter')}" if parameters else ""
    inputs = dict.fromkeys(home[source] for layer in group for source in _inputs(layer, names))
    return Box(
        name=name,
        lines=tuple(line for line in (_heading(first), f"+ {rest}" if rest else "", facts) if line),
        inputs=tuple(source for source in inputs if source != name),
        weight=parameters / total if total else 0.0,
    )


def _kind(layer: Mapping[str, Any]) -> str:
    names = {"BatchNormalization": "BatchNorm", "LayerNormalization": "LayerNorm", "Activation": ""}
    kind = str(layer.get("class"))
    activation = str((layer.get("settings") or {}).get("activation") or "")
    return names.get(kind, kind) or activation or kind


def _heading(layer: Mapping[str, Any]) -> str:
    settings = layer.get("settings") or {}
    shown = [_setting(key, settings[key]) for key in _SHOWN if settings.get(key) is not None]
    kept = [text for text in shown if text]
    return " ".join([_kind(layer) if layer.get("class") == "Activation" else str(layer.get("class")), *kept][:4])


def _setting(key: str, value: Any) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        axes = [str(axis) for axis in value]
        if key == "strides" and set(axes) == {"1"}:
            return ""
        return ("/" if key == "strides" else "") + (
            axes[0] if key == "strides" and len(set(axes)) == 1 else "×".join(axes)
        )
    if isinstance(value, str):
        return "" if value in _PLAIN else value
    return written.value(value)
