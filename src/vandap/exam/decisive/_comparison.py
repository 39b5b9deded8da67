"""Short trainings from the same first state, equal steps, compared on examples held out of all of them.

The protocol: every arm starts from the user's own first state, sees the same batches in the same order, and is tested
on the same held-out groups of examples, so that the difference of two arms is paired. The learning rate follows the
user's schedule, compressed to the short training. Where few examples can be held out, and the time allows it, the
arms are trained anew on up to four divisions of the examples, so that each is held out once (cross-fitting): the
interval is over all of them. Where the user validates, every arm is asked about those examples, too: examples that are
held out of the training part may be too like the others, and an arm that learns by heart would win on them. What is
said to be better must be so on both (an intersection-union test: Berger, 1982). Intervals are over examples, not over
seeds: thresholds that judge them are measured on healthy trainings (`bench/decisive`).
"""

from __future__ import annotations

import math
import time
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from typing import ClassVar

import keras
import numpy as np
from scipy import stats

from vandap.core.signals import Series
from vandap.exam.decisive._divisions import LARGEST_HELD_OUT, by_blocks, divisions, within
from vandap.exam.decisive._test import DecisiveTest, NotPossibleError, TooShortError
from vandap.exam.decisive._workbench import Workbench, workbench
from vandap.watch.kept import Batch, Kept

FACTS = ("train", "held_out", "difference", "low", "high", "steps", "share")
VALIDATED = ("validation", "validation_high")
"""Further facts where the user validates."""
FEWEST_STEPS = 30
MOST_STEPS = 1000
FEWEST_PASSES = 3
GROUPS = 32
FEWEST_VALIDATION = 16
"""Validation examples below which they are not asked."""
WORST = 10
"""Multiple of the untrained loss at which a held-out loss is cut, lest one example of a diverged arm decide."""


@dataclass(frozen=True)
class Arm:
    """One way to train.

    Args:
        name: Label in the signal.
        train: Examples to train on.
        held_out: Examples to be tested on.
        rate: Factor on the learning rate.
        unit: Factor that puts this arm's losses into the unit of the reference arm's.
        length: Factor on the number of steps.
        change: What is changed about the model while it is trained, and put back after it.
        validation: The user's own validation examples as this arm takes them; None where there are none.
    """

    name: str
    train: Batch
    held_out: Batch
    rate: float = 1.0
    unit: float = 1.0
    length: float = 1.0
    change: Callable[[Workbench], AbstractContextManager[object]] = nullcontext
    validation: Batch | None = None

    @property
    def groups(self) -> list[Batch]:
        """Held-out examples in groups, then the validation examples in groups of their own."""
        return grouped(self.held_out) + (grouped(self.validation) if self.validation is not None else [])


@dataclass(frozen=True)
class Trained:
    """How one arm ended.

    Args:
        train: Mean loss of the last quarter of its steps; NaN when a loss was not finite.
        held_out: Loss of each held-out group, of all divisions: (groups,).
        validation: Loss of each group of validation examples, the mean over divisions: (groups,); empty without.
    """

    train: float
    held_out: np.ndarray
    validation: np.ndarray = field(default_factory=lambda: np.zeros(0))


