"""Custom warm-up. The first epoch looks great, then it gets worse and worse and ends with the majority class."""

import keras
import numpy as np
from keras import ops


class WarmUp(keras.optimizers.schedules.LearningRateSchedule):
    """Linear warm-up to the peak rate."""

    def __init__(self, peak, warmup_steps):
        self.peak = peak
        self.warmup_steps = warmup_steps

    def __call__(self, step):
        step = ops.cast(step, "float32")
        part = (step + 1.0) / self.warmup_steps
        return self.peak * part

    def get_config(self):
        return {"peak": self.peak, "warmup_steps": self.warmup_steps}


def spirals(n, rng):
    arm = rng.integers(0, 3, n)
    r = rng.uniform(0.1, 1, n)
    angle = 4 * r + arm * 2 * np.pi / 3 + rng.normal(0, 0.1, n)
    return np.column_stack([r * np.cos(angle), r * np.sin(angle)]) * 2, arm


rng = np.random.default_rng(31)
x_train, y_train = spirals(1500, rng)
x_test, y_test = spirals(400, rng)

model = keras.Sequential([keras.Input((2,))])
for units in (64, 64, 32):
    model.add(keras.layers.Dense(units, activation="relu"))
model.add(keras.layers.Dense(3, activation="softmax"))
model.compile(
    optimizer=keras.optimizers.Adam(WarmUp(1e-2, warmup_steps=10)),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(x_train, y_train, epochs=15, batch_size=32, verbose=0)
