"""What was seen inside of the network: gradients, updates, weights and activations by layer."""

from __future__ import annotations

import numpy as np

from vandap.report.charts.records import Bars, Level, Line, LineChart
from vandap.report.evidence.subject import Subject, is_wide
from vandap.report.watched import Traces, activations, fact, gradients, is_kernel, names, updates, weights

_MOST_LINES, _MOST_BARS = 5, 14


def gradient_norms(subject: Subject) -> LineChart | None:
    """Gradient norm of the layers over the steps."""
    return _over_steps(subject, gradients(subject.material), "Gradient norm", "gradient norm")


def gradient_profile(subject: Subject) -> Bars | None:
    """Usual mean gradient of each weight matrix in the first half of the training, in the order of the network."""
    return _variables(subject, "gradients", "mean_absolute", "Mean gradient by layer", "mean absolute gradient")


def update_ratios(subject: Subject) -> LineChart | None:
    """Change of the weights in a step, over the weights."""
    return _over_steps(subject, updates(subject.material), "Update of a step over weight", "update / weight")


def weight_norms(subject: Subject) -> LineChart | None:
    """Norm of the weights over the steps."""
    return _over_steps(subject, weights(subject.material), "Norm of the weights", "norm")


def saturated_shares(subject: Subject) -> LineChart | None:
    """Share of saturated values over the steps."""
    return _over_steps(subject, activations(subject.material, "saturated_share"), "Saturated share", "share")


def deviation_profile(subject: Subject) -> Bars | None:
    """Usual spread of each layer's outputs in the first half of the training."""
    found = activations(subject.material, "deviation")
    return None if found is None else _profile(subject, found, "Spread of the outputs by layer", "standard deviation")


def dead_units(subject: Subject) -> Bars | None:
    """Share of units that were never above zero in the last half of the training."""
    shares = fact(subject.material, "dead_units", "dead")
    layers = names(subject.material, "dead_units", "layer")
    known = np.flatnonzero(np.isfinite(shares)) if shares.ndim == 1 else np.zeros(0, int)
    if not known.size:
        return None
    places = _chosen([layers[place] for place in known], shares[known], subject.layer, _MOST_BARS)
    return Bars(
        title="Dead units by layer",
        description="Share of the units that were never above zero in the last half of the training.",
        x_label="share of units",
        names=tuple(layers[known[place]] for place in places),
        values=shares[known][places],
        strong=frozenset({subject.layer} & set(layers)),
        levels=subject.levels,
    )


def weight_changes(subject: Subject) -> Bars | None:
    """Change of each weight matrix over the whole training."""
    return _variables(subject, "weight_change", "relative", "Change over the training", "change / first weights")


def _variables(subject: Subject, signal: str, statistic: str, title: str, label: str) -> Bars | None:
    """One bar for each weight matrix; of a probed signal the median over the first half of the probes."""
    values = fact(subject.material, signal, statistic)
    variables = names(subject.material, signal, "variable")
    if values.ndim == 2:
        values = _median(values[: max((len(values) + 1) // 2, 1)])
    kernels = [place for place, name in enumerate(variables) if is_kernel(name) and np.isfinite(values[place])]
    if len(kernels) < 2:
        return None
    found = [variables[place].rpartition("/")[0] or variables[place] for place in kernels]
    return _bars(subject, found, values[kernels], title, label)


def _profile(subject: Subject, traces: Traces, title: str, label: str) -> Bars | None:
    values = _median(traces.values[: max((len(traces.values) + 1) // 2, 1)])
    known = np.flatnonzero(np.isfinite(values))
    return _bars(subject, [traces.names[place] for place in known], values[known], title, label) if known.size else None


def _bars(subject: Subject, found: list[str], values: np.ndarray, title: str, label: str) -> Bars:
    places = _spread_out(found, subject.layer)
    shown, wide = values[places], is_wide(values[values > 0])
    left = f" {len(values) - len(places)} layers are left out." if len(places) < len(values) else ""
    return Bars(
        title=title,
        description=f"From the first layer, at the top, to the last.{left}",
        x_label=f"{label} (log scale)" if wide else label,
        names=tuple(found[place] for place in places),
        values=shown,
        log=wide,
        strong=frozenset({subject.layer} & set(found)),
        levels=subject.levels,
    )


def _median(values: np.ndarray) -> np.ndarray:
    kept = np.where(np.isfinite(values), values, np.nan)
    known = np.isfinite(kept).any(axis=0)
    found = np.full(values.shape[1], np.nan)
    found[known] = np.nanmedian(kept[:, known], axis=0)
    return found


def _over_steps(subject: Subject, traces: Traces | None, title: str, label: str) -> LineChart | None:
    if traces is None or len(traces.steps) < 2:
        return None
    finite = np.where(np.isfinite(traces.values), traces.values, np.nan)
    known = np.isfinite(finite).any(axis=0)
    places: list[int] = np.flatnonzero(known).tolist()
    heights = np.nanmax(finite[:, places], axis=0) if places else np.zeros(0)
    chosen = _chosen([traces.names[place] for place in places], heights, subject.layer, _MOST_LINES)
    lines = tuple(Line(traces.names[places[place]], traces.steps, finite[:, places[place]]) for place in chosen)
    if not lines:
        return None
    every = np.concatenate([line.y for line in lines])
    wide = is_wide(every[every > 0])
    left = len(places) - len(lines)
    return LineChart(
        title=title,
        description=f"{left} more layers are in the map of the layers." if left else "Of each layer that was watched.",
        x_label="step",
        y_label=f"{label} (log scale)" if wide else label,
        lines=lines,
        log_y=wide,
        whole_x=True,
        levels=_limits(subject),
    )


def _limits(subject: Subject) -> tuple[Level, ...]:
    return (*subject.levels, *subject.cited("limit", "clipped at"))


def _chosen(found: list[str], values: np.ndarray, pointed: str, most: int) -> list[int]:
    """Places to show, in order: all of them, or the one pointed at, first, last and the largest."""
    if len(found) <= most:
        return list(range(len(found)))
    ranked = np.argsort(-np.nan_to_num(values), kind="stable").tolist()
    wanted = [found.index(pointed)] if pointed in found else []
    return sorted(list(dict.fromkeys([*wanted, 0, len(found) - 1, *ranked]))[:most])


def _spread_out(found: list[str], pointed: str) -> list[int]:
    """Places to show, in order: all of them, or some spread evenly, the one pointed at among them."""
    even = np.linspace(0, len(found) - 1, min(len(found), _MOST_BARS)).round().astype(int).tolist()
    return sorted({*even, *([found.index(pointed)] if pointed in found else [])})
