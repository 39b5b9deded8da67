"""From what a watched fit yielded, step by step and epoch by epoch, to the signals of the catalogue."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from vandap.core.signals import Series
from vandap.watch.facts import ACTIVATION_STATISTICS, GRADIENT_STATISTICS, WEIGHT_STATISTICS, Probe, StepFacts

Signals = dict[str, Series]
DEAD_FACTS = ("dead", "constant", "examples", "units")
CHANGE_FACTS = ("relative", "start_deviation", "start_mean", "start_size", "trained")


def epoch_signals(logs: Sequence[Mapping[str, float]], rates: Sequence[float], memory: Sequence[float]) -> Signals:
    """The curves of a fit.

    Args:
        logs: What `fit` logged at the end of each epoch.
        rates: Learning rate at the end of each epoch; NaN where it is not known.
        memory: Resident bytes at the end of each epoch.
    """
    if not logs:
        return {}
    names = tuple(dict.fromkeys(name for entry in logs for name in entry))
    table = np.array([[entry.get(name, math.nan) for name in names] for entry in logs])
    found = {"epoch_metrics": Series(table, {"epoch": _numbers(len(logs)), "metric": names})}
    for name in ("loss", "val_loss"):
        if name in names:
            found[name] = Series(table[:, names.index(name)])
    score = next((name for name in names if name.startswith("val_") and name.endswith(("accuracy", "acc"))), None)
    if score:
        found["val_score"] = Series(table[:, names.index(score)])
    found["epochs_seen"] = Series(np.arange(1.0, len(logs) + 1))
    if np.isfinite(rates).any():
        found["learning_rate"] = Series(np.array(rates, dtype=np.float64))
    return {**found, "memory": Series(np.array(memory, dtype=np.float64))}


def step_signals(steps: Sequence[StepFacts]) -> Signals:
    """Losses and times of the recorded steps."""
    if not steps:
        return {}
    times = np.array([[facts.seconds, facts.wait] for facts in steps])
    found = {
        "step_number": Series(np.array([facts.step for facts in steps], dtype=np.float64)),
        "step_times": Series(times, {"step": _numbers(len(steps)), "fact": ("step", "wait")}),
    }
    losses = [facts.loss for facts in steps]
    if any(loss is not None for loss in losses):
        found["step_loss"] = Series(np.array(losses, dtype=np.float64))
    return found


def probe_signals(probes: Sequence[Probe], order: Sequence[str] = ()) -> Signals:
    """Statistics of layers and variables at each probe.

    Args:
        probes: The probes, in their order.
        order: Paths of layers and variables in the order in which data pass; the signals take it.
    """
    if not probes:
        return {}
    labels = {"probe": tuple(str(probe.step) for probe in probes)}
    found = {"probe_step": Series(np.array([probe.step for probe in probes], dtype=np.float64))}
    families: tuple[tuple[str, str, tuple[str, ...], Callable[[Probe], Mapping[str, np.ndarray]]], ...] = (
        ("activations", "layer", ACTIVATION_STATISTICS, lambda probe: probe.activations),
        ("gradients", "variable", GRADIENT_STATISTICS, lambda probe: probe.gradients),
        ("weights", "variable", WEIGHT_STATISTICS, lambda probe: probe.weights),
    )
    for name, axis, statistics, read in families:
        cube, names = _cube([read(probe) for probe in probes], len(statistics), order)
        if names:
            found[name] = Series(cube, {**labels, axis: names, "statistic": statistics})
    ratios, names = _cube([{name: [ratio] for name, ratio in probe.update_ratio.items()} for probe in probes], 1, order)
    if names:
        found["update_ratio"] = Series(ratios[:, :, 0], {**labels, "variable": names})
    return {**found, **dead_units(probes, order)}


def dead_units(probes: Sequence[Probe], order: Sequence[str] = ()) -> Signals:
    """Units that never rose above zero, or never changed, over the probes of the last half."""
    late = probes[len(probes) // 2 :]
    names = _ordered((name for probe in late for name in probe.unit_max), order)
    rows = [row for name in names if (row := _units(late, name))]
    if not rows:
        return {}
    kept = tuple(name for name in names if _units(late, name))
    return {"dead_units": Series(np.array(rows), {"layer": kept, "fact": DEAD_FACTS})}


def _units(probes: Sequence[Probe], name: str) -> list[float]:
    own = [probe for probe in probes if name in probe.unit_max and name in probe.unit_min]
    if not own or len({probe.unit_max[name].shape for probe in own}) != 1:
        return []
    highest = np.max([probe.unit_max[name] for probe in own], axis=0)
    lowest = np.min([probe.unit_min[name] for probe in own], axis=0)
    examples = float(sum(probe.examples for probe in own))
    return [float(np.mean(highest <= 0)), float(np.mean(highest == lowest)), examples, float(highest.size)]


def weight_change(
    first: Mapping[str, np.ndarray], last: Mapping[str, np.ndarray], trained: Mapping[str, bool]
) -> Signals:
    """How far each variable moved over the training.

    Args:
        first: Values at its start, by variable path.
        last: Values at its end; a variable that is missing counts as unknown.
        trained: Whether an optimiser owns it.
    """
    rows = [[*_change(value, last.get(name)), float(trained.get(name, False))] for name, value in first.items()]
    if not rows:
        return {}
    return {"weight_change": Series(np.array(rows), {"variable": tuple(first), "fact": CHANGE_FACTS})}


def _change(first: np.ndarray, last: np.ndarray | None) -> list[float]:
    first = np.asarray(first, np.float64)
    size = float(np.linalg.norm(first))
    moved = math.nan
    if last is not None and last.shape == first.shape:
        distance = float(np.linalg.norm(np.asarray(last, np.float64) - first))
        moved = distance / size if size > 0 else (math.inf if distance > 0 else 0.0)
    return [moved, float(first.std()) if first.size else 0.0, float(first.mean()) if first.size else 0.0, first.size]


def _ordered(names: Iterable[str], order: Sequence[str]) -> tuple[str, ...]:
    places = {name: place for place, name in enumerate(order)}
    return tuple(sorted(dict.fromkeys(names), key=lambda name: places.get(name, len(places))))


def _cube(
    entries: Sequence[Mapping[str, np.ndarray | list[float]]], width: int, order: Sequence[str]
) -> tuple[np.ndarray, tuple[str, ...]]:
    """(probes, names, statistics), NaN where a probe lacks a name."""
    names = _ordered((name for entry in entries for name in entry), order)
    cube = np.full((len(entries), len(names), width), np.nan)
    for row, entry in enumerate(entries):
        for column, name in enumerate(names):
            if name in entry:
                cube[row, column] = entry[name]
    return cube, names


def _numbers(count: int) -> tuple[str, ...]:
    return tuple(str(number) for number in range(count))
