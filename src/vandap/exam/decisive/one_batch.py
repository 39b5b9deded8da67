"""Can the model learn one batch by heart?"""

from __future__ import annotations

import math
import time

import keras
import numpy as np

from vandap.core.signals import Series
from vandap.exam.decisive._answers import errors
from vandap.exam.decisive._quiet import quiet
from vandap.exam.decisive._test import DecisiveTest, NotPossibleError, TooShortError
from vandap.exam.decisive._workbench import Workbench, workbench
from vandap.watch.kept import Batch, Kept

EXAMPLES = 16
MOST_STEPS = 1000
LOOK = 50
LEARNT = 0.01
FLAT_LOOKS, FLAT = 6, 1e-4
"""Looks in which the loss fell by less than this share of itself, after which nothing more is to come of it."""
FACTS = ("first", "last", "steps", "errors")


class OneBatch(DecisiveTest):
    """Sixteen examples, up to a thousand steps, with dropout, augmentation, penalties and decay off.

    A sound model of any size learns them. The user's own optimiser is tried first; where it fails, Adam at its usual
    rate tells whether the model cannot learn or the optimiser does not let it (arm `adam`, NaN when not tried).
    """

    cost = 1.0
    needs = ("initial_state",)

    def run(self, kept: Kept, seconds: float, seed: int = 0) -> Series:
        """Train on the batch until it is known, the steps are made, or the time is over."""
        deadline = time.monotonic() + seconds
        batch = distinct(kept.train, EXAMPLES, np.random.default_rng(seed))
        with workbench(kept) as bench:
            bench.reset()
            with quiet(bench):
                bench.set_rate(float(bench.schedule.max()))
                model = _learn(bench, batch, time.monotonic() + seconds / 2)
            adam = (math.nan,) * len(FACTS)
            if not is_learnt(model):
                with bench.using(keras.optimizers.Adam(1e-3, name="decisive_adam")), quiet(bench):
                    bench.reset()
                    adam = _learn(bench, batch, deadline)
        return Series(np.array([model, adam]), {"arm": ("model", "adam"), "fact": FACTS})


def is_learnt(facts: tuple[float, ...]) -> bool:
    """Whether hardly an answer is wrong, or hardly any loss is left where answers cannot be counted."""
    first, last, _, wrong = facts
    return wrong <= LEARNT or (math.isnan(wrong) and abs(last) <= LEARNT * abs(first))


def distinct(data: Batch, count: int, random: np.random.Generator) -> Batch:
    """Some examples by chance, no two with the same input: copies with other labels could not be learnt.

    Raises:
        NotPossibleError: There are not two different inputs.
    """
    seen: dict[bytes, int] = {}
    for row in random.permutation(data.examples)[: 20 * count]:
        seen.setdefault(b"".join(item[row].tobytes() for item in keras.tree.flatten(data.x)), int(row))
        if len(seen) == count:
            break
    if len(seen) < 2:
        raise NotPossibleError("All inputs that were looked at are the same.")
    return data.take(np.array(sorted(seen.values())))


def _learn(bench: Workbench, batch: Batch, deadline: float) -> tuple[float, float, float, float]:
    """Train on one batch until it is known, the loss rests or the steps are made; return what `FACTS` names.

    Raises:
        TooShortError: The time was over before the model knew the batch or had made all steps.
    """
    first, loss, wrong, steps, looks = math.nan, math.nan, math.nan, 0, list[float]()
    while steps < MOST_STEPS:
        loss = bench.step(batch)
        steps += 1
        first = loss if steps == 1 else first
        if not math.isfinite(loss):
            return first, loss, float(steps), math.nan
        if steps % LOOK == 0:
            wrong = errors(bench.model, batch) if batch.y is not None else math.nan
            looks.append(loss)
            if is_learnt((first, loss, steps, wrong)) or _is_flat(looks):
                break
        if time.monotonic() > deadline:
            raise TooShortError(f"The time was over after {steps} steps on one batch.")
    return first, loss, float(steps), wrong


def _is_flat(looks: list[float]) -> bool:
    """Whether the loss has come to rest: without dropout and on one batch, it falls as long as there is a gradient."""
    recent = looks[-FLAT_LOOKS - 1 :]
    return len(recent) > FLAT_LOOKS and recent[0] - min(recent) < FLAT * abs(recent[0])
