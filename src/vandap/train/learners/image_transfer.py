"""Transfer learning: a pretrained, frozen backbone with a new head, when weights are at hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from vandap.core.dataset import IMAGES
from vandap.core.preprocess import Preprocess
from vandap.core.task import Task
from vandap.train.learner import Job
from vandap.train.network.learner import NetworkLearner, usual_augmentations
from vandap.train.network.plan import SLACK, Plan, look_steps

MOST_EPOCHS = 30


class ImageTransfer(NetworkLearner):
    """A backbone from `keras.applications` or a `.keras` file; only the new head is trained."""

    slug = "image-transfer"
    title = "neural network (transfer)"
    order = 910
    needs_weights = True

    def fits(self, kind: str, task: Task) -> bool:
        """Images."""
        return kind == IMAGES

    def first_plan(self, job: Job) -> Plan:
        """A small batch, because a backbone's activations are large."""
        return Plan(
            batch_size=32,
            steps=200,
            chunk=10,
            learning_rate=1e-3,
            weight_decay=0.01,
            dropout=0.2,
            augment=usual_augmentations(job),
            monitor="loss" if job.dataset.task is Task.REGRESSION else "score",
            weights=str(job.settings.get("weights") or job.settings["plan"]["weights"]),
        )

    def build(self, preprocess: Preprocess, features: int, outputs: int, plan: Plan) -> Any:
        """See `NetworkLearner.build`."""
        import keras
        from keras import layers

        from vandap.train.network.architectures import dropout
        from vandap.train.network.backbones import OWN, backbone, scaled

        height, width, channels = preprocess.shape
        body, scale = backbone(Path(plan.weights), height, width)
        body.trainable = False
        inputs = keras.Input((height, width, channels), name="images")
        x = layers.Concatenate(name="to_colour")([inputs] * 3) if channels == 1 else inputs
        side = body.input_shape[1:3]
        if None not in side and side != (height, width):
            x = layers.Resizing(*side, name="resize")(x)
        low, high = preprocess.pixel_range if scale != OWN else (0.0, 255.0)
        to_pixels = layers.Rescaling(255 / (high - low), offset=-255 * low / (high - low), name="to_pixels")
        x = body(scaled(to_pixels(x), scale), training=False)
        x = layers.GlobalAveragePooling2D(name="pool")(x) if len(x.shape) == 4 else x
        x = dropout(plan.dropout, "dropout")(x) if plan.dropout else x
        return keras.Model(inputs, layers.Dense(outputs, name="logits", dtype="float32")(x), name="image_transfer")

    def propose(self, plan: Plan, step_seconds: float, budget: float, rows: int) -> Plan:
        """As many epochs as fit, at most 30."""
        affordable = budget / step_seconds
        steps = max(10, int(min(SLACK * affordable, MOST_EPOCHS * rows / plan.batch_size)))
        return replace(plan, steps=steps, chunk=look_steps(min(steps, affordable)))
