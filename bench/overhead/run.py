"""vandap's fit beside a bare `model.fit` of the same recipe: same model, plan, data in memory, validation at each look.

    python -m bench.overhead.run [--pairs 5] [--case table|image] > bench/overhead/RESULTS.md

Both arms start from a built, compiled and warmed-up model, so that compilation, which is the same, is left out.
Pairs are interleaved; the figure is the median of the ratios.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np


def main() -> None:
    """Measure each case and print Markdown."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--case", choices=("table", "image"), help="only this one")
    options = parser.parse_args()
    pairs = options.pairs
    import keras

    print(f"# vandap's machinery over a bare fit ({keras.backend.backend()})\n")
    print(f"`python -m bench.overhead.run --pairs {pairs}`; ratio of wall clock, interleaved pairs.\n")
    print("| case | steps | bare, ms a step | ratio, median | ratios |")
    print("|---|---|---|---|---|")
    for name, make in {"table MLP, 20,480 x 30": table_case, "image CNN, 6,400 x 28 x 28 x 1": image_case}.items():
        if options.case and not name.startswith(options.case):
            continue
        job, learner, plan = make()
        ratios, bare = [], []
        for _ in range(pairs + 1):
            ours, theirs = vandap_seconds(job, learner, plan), bare_seconds(job, learner, plan)
            ratios.append(ours / theirs)
            bare.append(theirs)
        shown = ", ".join(f"{ratio:.3f}" for ratio in ratios[1:])
        step = 1000 * median(bare[1:]) / plan.steps
        print(f"| {name} | {plan.steps} | {step:.2f} | {median(ratios[1:]):.3f} | {shown} |", flush=True)


def table_case() -> tuple[Any, Any, Any]:
    """A table MLP with the plan that its learner proposes."""
    from vandap.train.learners.table_mlp import TableMlp

    generator = np.random.default_rng(0)
    values = generator.normal(size=(24_576, 30)).astype(np.float32)  # 40 whole batches of 512 to train on
    return _case(values, "array", TableMlp(), steps=1600, chunk=40)


def image_case() -> tuple[Any, Any, Any]:
    """An image CNN without augmentation, which a bare fit would not do in the same way."""
    from vandap.train.learners.image_cnn import ImageCnn

    generator = np.random.default_rng(0)
    values = generator.integers(0, 255, (7_680, 28, 28, 1)).astype(np.uint8)  # 100 whole batches of 64
    return _case(values, "images", ImageCnn(), steps=150, chunk=30)


def _case(values: np.ndarray, kind: str, learner: Any, steps: int, chunk: int) -> tuple[Any, Any, Any]:
    from dataclasses import replace

    from tests.made_dataset import MadeExamples
    from vandap.core.dataset import Dataset, Split
    from vandap.core.task import Task
    from vandap.train.learner import Job
    from vandap.train.preprocess import fit_preprocess

    count = len(values)
    target = np.random.default_rng(1).integers(0, 10, count).astype(np.int32)
    cut = int(count / 1.2)
    split = Split(np.arange(cut), np.arange(cut, count), np.zeros(0, np.int64))
    classes = tuple(str(code) for code in range(10))
    dataset = Dataset("bench", "bench", Task.MULTICLASS, MadeExamples(values, kind), target, classes, (), split, "0")
    preprocess = fit_preprocess(dataset, split.train, 0)
    job = Job(dataset, split.train, split.validation, preprocess, 0, 600.0, 2, Path(), settings={})
    plan = replace(
        learner.first_plan(job), steps=steps, chunk=chunk, augment=(), patience=0, rates=(1e-3,) * (steps // chunk)
    )
    return job, learner, plan


def vandap_seconds(job: Any, learner: Any, plan: Any) -> float:
    """Seconds of vandap's training proper, checkpoints and looks included."""
    from dataclasses import asdict, replace

    from vandap.train.network import fit as module

    spent: list[float] = []
    original = module.Fit._train

    def timed(self: Any, model: Any, given: Any) -> Any:
        _warm(model, job, plan)
        start = time.perf_counter()
        try:
            return original(self, model, given)
        finally:
            spent.append(time.perf_counter() - start)

    module.Fit._train = timed  # type: ignore[method-assign]
    try:
        with tempfile.TemporaryDirectory() as folder:
            learner.fit(replace(job, folder=Path(folder), settings={"plan": asdict(plan)}))
    finally:
        module.Fit._train = original  # type: ignore[method-assign]
    return spent[0]


def bare_seconds(job: Any, learner: Any, plan: Any) -> float:
    """Seconds of plain `model.fit` with arrays, as its documentation shows it."""
    from vandap.train.network.fit import compile_network
    from vandap.train.network.learner import inputs_and_outputs

    features, outputs = inputs_and_outputs(job)
    model = learner.build(job.preprocess, features, outputs, plan)
    compile_network(model, plan, regression=False)
    x, y, validation = _arrays(job)
    _warm(model, job, plan)
    start = time.perf_counter()
    done = 0
    while done < plan.steps:
        steps = min(plan.chunk, plan.steps - done)
        model.fit(x, y, batch_size=plan.batch_size, steps_per_epoch=steps, epochs=1, verbose=0)
        model.evaluate(*validation, batch_size=256, verbose=0)
        done += steps
    return time.perf_counter() - start


def _arrays(job: Any) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray]]:
    encoder, dataset = job.preprocess.bind(()), job.dataset
    parts = []
    for rows in (job.rows, job.validation):
        parts.append((encoder(dataset.examples.take(rows)).numbers, np.eye(10, dtype=np.float32)[dataset.target[rows]]))
    return parts[0][0], parts[0][1], parts[1]


def _warm(model: Any, job: Any, plan: Any) -> None:
    x, y, validation = _arrays(job)
    model.fit(x[: 2 * plan.batch_size], y[: 2 * plan.batch_size], batch_size=plan.batch_size, epochs=1, verbose=0)
    model.evaluate(validation[0], validation[1], batch_size=256, verbose=0)
    model.predict_on_batch(validation[0][:256])


if __name__ == "__main__":
    main()
