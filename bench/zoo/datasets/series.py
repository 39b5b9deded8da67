"""Short series: what kind is it, and what comes next."""

from __future__ import annotations

import csv

import numpy as np
from zoo.records import Raw, user_data


def waves() -> Raw:
    """Sine, square and saw waves of 32 steps in noise, around 20."""
    generator = np.random.default_rng(21)
    target = generator.integers(0, 3, 1500)
    angle = np.arange(32) * generator.uniform(0.35, 0.6, (1500, 1)) + generator.uniform(0, 2 * np.pi, (1500, 1))
    sine = np.sin(angle)
    forms = np.stack([sine, np.sign(sine), (angle / np.pi) % 2 - 1])
    drawn = forms[target, np.arange(1500)] + 0.35 * generator.standard_normal((1500, 32))
    return Raw((20 + 5 * drawn[..., None]).astype("float32"), target, "series", "classes", 3)


def oscillator() -> Raw:
    """The next value of a damped, driven oscillation from the 16 before it."""
    generator = np.random.default_rng(22)
    values = np.zeros(2100)
    for step in range(2, len(values)):
        values[step] = 1.7 * values[step - 1] - 0.85 * values[step - 2] + 0.4 * generator.standard_normal()
    return _windows(10 * values, 16)


def jumps() -> Raw:
    """Two channels of 24 steps: does the first jump before the second?"""
    generator = np.random.default_rng(23)
    first, second = generator.integers(3, 21, (2, 1800))
    steps = np.arange(24)
    level = np.stack([steps >= first[:, None], steps >= second[:, None]], axis=2)
    values = 2.0 * level + 0.4 * generator.standard_normal((1800, 24, 2))
    return Raw(values.astype("float32"), (first < second).astype("int64"), "series", "binary", 2)


def cycles() -> Raw:
    """Three shapes of heart-beat-like pulses on 40 steps."""
    generator = np.random.default_rng(24)
    target = generator.integers(0, 3, 1500)
    steps, centre = np.arange(40), generator.uniform(10, 30, (1500, 1))
    offset = steps - centre
    pulse = np.stack(
        [np.exp(-((offset / 4) ** 2)), np.exp(-np.abs(offset) / 4), -offset * np.exp(-((offset / 4) ** 2)) / 2]
    )
    drawn = pulse[target, np.arange(1500)] + 0.18 * generator.standard_normal((1500, 40))
    return Raw(drawn[..., None].astype("float32"), target, "series", "classes", 3)


def temperatures() -> Raw:
    """Tomorrow's least temperature in Melbourne from the 14 days before."""
    with user_data("series", "daily-min-temperatures.csv").open(encoding="utf-8") as file:
        values = [float(line["Temp"].strip("?")) for line in csv.DictReader(file)]
    return _windows(np.array(values), 14)


def _windows(values: np.ndarray, length: int) -> Raw:
    rows = np.lib.stride_tricks.sliding_window_view(values, length + 1).astype("float32")
    return Raw(rows[:, :-1, None].copy(), rows[:, -1].copy(), "series", "numbers")


LOADERS = {
    "waves": ("development", waves),
    "oscillator": ("development", oscillator),
    "jumps": ("test", jumps),
    "cycles": ("test", cycles),
    "temperatures": ("test", temperatures),
}
