"""What the machinery of watching itself costs a step: the processor's time around a step that computes nothing.

    KERAS_BACKEND=jax python -m bench.watch.machinery [--steps 4000] [--rounds 7]

The train function of a small network is replaced by one that takes its batch and hands out a ready loss; what is left
is what vandap does for each step between two probes: the clock, the batch's size, the loss that is kept and later read.
Printed are microseconds a step, the least of some rounds: of the first thousand steps, each of which is recorded, and
of later ones, of which few are.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from bench.watch.models import BATCH, data, made
from vandap.watch.step import StepWatch

_LATE = 50_000
_NEVER = 10**12
_LOSSES = 64


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    model, (inputs, targets) = made("mlp"), data("mlp", 10 * BATCH)
    watch = StepWatch(model, on_probe=lambda probe: None, on_step=lambda step: None)
    watch.attach()
    model.fit(inputs, targets, batch_size=BATCH, epochs=3, verbose=0)
    stepper = watch._stepper
    stepper.plain, arguments = idle((inputs[:BATCH], targets[:BATCH]))
    stepper.journal.due = _NEVER
    if keras.config.backend() == "jax":
        stepper._last = arguments[0]  # the state of the step before, from which no rate is read anew
    bare = least(lambda: stepper.plain(*arguments), options.steps, options.rounds)
    first = least(lambda: stepper(*arguments), 900, options.rounds, lambda: restart(stepper, 0))
    later = least(lambda: stepper(*arguments), options.steps, options.rounds, lambda: restart(stepper, _LATE))
    if stepper.journal.stopped:
        raise SystemExit(stepper.journal.reason)
    print(f"{keras.config.backend()}: {first - bare:.1f} us a recorded step, {later - bare:.1f} us a later one")


def restart(stepper: Any, step: int) -> None:
    """Let the watch believe that it has seen so many steps."""
    steps = stepper.journal.steps
    steps.flush()
    stepper.journal.step, steps.next = step, step


def least(step: Callable[[], Any], count: int, rounds: int, before: Callable[[], None] = lambda: None) -> float:
    """Microseconds of the processor a step, in the fastest round."""
    found = []
    for _ in range(rounds):
        before()
        start = time.process_time()
        for _ in range(count):
            step()
        found.append((time.process_time() - start) / count * 1e6)
    return min(found)


def idle(batch: tuple[np.ndarray, np.ndarray]) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """A train function of the back end's form that computes nothing, and what it is called with.

    Losses come from a ring of arrays: the copy that an array keeps of its number is made once, unlike in a training.
    """
    backend = keras.config.backend()
    losses = (keras.ops.convert_to_tensor(np.float32(number)) for number in itertools.count())
    ready = list(itertools.islice(losses, _LOSSES))
    turn = itertools.count()

    def logs() -> dict[str, Any]:
        return {"loss": ready[next(turn) % _LOSSES], "accuracy": ready[0]}

    if backend == "jax":

        def jax_step(state: Any, iterator: Any) -> Any:
            next(iterator)
            return logs(), state

        return jax_step, (object(), itertools.repeat(batch))
    if backend == "tensorflow":
        return lambda iterator: (next(iterator), logs())[1], (itertools.repeat(batch),)
    return lambda batches: logs(), ([tuple(keras.ops.convert_to_tensor(part) for part in batch)],)


if __name__ == "__main__":
    main()