class Comparison(DecisiveTest):
    """A test that trains several arms; the first arm is the reference.

    Attributes:
        retraced: Whether arms differ in what Keras traces, so that each is compiled anew.
        takes_best: Whether the best of several arms is taken: then the intervals hold for all of them together.
        validates: Whether an arm that wins must win on the user's validation examples, too.
    """

    needs: ClassVar[tuple[str, ...]] = ("initial_state", "examples")
    retraced: ClassVar[bool] = False
    takes_best: ClassVar[bool] = False
    validates: ClassVar[bool] = True

    @abstractmethod
    def arms(self, kept: Kept, train: Batch, held_out: Batch, random: np.random.Generator) -> Sequence[Arm]:
        """The arms, the reference first."""

    @contextmanager
    def benches(self, bench: Workbench, seed: int) -> Iterator[Mapping[str, Workbench]]:
        """Benches of the arms that train another model than the user's, by the arms' names; by default there is none.

        Args:
            bench: The user's model.
            seed: Decides what new layers draw.
        """
        yield {}

    def run(self, kept: Kept, seconds: float, seed: int = 0) -> Series:
        """Train every arm for as many steps as the time allows, and compare them on held-out examples."""
        started = time.monotonic()
        random = np.random.default_rng(seed)
        folds = divisions(kept, kept.train, random)
        train = folds[0][0]
        with workbench(kept) as own, self.benches(own, seed) as others:
            arms = self._arms(kept, *folds[0], random)
            order = random.permutation(train.examples) if kept.fit.shuffle is not False else np.arange(train.examples)
            benches = [others.get(arm.name, own) for arm in arms]
            for bench in benches:
                bench.hasten_averages()
            most = most_steps(kept, train)
            fixed, pace = measured_pace(benches[0], arms[0], order, self.retraced, seconds)
            left = seconds - (time.monotonic() - started) - fixed * (1 + len(arms))  # one is tested untrained, too
            all_paces, fewest = sum(arm.length for arm in arms) * pace, min(FEWEST_STEPS, most)
            steps = min(most, int(left / all_paces))
            if steps < fewest:
                raise TooShortError(
                    f"{seconds:.0f} s do not suffice for {len(arms)} trainings of {fewest} steps, "
                    f"with {fixed:.2g} s for each and {pace:.2g} s for a step.",
                    needs=seconds - left + (fewest + 1) * all_paces,
                )
            untrained = _untrained(benches[0], arms[0])
            trained: list[list[Trained]] = []
            for train, held_out in within(folds, started + seconds):
                arms = self._arms(kept, train, held_out, random) if trained else arms
                trained.append(
                    [
                        _trained(bench, arm, order, round(arm.length * steps), untrained)
                        for bench, arm in zip(benches, arms, strict=True)
                    ]
                )
        together = [_together(ended) for ended in zip(*trained, strict=True)]
        looks = len(arms) - 1 if self.takes_best else 1
        return compared(arms, together, untrained, steps, steps / max(kept.fit.steps, 1), looks)

    def _arms(self, kept: Kept, train: Batch, held_out: Batch, random: np.random.Generator) -> Sequence[Arm]:
        """The arms with the user's validation examples, changed as the held-out ones are."""
        arms = self.arms(kept, train, held_out, random)
        given = validation(kept) if self.validates else None
        if given is None:
            return arms
        try:
            others = self.arms(kept, train, given, np.random.default_rng(0))
        except NotPossibleError:
            return arms
        return [replace(arm, validation=other.held_out) for arm, other in zip(arms, others, strict=True)]


def validation(kept: Kept) -> Batch | None:
    """The user's validation examples, thinned where they are many; None without, and where they are few or unlike."""
    given = kept.validation
    if given is None or given.examples < FEWEST_VALIDATION or _arrays(given) != _arrays(kept.train):
        return None
    rows = np.linspace(0, given.examples - 1, min(given.examples, LARGEST_HELD_OUT))
    return given.take(rows.round().astype(int))


def _arrays(data: Batch) -> list[int]:
    """How many arrays the inputs are, and the targets."""
    return [len(keras.tree.flatten(part)) if part is not None else 0 for part in (data.x, data.y)]


