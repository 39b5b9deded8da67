"""How the network trained: loss, score and learning rate over the epochs, and the range test that chose the rate."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from vandap.report import format as written
from vandap.report import metric as metrics
from vandap.report.charts.records import Line, LineChart, Mark
from vandap.report.evidence.course import step_numbers
from vandap.report.material import Material
from vandap.report.view import View
from vandap.report.watched import names

_NOT_METRICS = ("loss", "learning_rate")
_MOST_METRICS = 6


@dataclass(frozen=True)
class Training:
    """The charts, and what they add up to in a sentence."""

    summary: str
    charts: tuple[LineChart, ...]


class TrainingView(View):
    """The section of the training curves."""

    slug = "training"
    title = "How the network trained"
    order = 80
    figures = ("loss", "range_test", "learning_rate")

    def build(self, material: Material) -> Training | None:
        """Return the curves; None when no network was trained."""
        scores = _metrics(material) or [_score(material)]
        charts = [_loss(material), *scores, _steps(material), _rate(material), _range_test(material)]
        shown, summary = tuple(chart for chart in charts if chart is not None), _summary(material)
        return Training(summary, shown) if shown or summary else None


def _line(material: Material, signal: str, name: str) -> Line | None:
    values = material.signal(signal)
    if values is None or len(values) < 2 or not np.isfinite(values).any():
        return None
    return Line(name, np.arange(1, len(values) + 1, dtype=float), values)


def _loss(material: Material) -> LineChart | None:
    lines = tuple(filter(None, (_line(material, "loss", "training"), _line(material, "val_loss", "validation"))))
    if not lines:
        return None
    every = np.concatenate([line.y[np.isfinite(line.y)] for line in lines])
    best = _best_epoch(material)
    return LineChart(
        title="Loss",
        description="Loss after each epoch, on training and on validation examples.",
        x_label="epoch",
        y_label="loss (log scale)" if _wide(every) else "loss",
        lines=lines,
        log_y=_wide(every),
        whole_x=True,
        marks=(Mark(float(best), f"best epoch {best}"),) if best else (),
    )


def _score(material: Material) -> LineChart | None:
    line = _line(material, "val_score", "")
    evaluation = material.validation or material.test
    if line is None:
        return None
    title = metrics.title(evaluation.headline) if evaluation else "Score"
    return LineChart(
        title, "The headline metric on validation examples after each epoch.", "epoch", title, (line,), whole_x=True
    )


def _metrics(material: Material) -> list[LineChart | None]:
    """One chart for each metric that `fit` logged, on training and on validation examples."""
    values, found = material.signal("epoch_metrics"), names(material, "epoch_metrics", "metric")
    if values is None or values.ndim != 2 or len(values) < 2:
        return []
    epochs = np.arange(1.0, len(values) + 1)
    base = [name for name in found if not name.startswith("val_") and name not in _NOT_METRICS]
    lines = {
        name: tuple(
            Line(title, epochs, values[:, found.index(key)])
            for key, title in ((name, "training"), (f"val_{name}", "validation"))
            if key in found and np.isfinite(values[:, found.index(key)]).any()
        )
        for name in base[:_MOST_METRICS]
    }
    text = "After each epoch, as fit logged it."
    return [LineChart(name, text, "epoch", name, known, whole_x=True) for name, known in lines.items() if known]


def _steps(material: Material) -> LineChart | None:
    line = _line(material, "step_loss", "")
    if line is None or len(line.x) < 3:
        return None
    line = replace(line, x=step_numbers(material, len(line.y)))
    wide = _wide(line.y[np.isfinite(line.y)])
    return LineChart(
        "Loss by step",
        "Training loss of the optimiser steps that were recorded.",
        "step",
        "loss (log scale)" if wide else "loss",
        (line,),
        log_y=wide,
        whole_x=True,
    )


def _rate(material: Material) -> LineChart | None:
    line = _line(material, "learning_rate", "")
    if line is None or np.nanmax(line.y) == np.nanmin(line.y):
        return None
    return LineChart(
        "Learning rate", "Learning rate at the end of each epoch.", "epoch", "learning rate", (line,), whole_x=True
    )


def _range_test(material: Material) -> LineChart | None:
    values = material.signal("range_test")
    if values is None or values.ndim != 2 or values.shape[1] < 2:
        return None
    rate, loss = values[:, 0], values[:, 1]
    usable = np.isfinite(loss) & (rate > 0)
    if usable.sum() < 2:
        return None
    # the last points of a range test diverge on purpose; beyond four times the start they say nothing more
    usable &= loss <= np.nanmin(loss) + 4 * abs(loss[usable][0] - np.nanmin(loss)) + 1e-12
    chosen = ((material.program or {}).get("fit") or {}).get("learning_rate")
    marks = (
        (Mark(float(chosen), f"chosen {written.number(float(chosen), 2)}"),) if isinstance(chosen, int | float) else ()
    )
    return LineChart(
        title="Learning-rate range test",
        description="Training loss while the learning rate grows step by step; it falls, flattens, then diverges.",
        x_label="learning rate (log scale)",
        y_label="loss",
        lines=(Line("", rate[usable], loss[usable]),),
        log_x=True,
        marks=marks,
    )


def _wide(values: np.ndarray) -> bool:
    return bool(values.size and values.min() > 0 and values.max() / values.min() > 30)


def _best_epoch(material: Material) -> int | None:
    loss, score = material.signal("val_loss"), material.signal("val_score")
    evaluation = material.validation or material.test
    if score is not None and evaluation is not None and np.isfinite(score).any():
        sign = 1.0 if metrics.higher_is_better(evaluation.headline) else -1.0
        return int(np.nanargmax(sign * score)) + 1
    return int(np.nanargmin(loss)) + 1 if loss is not None and np.isfinite(loss).any() else None


def _summary(material: Material) -> str:
    loss, initial = material.signal("loss"), material.signal("initial_loss")
    if loss is None:
        return ""
    epochs = ((material.program or {}).get("cost") or {}).get("epochs_run") or len(loss)
    best = _best_epoch(material) if len(loss) > 1 else None
    parts = [f"{written.number(float(epochs))} {'epoch' if epochs == 1 else 'epochs'}"]
    parts += [f"best after epoch {best}"] if best else []
    parts += (
        [f"loss of the untrained network {written.number(float(initial.ravel()[0]))}"] if initial is not None else []
    )
    parts += [f"training loss at the end {written.number(float(loss[-1]))}"]
    return "; ".join(parts) + "."
