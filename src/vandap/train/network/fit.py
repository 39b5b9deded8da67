"""From a job and an architecture to a trained network: measure, plan, train in chunks, keep the best."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from vandap.core.light import light
from vandap.core.memory import give_back
from vandap.core.records import from_json
from vandap.core.rows import one_hot
from vandap.core.signals import Series
from vandap.core.store import read_json, write_json
from vandap.core.task import Task
from vandap.errors import UsageError
from vandap.train.learner import Job
from vandap.train.network.feed import Feed, balanced, category_offsets, encoded_rows, model_inputs
from vandap.train.network.fitted import NetworkFitted, fit_temperature, predict_logits
from vandap.train.network.plan import Plan, override
from vandap.train.network.range_test import choose_rate, range_test
from vandap.train.network.state import put_state, seeded, take_state

VALIDATION_ROWS = 4_000
"""Validation examples that each look reads; a seeded sample of larger sets."""
VALIDATION_BYTES, LEAST_VALIDATION_ROWS = 1 << 28, 500
"""Memory of these examples; of large images it is fewer, but enough to tell a look from another."""

Build = Callable[[Plan], Any]
Propose = Callable[[Plan, "Pace"], Plan]


@dataclass(frozen=True)
class Pace:
    """What was measured of a first build.

    Args:
        step_seconds: Seconds of one optimiser step.
        compile_seconds: Seconds of the first step above a later one.
        budget: Seconds left for the training proper.
    """

    step_seconds: float
    compile_seconds: float
    budget: float


class Fit:
    """One network fit.

    Args:
        job: What to fit.
        build: Makes the untrained model of a plan.
        start: A first plan, small enough to be measured quickly.
        propose: Turns the first plan and its measured pace into the plan to train.
    """

    def __init__(self, job: Job, build: Build, start: Plan, propose: Propose) -> None:
        self._job, self._build, self._start, self._propose = job, build, start, propose
        self._began = time.monotonic()
        self._encoder = job.preprocess.bind(job.dataset.columns)
        self._classes = len(job.dataset.classes)
        self._signals: dict[str, Series] = {}
        self._pace = Pace(math.nan, math.nan, job.budget)
        self._feed: Feed | None = None

    def run(self) -> NetworkFitted:
        """Train and return the best network."""
        with seeded(self._job.seed):
            model, plan = self._planned()
            give_back()  # what compiling took
            return self._train(model, plan)

    # -- plan ------------------------------------------------------------------------------------------------------

    def _planned(self) -> tuple[Any, Plan]:
        path = self._job.folder / "plan.json"
        if path.is_file():  # an earlier process was cut: its measurements stand
            saved = read_json(path)
            self._pace = from_json(Pace, saved["pace"])
            self._range_series(*(np.array(saved[name], np.float64) for name in ("rates", "losses")))
            return self._compiled(from_json(Plan, saved["plan"])), from_json(Plan, saved["plan"])
        frozen = self._job.settings.get("plan")
        if frozen:
            plan = from_json(Plan, frozen)
            self._pace = (
                from_json(Pace, self._job.settings.get("pace", {})) if "pace" in self._job.settings else self._pace
            )
            return self._compiled(plan), plan
        model, plan, rates, losses = self._measured()
        measured = {"plan": plan, "pace": self._pace, "rates": rates, "losses": losses}
        write_json(path, measured)
        return model, plan

    def _measured(self) -> tuple[Any, Plan, np.ndarray, np.ndarray]:
        settings = dict(self._job.settings)
        count = len(self._job.rows)
        plan = override(self._start, settings, count)
        model, self._pace = self._timed(plan)
        proposed = override(self._propose(plan, self._pace), settings, count)
        if _shape(proposed) != _shape(plan):
            del model  # two networks at once would take twice the memory
            model, self._pace = self._timed(proposed)
        plan = proposed
        rates = losses = np.zeros(0)
        if "learning_rate" not in settings:
            initial = take_state(model)
            steps = int(np.clip(0.08 * self._left() / self._pace.step_seconds, 20, 80))
            with closing(self._batches(plan)) as batches:
                rates, losses = range_test(model, batches, steps)
            put_state(model, initial)
            plan = replace(plan, learning_rate=choose_rate(rates, losses, self._start.learning_rate))
            self._range_series(rates, losses)
        return model, plan, rates, losses

    def _timed(self, plan: Plan) -> tuple[Any, Pace]:
        """Build, then time a first step (it compiles) and a few more; the state is put back."""
        model = self._compiled(plan)
        initial = take_state(model)
        with closing(self._batches(plan)) as batches:
            first = _seconds(lambda: model.fit(batches, steps_per_epoch=1, epochs=1, shuffle=False, verbose=0))
            trial = _seconds(lambda: model.fit(batches, steps_per_epoch=3, epochs=1, shuffle=False, verbose=0)) / 3
            more = int(np.clip(0.02 * self._job.budget / max(trial, 1e-4), 3, 50))
            step = _seconds(lambda: model.fit(batches, steps_per_epoch=more, epochs=1, shuffle=False, verbose=0)) / more
        put_state(model, initial)
        give_back()  # what compiling took
        return model, Pace(step, max(0.0, first - step), self._left())

    def _left(self) -> float:
        return max(1.0, self._job.budget - (time.monotonic() - self._began))

    def _range_series(self, rates: np.ndarray, losses: np.ndarray) -> None:
        if len(rates):
            self._signals["range_test"] = Series(np.stack([rates, losses], 1), {"quantity": ("rate", "loss")})

    # -- train -----------------------------------------------------------------------------------------------------

    def _train(self, model: Any, plan: Plan) -> NetworkFitted:
        from vandap.train.network.looks import Looks

        job, chunks = self._job, max(1, math.ceil(plan.steps / plan.chunk))
        validate = self._validate if len(job.validation) else None
        if validate:
            self._signals["initial_loss"] = Series(np.array(validate(model)[0]))
        initial = take_state(model)
        epochs_a_look = plan.chunk * plan.batch_size / len(job.rows)
        looks = Looks(plan, validate, job.folder, self._left(), epochs_a_look, job.progress)
        first, state = looks.resume()
        if state is not None:
            put_state(model, state)
        chunks = len(plan.rates) or chunks
        began = time.monotonic()
        with closing(self._batches(plan, first * plan.chunk)) as batches:
            model.fit(
                batches,
                steps_per_epoch=plan.chunk,
                epochs=chunks,
                initial_epoch=first,
                callbacks=[looks],
                shuffle=False,
                verbose=0,
            )
        seconds = time.monotonic() - began
        put_state(model, looks.best if looks.best is not None else initial)
        return self._finished(model, plan, looks, seconds, epochs_a_look)

    def _finished(self, model: Any, plan: Plan, looks: Any, seconds: float, epochs_a_look: float) -> NetworkFitted:
        from vandap.train.network.program import program

        history = looks.history.arrays()
        done = replace(plan, rates=tuple(history["rates"].tolist()))
        for name, signal in (("loss",) * 2, ("val_loss",) * 2, ("val_score",) * 2, ("rates", "learning_rate")):
            if name in ("loss", "rates") or len(self._job.validation):
                self._signals[signal] = Series(history[name])
        self._signals["epochs_seen"] = Series(epochs_a_look * np.arange(1, len(history["loss"]) + 1))
        fitted = NetworkFitted(
            model,
            self._job.preprocess,
            self._job.dataset.task,
            len(self._job.rows),
            asdict(done),
            self._signals,
            looks.reason,
            self._temperature(model),
        )
        iterations = len(history["loss"]) * plan.chunk
        fitted.program = program(model, done, len(self._job.rows), iterations, looks.spent or seconds, self._pace)
        return fitted

    @cached_property
    def _stop_set(self) -> tuple[Any, np.ndarray]:
        """Inputs and targets of the early-stopping rows, read once."""
        job = self._job
        rows, probe = job.validation, self._encoder(job.dataset.examples.take(job.validation[:1]))
        most = min(VALIDATION_ROWS, max(LEAST_VALIDATION_ROWS, VALIDATION_BYTES // max(1, probe.numbers.nbytes)))
        if len(rows) > most:
            rows = np.sort(np.random.default_rng((job.seed, 3)).choice(rows, most, replace=False))
        encoded = encoded_rows(job.dataset, rows, self._encoder)
        return model_inputs(encoded, category_offsets(job.preprocess)), self._targets(rows)

    def _validate(self, model: Any) -> tuple[float, float]:
        inputs, target = self._stop_set
        return _loss_and_score(predict_logits(model, inputs), target, self._job.dataset.task)

    def _temperature(self, model: Any) -> float:
        if not len(self._job.validation) or self._job.dataset.task is Task.REGRESSION:
            return 1.0
        inputs, target = self._stop_set
        return fit_temperature(predict_logits(model, inputs), target)

    # -- parts -----------------------------------------------------------------------------------------------------

    def _compiled(self, plan: Plan) -> Any:
        """Build and compile. Seeded anew each time: a build after a smaller one must draw what a first build draws."""
        import keras

        with light():
            keras.utils.set_random_seed(self._job.seed)
        model = self._build(plan)
        compile_network(model, plan, regression=self._job.dataset.task is Task.REGRESSION)
        return model

    def _batches(self, plan: Plan, start: int = 0) -> Generator[tuple[Any, np.ndarray], None, None]:
        """Batches of a plan, endlessly from a step.

        Raises:
            UsageError: The data have categories, and the plan mixes examples.
        """
        job = self._job
        if plan.mixup and job.preprocess.vocabularies:
            raise UsageError(
                "Categories cannot be mixed.",
                received=f"mixup={plan.mixup:g}",
                expected="data of numbers or images",
                hint="Leave the setting out.",
            )
        if self._feed is None:
            rows = balanced(job.rows, job.dataset.target[job.rows], job.seed) if plan.balance else job.rows
            self._feed = Feed(job.dataset, rows, self._encoder, self._targets, job.seed)
        return self._feed.batches(start, plan.batch_size, plan.augment, plan.mixup)

    def _targets(self, rows: np.ndarray) -> np.ndarray:
        target = self._job.dataset.target[rows]
        if self._job.dataset.task is Task.REGRESSION:
            spec = self._job.preprocess
            return ((target - spec.target_center) / spec.target_scale).astype(np.float32)[:, None]
        return one_hot(target, self._classes, np.float32)


def compile_network(model: Any, plan: Plan, *, regression: bool) -> None:
    """Compile with AdamW and the task's loss; biases and normalisation parameters are not decayed."""
    import keras

    loss: Any = keras.losses.MeanSquaredError()
    if not regression:
        loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=plan.label_smoothing)
    optimizer = keras.optimizers.AdamW(
        plan.learning_rate, weight_decay=plan.weight_decay, global_clipnorm=plan.clip_norm
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    model.compile(optimizer, loss)
    optimizer.build(model.trainable_variables)


def _shape(plan: Plan) -> tuple[object, ...]:
    return plan.width, plan.depth, plan.batch_size, plan.dropout, plan.label_smoothing, plan.weight_decay


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _loss_and_score(logits: np.ndarray, target: np.ndarray, task: Task) -> tuple[float, float]:
    if task is Task.REGRESSION:
        loss = float(np.mean((logits - target) ** 2))
        return loss, 1.0 - loss / max(float(np.var(target)), 1e-12)
    shifted = logits - logits.max(axis=1, keepdims=True)
    loss = float(np.mean(np.log(np.exp(shifted).sum(axis=1)) - (shifted * target).sum(axis=1)))
    return loss, float(np.mean(logits.argmax(axis=1) == target.argmax(axis=1)))
