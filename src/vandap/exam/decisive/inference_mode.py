"""Does the trained model answer in inference mode as well as in training mode?"""

from __future__ import annotations

import time

import keras
import numpy as np

from vandap.core.signals import Series
from vandap.exam.decisive._comparison import paired_interval
from vandap.exam.decisive._test import DecisiveTest, NotPossibleError
from vandap.exam.decisive._workbench import workbench
from vandap.watch.kept import Batch, Kept

BATCHES, FEWEST_BATCHES = 16, 3


class InferenceMode(DecisiveTest):
    """The loss of the trained model on the same training batches in both modes.

    The training mode is the train step itself with SGD at a learning rate of zero: other optimisers go on with the
    steps before, or divide by the rate. Dropout makes it worse than inference; where
    inference is the worse, batch normalisation has learnt averages that do not fit the data.
    """

    cost = 0.5

    def run(self, kept: Kept, seconds: float, seed: int = 0) -> Series:
        """Test first, then pass the same batches through the train step, which changes no weight."""
        size = kept.batch_size
        rows = np.random.default_rng(seed).permutation(kept.train.examples)
        starts = range(0, min(len(rows) - size + 1, BATCHES * size), size)
        batches: list[Batch] = [kept.train.take(rows[start : start + size]) for start in starts]
        if len(batches) < FEWEST_BATCHES:
            raise NotPossibleError(f"{len(batches)} batches are too few to tell a gap from chance.")
        with workbench(kept) as bench:
            bench.as_trained()
            ended, losses = time.monotonic() + seconds / 4, list[float]()  # a step takes about three times a test
            while len(losses) < len(batches) and (len(losses) < FEWEST_BATCHES or time.monotonic() < ended):
                losses.append(bench.test(batches[len(losses)]))
            inference = np.array(losses)
            with bench.using(keras.optimizers.SGD(0.0)):
                train = np.array([bench.step(batch) for batch in batches[: len(losses)]])
        values = [
            (float(np.mean(train)), *paired_interval(train - train)),
            (float(np.mean(inference)), *paired_interval(inference - train)),
        ]
        return Series(np.array(values), {"arm": ("train", "inference"), "fact": ("loss", "difference", "low", "high")})
