"""A residual convolutional network for images, sized from measured throughput and the budget."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from vandap.core.dataset import IMAGES
from vandap.core.preprocess import Preprocess
from vandap.core.task import Task
from vandap.train.learner import Job
from vandap.train.network.learner import NetworkLearner, usual_augmentations
from vandap.train.network.plan import SLACK, Plan, look_steps

WIDTHS = (16, 24, 32, 48, 64)
MOST_EPOCHS = 60
_GROWTH = 1.6
"""Guess: the time of a step grows as the width to this power, between 1 (bound by memory) and 2 (by arithmetic). The
network is timed again after widening and the rate follows the clock, so an error here costs little."""


class ImageCnn(NetworkLearner):
    """A pre-activation ResNet with augmentation of the training batches, warm-up and cosine decay."""

    slug = "image-cnn"
    title = "neural network (residual CNN)"

    def fits(self, kind: str, task: Task) -> bool:
        """Images."""
        return kind == IMAGES

    def first_plan(self, job: Job) -> Plan:
        """The smallest width, and the usual augmentations.

        Cutout pays in long trainings only: in five minutes on 10,000 CIFAR-10 images it cost a point.
        """
        rows, regression = len(job.rows), job.dataset.task is Task.REGRESSION
        return Plan(
            batch_size=int(np.clip(2 ** round(math.log2(max(rows, 32) / 30)), 16, 64)),
            steps=1_000,
            chunk=25,
            learning_rate=5e-3,
            weight_decay=0.05,
            dropout=0.1,
            label_smoothing=0.0 if regression else 0.05,
            width=WIDTHS[0],
            depth=1,
            augment=usual_augmentations(job),
            monitor="loss" if regression else "score",
        )

    def build(self, preprocess: Preprocess, features: int, outputs: int, plan: Plan) -> Any:
        """See `NetworkLearner.build`."""
        from vandap.train.network.architectures import image_cnn

        return image_cnn(preprocess, outputs, plan)

    def propose(self, plan: Plan, step_seconds: float, budget: float, rows: int) -> Plan:
        """The widest network whose wanted epochs fit the budget; the clock, not the steps, ends the training."""
        epoch_steps = rows / plan.batch_size

        def pace(width: int) -> float:
            return step_seconds * (width / plan.width) ** _GROWTH

        wanted = wanted_epochs(rows) * epoch_steps
        affordable = [width for width in WIDTHS if pace(width) * wanted <= 0.85 * budget]
        width = max([plan.width, *affordable])
        affordable_steps = budget / pace(width)
        steps = max(10, int(min(SLACK * affordable_steps, MOST_EPOCHS * epoch_steps)))
        return replace(plan, width=width, steps=steps, chunk=look_steps(min(steps, affordable_steps)))


def wanted_epochs(rows: int) -> float:
    """Epochs after which widening pays more than a further epoch: many for small data, about 8 for 60,000 images."""
    return float(np.clip(500_000 / rows, 8, 40))
