"""A residual convolutional network for images, sized from measured throughput and the budget."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from vandap.core.dataset import IMAGES
from vandap.core.preprocess import Preprocess
from vandap.core.task import Task
from vandap.train.learner import Fitted, Job, Learner
from vandap.train.network.plan import Plan

WIDTHS = (16, 24, 32, 48, 64)
MOST_EPOCHS = 60
LOOKS = 40


class ImageCnn(Learner):
    """A pre-activation ResNet with augmentation of the training batches, warm-up and cosine decay."""

    slug = "image-cnn"
    title = "neural network (residual CNN)"
    order = 900
    simple = False

    def fits(self, kind: str, task: Task) -> bool:
        """Images."""
        return kind == IMAGES

    def fit(self, job: Job) -> Fitted:
        """See `Learner.fit`."""
        from vandap.train.network.architectures import image_cnn
        from vandap.train.network.fit import Fit, Pace

        outputs = max(1, len(job.dataset.classes))

        def build(plan: Plan) -> Any:
            return image_cnn(job.preprocess, outputs, plan)

        def propose(plan: Plan, pace: Pace) -> Plan:
            return sized(plan, pace.step_seconds, pace.budget, len(job.rows))

        return Fit(job, build, first_plan(job), propose).run()

    def load(self, folder: Path, preprocess: Preprocess, task: Task, classes: tuple[str, ...]) -> Fitted:
        """See `Learner.load`."""
        from vandap.train.network.fitted import load_network

        return load_network(folder, preprocess, task)


def first_plan(job: Job) -> Plan:
    """The smallest width; augmentations that keep the label: shifts for all, flips and cutout for colour photos."""
    rows, channels = len(job.rows), job.preprocess.shape[-1]
    regression = job.dataset.task is Task.REGRESSION
    return Plan(
        batch_size=int(np.clip(2 ** round(math.log2(max(rows, 32) / 30)), 16, 128)),
        steps=1_000,
        chunk=25,
        learning_rate=3e-3,
        weight_decay=0.05,
        dropout=0.1,
        label_smoothing=0.0 if regression else 0.05,
        width=WIDTHS[0],
        depth=1,
        augment=("shift", "flip", "cutout") if channels == 3 else ("shift",),
        monitor="loss" if regression else "score",
    )


def wanted_epochs(rows: int) -> float:
    """Epochs after which a further widening pays more than a further epoch: many for small data, about 8 for 60,000."""
    return float(np.clip(500_000 / rows, 8, 40))


def sized(plan: Plan, step_seconds: float, budget: float, rows: int) -> Plan:
    """Take the widest network whose wanted epochs fit the budget, then as many epochs as fit.

    The time of a step grows about as the width to the power 1.6 on a processor (measured in bench/width); the plan is
    timed again after widening, and the rate follows the clock, so an error here costs little.
    """
    chosen = WIDTHS[0]
    for width in WIDTHS:
        seconds = step_seconds * (width / plan.width) ** 1.6 * wanted_epochs(rows) * rows / plan.batch_size
        if seconds <= 0.85 * budget:
            chosen = width
    pace = step_seconds * (chosen / plan.width) ** 1.6
    steps = int(min(0.9 * budget / pace, MOST_EPOCHS * rows / plan.batch_size))
    steps = max(10, steps)
    return replace(plan, width=chosen, steps=steps, chunk=max(1, -(-steps // LOOKS)))
