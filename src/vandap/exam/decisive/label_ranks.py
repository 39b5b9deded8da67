"""At which rank of the model's answers do the labels of held-out examples stand?"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from vandap.core.signals import Series
from vandap.exam.decisive._answers import counted_examples
from vandap.exam.decisive._comparison import (
    FEWEST_STEPS,
    Arm,
    endless_batches,
    grouped,
    measured_pace,
    most_steps,
)
from vandap.exam.decisive._copies import same_inputs
from vandap.exam.decisive._divisions import divisions, within
from vandap.exam.decisive._ranks import FEWEST, ranks_signal
from vandap.exam.decisive._test import DecisiveTest, NotPossibleError, TooShortError
from vandap.exam.decisive._workbench import Workbench, workbench
from vandap.watch.kept import Batch, Kept

LOOKS = 4


class LabelRanks(DecisiveTest):
    """A short training from scratch on three quarters of the examples, asked about the others.

    Where these are few and the time allows it, every quarter is held out in turn.
    It is looked at four times on the way, and the time at which most labels are the model's answer counts: what
    networks learn first is what labels have in common (Arpit et al., 2017), before they learn wrong ones by heart.
    """

    cost = 1.5
    needs = ("initial_state", "targets", "examples")

    def run(self, kept: Kept, seconds: float, seed: int = 0) -> Series:
        """Train for as many steps as the time allows, and rank the labels of held-out examples."""
        started = time.monotonic()
        random = np.random.default_rng(seed)
        told = counted_examples(kept.model, kept.train)
        folds = divisions(kept, _each_once(told), random)
        train, held_out = folds[0]
        if held_out.examples < 2 * FEWEST:
            raise NotPossibleError(f"{held_out.examples} held-out examples are too few to look at ranks.")
        shuffle = kept.fit.shuffle is not False
        order = random.permutation(train.examples) if shuffle else np.arange(train.examples)
        with workbench(kept) as bench:
            classes, width = _classes(bench, told)
            bench.hasten_averages()
            fixed, pace = measured_pace(bench, Arm("all", train, held_out), order, retraced=False, seconds=seconds)
            left, most = seconds - (time.monotonic() - started) - fixed * LOOKS, most_steps(kept, train)
            steps = min(most, int(left / pace))
            if steps < min(FEWEST_STEPS, most):
                raise TooShortError(
                    f"{seconds:.0f} s do not suffice for {min(FEWEST_STEPS, most)} steps of {pace:.2g} s.",
                    needs=seconds - left + (min(FEWEST_STEPS, most) + 1) * pace,
                )
            scores, labels, seen = list[list[np.ndarray]](), list[np.ndarray](), list[Batch]()
            for train, held_out in within(folds, started + seconds):
                groups = grouped(held_out)
                batches = endless_batches(train, order, kept.batch_size, shuffle)
                scores.append([_scores(bench, groups)[:, classes] for _ in _trained(bench, batches, steps)])
                labels.append(np.searchsorted(classes, _numbers_of(groups, width)))
                seen.extend(groups)
        given = np.concatenate(labels)
        looks = [np.concatenate(look) for look in zip(*scores, strict=True)]
        best = max(looks, key=lambda look: int((look.argmax(axis=1) == given).sum()))
        also = {"steps": steps, "share": steps / max(kept.fit.steps, 1)}
        return ranks_signal(_inputs(seen), best, given, also)


def _each_once(data: Batch) -> Batch:
    """Leave out repeated inputs: a sample of passing batches may hold several passes, and held-out labels are known."""
    return data.take(np.unique(same_inputs(data)))


def _trained(bench: Workbench, batches: Iterator[Batch], steps: int) -> Iterator[int]:
    """Train from the user's first state, with the schedule compressed; stop at each time to look."""
    bench.reset()
    marks = {math.ceil(steps * (look + 1) / LOOKS) for look in range(LOOKS)}
    for step in range(steps):
        bench.follow_schedule(step, steps)
        if not math.isfinite(bench.step(next(batches))):
            raise NotPossibleError("The loss of the short training is not finite.")
        if step + 1 in marks:
            yield step + 1


def _scores(bench: Workbench, groups: list[Batch]) -> np.ndarray:
    """Answers in inference mode; probabilities as logarithms, so that their distances are those of logits."""
    scores = np.concatenate([np.asarray(bench.model.predict_on_batch(group.x)) for group in groups])
    scores = scores.astype(np.float64)
    if not np.isfinite(scores).all():
        raise NotPossibleError("The answers are not finite.")
    are_shares = scores.min() >= 0 and scores.max() <= 1
    if scores.shape[1] == 1:  # the score of a yes
        scores = np.concatenate([1 - scores if are_shares else np.zeros_like(scores), scores], axis=1)
    return np.log(np.maximum(scores, 1e-30)) if are_shares else scores


def _classes(bench: Workbench, data: Batch) -> tuple[np.ndarray, int]:
    """(classes that occur, scores of an answer).

    Raises:
        NotPossibleError: The targets are no classes of one output, or there is one class only.
    """
    answers = keras.tree.flatten(bench.model.predict_on_batch(data.take(slice(0, bench.kept.batch_size)).x))
    if len(answers) != 1 or answers[0].ndim != 2:
        raise NotPossibleError("The model does not answer with one row of scores an example.")
    width = max(int(answers[0].shape[-1]), 2)
    classes = np.unique(_numbers(data.y, width))
    if len(classes) < 2:
        raise NotPossibleError("There is one class only.")
    return classes, width


def _inputs(groups: list[Batch]) -> list[np.ndarray]:
    """Each input of all groups."""
    parts = zip(*(keras.tree.flatten(group.x) for group in groups), strict=True)
    return [np.concatenate([np.asarray(part) for part in own]) for own in parts]


def _numbers_of(groups: list[Batch], width: int) -> np.ndarray:
    return np.concatenate([_numbers(group.y, width) for group in groups])


def _numbers(targets: Any, width: int) -> np.ndarray:
    """The number of each example's class, from numbers or from rows with one 1."""
    flat = keras.tree.flatten(targets)
    values = np.asarray(flat[0], dtype=np.float64)
    if len(flat) == 1:
        if values.shape[1:] == (width,) and np.isin(values, (0, 1)).all() and (values.sum(axis=1) == 1).all():
            return values.argmax(axis=1)
        whole = values.size == len(values) and bool((values == np.round(values)).all())
        if whole and values.min() >= 0 and values.max() < width:
            return values.reshape(-1).astype(np.int64)
    raise NotPossibleError("The targets are not one class an example.")