def grouped(data: Batch) -> list[Batch]:
    """Equal groups of examples: as many as the interval wants, each of one size so that Keras compiles once."""
    size = max(1, data.examples // GROUPS)
    return [data.take(slice(start, start + size)) for start in range(0, data.examples - size + 1, size)]


def endless_batches(data: Batch, order: np.ndarray, size: int, shuffle: bool) -> Iterator[Batch]:
    """Batches without end, pass after pass; a passing seed gives each pass its own order, the same for every arm."""
    size = min(size, data.examples)
    passes = 0
    while True:
        rows = np.random.default_rng(passes).permutation(order) if shuffle and passes else order
        for start in range(0, len(rows) - size + 1, size):
            yield data.take(rows[start : start + size])
        passes += 1


def _untrained(bench: Workbench, arm: Arm) -> float:
    bench.reset()
    loss = float(np.mean(bench.losses(grouped(arm.held_out))))
    if not math.isfinite(loss):
        raise NotPossibleError("The loss is not finite before any training.")
    return loss


def most_steps(kept: Kept, train: Batch) -> int:
    """As many as the user's training made, and not many more passes over the kept sample than over the whole data."""
    a_pass = max(1, train.examples // kept.batch_size)
    passes = max(kept.fit.epochs_run, FEWEST_PASSES)
    return min(kept.fit.steps or MOST_STEPS, passes * a_pass, MOST_STEPS)


def measured_pace(bench: Workbench, arm: Arm, order: np.ndarray, retraced: bool, seconds: float) -> tuple[float, float]:
    """Measure (seconds that an arm takes beside its steps, seconds of a step), on two to five steps.

    Args:
        bench: The model.
        arm: What it is trained and tested on.
        order: Of its training examples: (n,).
        retraced: Whether Keras traces the model anew for each arm.
        seconds: Of the whole test; a part of them makes more steps than two.
    """
    batches = endless_batches(arm.train, order, bench.kept.batch_size, shuffle=False)
    groups = arm.groups
    bench.reset()
    bench.set_rate(bench.schedule[0])
    steps = [_seconds(lambda: bench.step(next(batches))) for _ in range(2)]
    ended = time.monotonic() + seconds / 20
    while len(steps) < 5 and time.monotonic() < ended:
        steps.append(_seconds(lambda: bench.step(next(batches))))
    # the two kinds of groups have two sizes, of which each may be compiled once
    tests = [_seconds(partial(bench.test, group)) for group in 2 * (groups[0], groups[-1])]
    step, test = max(float(np.median(steps[1:])), 1e-5), float(np.mean(tests[2:]))
    compiling = max(steps[0] - step, 0.0) + test
    traced = retraced and keras.backend.backend() != "torch"  # which compiles nothing
    return test * len(groups) + 2 * compiling * traced, step


def _seconds(action: Callable[[], object]) -> float:
    started = time.monotonic()
    action()
    return time.monotonic() - started


def _trained(bench: Workbench, arm: Arm, order: np.ndarray, steps: int, untrained: float) -> Trained:
    bench.reset()
    batches = endless_batches(arm.train, order, bench.kept.batch_size, bench.kept.fit.shuffle is not False)
    losses = []
    with arm.change(bench):
        for step in range(steps):
            bench.follow_schedule(step, steps, arm.rate)
            losses.append(bench.step(next(batches)))
            if not math.isfinite(losses[-1]):
                break
    finite = bool(np.isfinite(losses[-1]))
    groups = arm.groups
    tested = bench.losses(groups) if finite else np.full(len(groups), np.nan)
    tested = np.where(np.isfinite(tested), arm.unit * tested, untrained)
    last = losses[-max(1, steps // 4) :]
    train = arm.unit * float(np.mean(last)) if finite else math.nan
    held_out, asked = np.split(tested, [len(grouped(arm.held_out))])
    return Trained(train, by_blocks(bench.kept, held_out), by_blocks(bench.kept, asked))


def _together(folds: Sequence[Trained]) -> Trained:
    """One arm over all divisions; a loss that was not finite in one of them is none.

    Validation examples are the same in all divisions, but for a few that one of them leaves out as too far from all
    others: then it may have a group less.
    """
    groups = min(len(fold.validation) for fold in folds)
    return Trained(
        float(np.mean([fold.train for fold in folds])),
        np.concatenate([fold.held_out for fold in folds]),
        np.mean([fold.validation[:groups] for fold in folds], axis=0),
    )


def compared(
    arms: Sequence[Arm], trained: Sequence[Trained], untrained: float, steps: int, share: float, looks: int = 1
) -> Series:
    """The signal of a comparison.

    Args:
        arms: The arms, the reference first.
        trained: How each ended.
        untrained: Loss before any training, by which single groups are bounded.
        steps: Steps of the reference.
        share: These as a share of those of the main fit.
        looks: Arms of which the best is taken; the level of each interval is raised by Bonferroni's correction.
    """
    worst = WORST * max(abs(untrained), 1e-12)
    validated = bool(trained[0].validation.size)
    rows = []
    for arm, ended in zip(arms, trained, strict=True):
        pairs = (ended.held_out, trained[0].held_out), (ended.validation, trained[0].validation)
        differences = [np.minimum(own, worst) - np.minimum(reference, worst) for own, reference in pairs]
        row = [ended.train, np.mean(ended.held_out), *paired_interval(differences[0], looks)]
        row += [arm.length * steps, arm.length * share]
        rows.append([*row, np.mean(ended.validation), paired_interval(differences[1], looks)[2]] if validated else row)
    facts = (*FACTS, *VALIDATED) if validated else FACTS
    return Series(np.array(rows, dtype=np.float64), {"arm": tuple(arm.name for arm in arms), "fact": facts})


def paired_interval(differences: np.ndarray, looks: int = 1) -> tuple[float, float, float]:
    """Mean of paired differences and its 95 % interval (Student's t).

    Args:
        differences: Of independent groups: (groups,).
        looks: Intervals that are looked at together; the level of each is raised by Bonferroni's correction.
    """
    mean, count = float(np.mean(differences)), len(differences)
    error = float(np.std(differences, ddof=1)) / math.sqrt(count) if count > 1 else math.inf
    half = float(stats.t.ppf(1 - 0.025 / looks, max(count - 1, 1))) * error
    return mean, mean - half, mean + half
