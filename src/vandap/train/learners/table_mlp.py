"""A residual multi-layer perceptron for tables and flat arrays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from vandap.core.dataset import ARRAY, TABLE
from vandap.core.preprocess import Preprocess
from vandap.core.task import Task
from vandap.train.learner import Fitted, Job, Learner
from vandap.train.network.plan import Plan

MOST_EPOCHS = 200
LEAST_STEPS = 1_500
LOOKS = 40


class TableMlp(Learner):
    """Normalised numbers, embedded categories and missing indicators into residual blocks, trained with AdamW."""

    slug = "table-mlp"
    title = "neural network (residual MLP)"
    order = 900
    simple = False

    def fits(self, kind: str, task: Task) -> bool:
        """Tables and arrays."""
        return kind in (TABLE, ARRAY)

    def fit(self, job: Job) -> Fitted:
        """See `Learner.fit`."""
        from vandap.train.network.architectures import table_mlp
        from vandap.train.network.fit import Fit, Pace

        features = _features(job)
        outputs = max(1, len(job.dataset.classes))

        def build(plan: Plan) -> Any:
            return table_mlp(job.preprocess, features, outputs, plan)

        def propose(plan: Plan, pace: Pace) -> Plan:
            affordable = int(0.85 * pace.budget / pace.step_seconds)
            wanted = max(LEAST_STEPS, MOST_EPOCHS * len(job.rows) // plan.batch_size)
            steps = max(10, min(affordable, wanted))
            return replace(plan, steps=steps, chunk=max(1, -(-steps // LOOKS)))

        return Fit(job, build, first_plan(len(job.rows)), propose).run()

    def load(self, folder: Path, preprocess: Preprocess, task: Task, classes: tuple[str, ...]) -> Fitted:
        """See `Learner.load`."""
        from vandap.train.network.fitted import load_network

        return load_network(folder, preprocess, task)


def first_plan(rows: int) -> Plan:
    """Batch, width and regularisation by the number of training rows."""
    batch = int(np.clip(2 ** round(np.log2(max(rows, 32) / 16)), 16, 512))
    width = 128 if rows < 2_000 else 256
    return Plan(
        batch_size=batch,
        steps=LEAST_STEPS,
        chunk=LEAST_STEPS // LOOKS,
        learning_rate=1e-3,
        weight_decay=0.05,
        dropout=0.2,
        width=width,
        depth=2,
        patience=12,
    )


def _features(job: Job) -> int:
    probe = job.preprocess.bind(job.dataset.columns)(job.dataset.examples.take(job.rows[:1]))
    return probe.numbers.shape[1]
