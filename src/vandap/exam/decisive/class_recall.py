"""How many examples of each class does the model find, and does it find more once classes weigh alike?"""

from __future__ import annotations

import time
from collections.abc import Sequence

import keras
import numpy as np

from vandap.core.signals import Series
from vandap.exam.decisive._answers import true_and_answered
from vandap.exam.decisive._comparison import (
    FEWEST_STEPS,
    MOST_STEPS,
    Arm,
    endless_batches,
    grouped,
    measured_pace,
)
from vandap.exam.decisive._divisions import divisions, within
from vandap.exam.decisive._test import DecisiveTest, NotPossibleError, TooShortError
from vandap.exam.decisive._workbench import Workbench, workbench
from vandap.watch.kept import Batch, Kept

FACTS = ("validation_rows", "validation_hits", "held_out_rows", "held_out_hits", "weighted_hits", "steps", "share")


class ClassRecall(DecisiveTest):
    """Trainings from scratch, as they were and with classes that weigh alike, asked about examples held out of them.

    Examples are held out in turn (cross-fitting), because a rare class has few. Beside them stands what the trained
    model itself finds among the validation examples.
    """

    cost = 3.0
    needs = ("initial_state", "targets", "examples")

    def run(self, kept: Kept, seconds: float, seed: int = 0) -> Series:
        """Count rows and hits of each class among the validation examples, and among held-out ones of both arms."""
        started = time.monotonic()
        random = np.random.default_rng(seed)
        folds = divisions(kept, kept.train, random)
        train, held_out = folds[0]
        shuffle = kept.fit.shuffle is not False
        order = random.permutation(train.examples) if shuffle else np.arange(train.examples)
        with workbench(kept) as bench:
            bench.as_trained()
            classes = np.unique(_codes(kept.train))
            validation = _hits(bench, grouped(kept.validation), classes) if kept.validation is not None else 0
            bench.hasten_averages()
            fixed, pace = measured_pace(bench, Arm("real", train, held_out), order, retraced=True, seconds=seconds)
            most = min(kept.fit.steps or MOST_STEPS, MOST_STEPS)  # fewer would neglect classes that the user's found
            left, fewest = seconds - (time.monotonic() - started) - 2 * fixed, min(FEWEST_STEPS, most)
            steps = min(most, int(left / 2 / pace))
            if steps < fewest:
                raise TooShortError(
                    f"{seconds:.0f} s do not suffice for two trainings of {fewest} steps, with {fixed:.2g} s for each "
                    f"and {pace:.2g} s for a step.",
                    needs=seconds - left + 2 * (fewest + 1) * pace,
                )
            real, weighted = np.zeros((2, 2, len(classes)))
            for train, held_out in within(folds, started + seconds):
                for data, counts in ((train, real), (balanced(train), weighted)):
                    _train(bench, data, order, steps)
                    counts += _hits(bench, grouped(held_out), classes)
        facts = np.zeros((len(FACTS), len(classes)))
        facts[:2], facts[2:4], facts[4] = validation, real, weighted[1]
        facts[5], facts[6] = steps, steps / max(kept.fit.steps, 1)
        return Series(facts.T, {"arm": tuple(f"{label:g}" for label in classes), "fact": FACTS})


def balanced(data: Batch) -> Batch:
    """The same examples, weighted so that every class has the same sum of weights."""
    codes = _codes(data)
    _, places, counts = np.unique(codes, return_inverse=True, return_counts=True)
    return Batch(data.x, data.y, (len(codes) / (len(counts) * counts[places])).astype(np.float32))


def _codes(data: Batch) -> np.ndarray:
    """The class of each example, from numbers or from rows with one 1."""
    targets = np.asarray(keras.tree.flatten(data.y)[0])
    rows = targets.reshape(len(targets), -1)
    return np.asarray(rows.argmax(axis=1) if rows.shape[1] > 1 else rows[:, 0])


def _train(bench: Workbench, data: Batch, order: np.ndarray, steps: int) -> None:
    """Train from the user's first state, with the schedule compressed."""
    bench.reset()
    batches = endless_batches(data, order, bench.kept.batch_size, bench.kept.fit.shuffle is not False)
    for step in range(steps):
        bench.follow_schedule(step, steps)
        bench.step(next(batches))


def _hits(bench: Workbench, groups: Sequence[Batch], classes: np.ndarray) -> np.ndarray:
    """Rows and hits of each class: (2, classes)."""
    true, answered = _answers(bench, groups)
    of_class = true == classes[:, None]
    return np.stack([of_class.sum(axis=1), (of_class & (answered == true)).sum(axis=1)])


def _answers(bench: Workbench, groups: Sequence[Batch]) -> tuple[np.ndarray, np.ndarray]:
    """(true, answered) classes of the examples.

    Raises:
        NotPossibleError: The model has several outputs, or its targets are no classes.
    """
    outputs = [keras.tree.flatten(bench.model.predict_on_batch(group.x)) for group in groups]
    targets = np.concatenate([np.asarray(keras.tree.flatten(group.y)[0]) for group in groups])
    answers = np.concatenate([np.asarray(parts[0]) for parts in outputs])
    pair = true_and_answered(targets, answers) if len(outputs[0]) == 1 and np.isfinite(answers).all() else None
    if pair is None or pair[0].shape != (len(targets),):
        raise NotPossibleError("The model does not answer with one class an example.")
    return pair
