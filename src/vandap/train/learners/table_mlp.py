"""A residual multi-layer perceptron for tables and flat arrays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from vandap.core.dataset import ARRAY, TABLE
from vandap.core.preprocess import Preprocess
from vandap.core.task import Task
from vandap.train.learner import Job
from vandap.train.network.learner import NetworkLearner
from vandap.train.network.plan import SLACK, Plan, look_steps

MOST_EPOCHS = 200
LEAST_STEPS = 1_500


class TableMlp(NetworkLearner):
    """Normalised numbers, embedded categories and missing indicators into residual blocks, trained with AdamW."""

    slug = "table-mlp"
    title = "neural network (residual MLP)"

    def fits(self, kind: str, task: Task) -> bool:
        """Tables and arrays."""
        return kind in (TABLE, ARRAY)

    def first_plan(self, job: Job) -> Plan:
        """Batch, width and regularisation by the number of training rows."""
        rows = len(job.rows)
        return Plan(
            batch_size=int(np.clip(2 ** round(np.log2(max(rows, 32) / 16)), 32, 512)),
            steps=LEAST_STEPS,
            chunk=look_steps(LEAST_STEPS),
            learning_rate=1e-3,
            weight_decay=0.05,
            dropout=0.2,
            width=128 if rows < 2_000 else 256,
            depth=2,
            patience=12,
        )

    def build(self, preprocess: Preprocess, features: int, outputs: int, plan: Plan) -> Any:
        """See `NetworkLearner.build`."""
        from vandap.train.network.architectures import table_mlp

        return table_mlp(preprocess, features, outputs, plan)

    def propose(self, plan: Plan, step_seconds: float, budget: float, rows: int) -> Plan:
        """At most 200 epochs; the clock or early stopping ends sooner."""
        affordable = budget / step_seconds
        wanted = max(LEAST_STEPS, MOST_EPOCHS * rows / plan.batch_size)
        steps = max(10, int(min(SLACK * affordable, wanted)))
        return replace(plan, steps=steps, chunk=look_steps(min(steps, affordable)))
