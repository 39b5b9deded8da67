"""The course of the training: loss, learning rate, time, memory."""

from __future__ import annotations

import numpy as np

from vandap.report.charts.records import Level, Line, LineChart, Mark
from vandap.report.evidence.subject import Subject, is_wide
from vandap.report.material import Material
from vandap.report.watched import fact

_AGAINST = "against what needs no network, or a threshold"


def step_loss(subject: Subject) -> LineChart | None:
    """Loss at each recorded step, against that of the best constant answer; the first that is no number is marked."""
    loss = subject.material.signal("step_loss")
    if loss is None or loss.ndim != 1 or len(loss) < 3:
        return epoch_loss(subject)
    steps, broken = step_numbers(subject.material, len(loss)), ~np.isfinite(loss)
    marks = (Mark(float(steps[broken][0]), f"no number from step {steps[broken][0]:.0f}"),) if broken.any() else ()
    levels = (*subject.levels, *subject.cited("loss_trivial", "best constant answer"))
    return _losses((Line("", steps, loss),), "Loss by step", "step", levels, marks)


def epoch_loss(subject: Subject) -> LineChart | None:
    """Loss after each epoch, on training and on validation examples."""
    known = (("loss", "training"), ("val_loss", "validation"))
    lines = [
        Line(name, np.arange(1.0, len(values) + 1), values)
        for signal, name in known
        if (values := subject.material.signal(signal)) is not None and values.ndim == 1 and len(values) > 1
    ]
    levels = (*subject.levels, *subject.cited("loss_trivial", "best constant answer"))
    return _losses(tuple(lines), "Loss by epoch", "epoch", levels) if lines else None


def _losses(
    lines: tuple[Line, ...], title: str, x_label: str, levels: tuple[Level, ...], marks: tuple[Mark, ...] = ()
) -> LineChart | None:
    values = np.concatenate([line.y for line in lines])
    if not np.isfinite(values).any():
        return None
    wide = is_wide(values)
    return LineChart(
        title=title,
        description=f"Training loss, {_AGAINST}." if levels else "The lower, the better.",
        x_label=x_label,
        y_label="loss (log scale)" if wide else "loss",
        lines=lines,
        log_y=wide,
        whole_x=True,
        marks=marks,
        levels=levels,
    )


def learning_rate(subject: Subject) -> LineChart | None:
    """Learning rate at the end of each epoch."""
    rates = subject.material.signal("learning_rate")
    if rates is None or rates.ndim != 1 or len(rates) < 2:
        return None
    wide = is_wide(rates)
    line = Line("", np.arange(1.0, len(rates) + 1), rates)
    label = "learning rate (log scale)" if wide else "learning rate"
    return LineChart("Learning rate", "At the end of each epoch.", "epoch", label, (line,), log_y=wide, whole_x=True)


def step_times(material: Material) -> LineChart | None:
    """Wall clock of the recorded steps, and how much of it was waiting for data."""
    whole, wait = (fact(material, "step_times", name) for name in ("step", "wait"))
    if len(whole) < 3 or not (whole > 0).any():
        return None
    steps = step_numbers(material, len(whole))
    lines = [Line("whole step", steps, 1000 * whole)]
    lines += [Line("waiting for data", steps, 1000 * wait)] if (wait > 0).any() else []
    wide = is_wide(whole[whole > 0])
    return LineChart(
        title="Time of each step",
        description="The first steps include compilation.",
        x_label="step",
        y_label="milliseconds (log scale)" if wide else "milliseconds",
        lines=tuple(lines),
        log_y=wide,
        whole_x=True,
    )


def memory(material: Material) -> LineChart | None:
    """Memory of the process at each epoch's end."""
    used = material.signal("memory")
    if used is None or used.ndim != 1 or len(used) < 2 or not np.isfinite(used).any():
        return None
    line = Line("", np.arange(1.0, len(used) + 1), used / 1e6)
    return LineChart("Memory of the process", "At the end of each epoch.", "epoch", "MB", (line,), whole_x=True)


def step_numbers(material: Material, recorded: int) -> np.ndarray:
    """Return the numbers of the recorded steps, from 1; their places where the numbers were not stored."""
    numbers = material.signal("step_number")
    return numbers if numbers is not None and numbers.shape == (recorded,) else np.arange(1.0, recorded + 1)
