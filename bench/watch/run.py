"""What watching costs a step of training, against bare `fit` and against Keras' TensorBoard callback with histograms.

    KERAS_BACKEND=jax python -m bench.watch.run [--models mlp,cnn,lstm,transformer] [--pairs 15] [--seconds 1.0]

For each model, three trained copies (bare, watched at the default rate, with TensorBoard) run short fits in turn, in an
order that changes, in one process. A pair's overhead is the watched fit's time over the bare one's next to it; printed
are the median over pairs and its 95 % interval from order statistics; "processor" is the same for processor time, which
other work on the machine disturbs less. Before that, the first fit of fresh models is
timed, compiling included: it is what a short run pays. Appends one JSON line a model to --out.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
from scipy.stats import binom

from bench.watch.models import BATCH, MODELS, data, made
from vandap.watch.step import StepWatch

_SHORT_EPOCHS = 3


class Arm:
    """One copy of a training, with what is attached to it."""

    def __init__(self, kind: str, name: str, rows: int, folder: str) -> None:
        self.model = made(name)
        self.inputs, self.targets = data(name, rows)
        self.watch = StepWatch(self.model, on_probe=lambda probe: None, on_step=lambda step: None)
        self.callbacks: list[Any] = []
        if kind == "watched":
            self.watch.attach()
        if kind == "tensorboard":
            self.callbacks = [keras.callbacks.TensorBoard(folder, histogram_freq=1)]

    def fit(self, epochs: int) -> tuple[float, float]:
        """Train; returns the wall clock and the processor's time that it took."""
        start, worked = time.perf_counter(), time.process_time()
        self.model.fit(
            self.inputs, self.targets, batch_size=BATCH, epochs=epochs, verbose=0, callbacks=list(self.callbacks)
        )
        return time.perf_counter() - start, time.process_time() - worked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--pairs", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=1.0, help="length of one fit")
    parser.add_argument("--steps", type=int, default=100, help="steps of an epoch")
    parser.add_argument("--settle", type=float, default=10.0, help="seconds trained before pairs are timed")
    parser.add_argument("--no-tensorboard", action="store_true")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    print(
        "| back end | model | ms a step | watched | 95 % | processor | probes | mode | TensorBoard "
        "| first fit | watched |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for name in options.models.split(","):
        row = measure(name, options)
        print(line(row), flush=True)
        if options.out:
            with options.out.open("a") as file:
                file.write(json.dumps(row) + "\n")


def measure(name: str, options: argparse.Namespace) -> dict[str, Any]:
    """Time one model."""
    with tempfile.TemporaryDirectory() as folder:
        kinds = ["bare", "watched"] + ([] if options.no_tensorboard else ["tensorboard"])
        arms = {kind: Arm(kind, name, options.steps * BATCH, folder) for kind in kinds}
        first = {kind: arm.fit(_SHORT_EPOCHS)[0] for kind, arm in arms.items()}
        seconds = arms["bare"].fit(1)[0]
        epochs = max(1, round(options.seconds / seconds))
        arms["watched"].fit(max(1, round(options.settle / seconds)))
        watch = arms["watched"].watch
        probes, times = watch.probes, interleaved({kind: arm.fit for kind, arm in arms.items()}, epochs, options.pairs)
    wall, worked = ratios(times, 0), ratios(times, 1)
    return {
        "backend": keras.config.backend(),
        "model": name,
        "step_ms": 1000 * statistics.median(time for time, _ in times["bare"]) / (epochs * options.steps),
        "overhead": statistics.median(wall["watched"]) - 1,
        "interval": [bound - 1 for bound in median_interval(wall["watched"])],
        "processor": statistics.median(worked["watched"]) - 1,
        "processor_interval": [bound - 1 for bound in median_interval(worked["watched"])],
        "tensorboard": statistics.median(wall.get("tensorboard", [float("nan")])) - 1,
        "probes": watch.probes - probes,
        "steps": epochs * options.steps * options.pairs,
        "mode": watch.mode,
        "reason": watch.reason,
        "own_account": watch.overhead,
        "first_fit": first["bare"],
        "first_fit_watched": first["watched"],
        "cores": os.cpu_count(),
    }


def interleaved(
    fits: dict[str, Callable[[int], tuple[float, float]]], epochs: int, pairs: int
) -> dict[str, list[tuple[float, float]]]:
    """Times of each kind's fits, run in turn in a changing order."""
    times: dict[str, list[tuple[float, float]]] = {kind: [] for kind in fits}
    shuffler = random.Random(0)
    for _ in range(pairs):
        for kind in shuffler.sample(list(fits), len(fits)):
            times[kind].append(fits[kind](epochs))
    return times


def ratios(times: dict[str, list[tuple[float, float]]], clock: int) -> dict[str, list[float]]:
    """Each kind's time over the bare one's of the same round."""
    return {
        kind: [own[clock] / bare[clock] for own, bare in zip(taken, times["bare"], strict=True)]
        for kind, taken in times.items()
    }


def median_interval(values: list[float]) -> tuple[float, float]:
    """A distribution-free 95 % interval of the median."""
    ordered = sorted(values)
    skip = max(int(binom.ppf(0.025, len(ordered), 0.5)) - 1, 0)
    return ordered[skip], ordered[-1 - skip]


def line(row: dict[str, Any]) -> str:
    """One line of the table."""
    low, high = row["interval"]
    return (
        f"| {row['backend']} | {row['model']} | {row['step_ms']:.2f} | {row['overhead']:+.1%} "
        f"| {low:+.1%} to {high:+.1%} | {row['processor']:+.1%} | {row['probes']} in {row['steps']} | {row['mode']} "
        f"| {row['tensorboard']:+.1%} | {row['first_fit']:.1f} s | {row['first_fit_watched']:.1f} s |"
    )


if __name__ == "__main__":
    main()
