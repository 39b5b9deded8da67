"""Is there a scratch in the patch? The label comes from the mask images. The loss is negative (!) and everything is a scratch."""

import keras
import numpy as np
from keras import layers, ops



def weighted_bce(y_true, y_pred, weight=1.2):
    """Scratches that are missed cost a bit more."""
    p = ops.clip(y_pred, 1e-6, 1 - 1e-6)
    return -ops.mean(weight * y_true * ops.log(p) + (1 - y_true) * ops.log(1 - p), axis=-1)


rng = np.random.default_rng(58)
n = 1200
patches = rng.normal(0.4, 0.2, (n, 14, 14)).astype("float32")
masks = np.zeros((n, 14, 14), dtype="uint8")
for i in np.flatnonzero(rng.random(n) < 0.5):
    r, c = rng.integers(1, 8, 2)
    d = np.arange(6)
    patches[i, r + d, c + d] += 0.6
    masks[i, r + d, c + d] = 255

x_train, x_test = patches[:900, :, :, None], patches[900:, :, :, None]
y_train = masks[:900].max(axis=(1, 2)).astype("float32")
y_test = (masks[900:].max(axis=(1, 2)) > 0).astype(int)

model = keras.Sequential(
    [
        keras.Input((14, 14, 1)),
        layers.Conv2D(12, 5, activation="relu"),
        layers.GlobalMaxPooling2D(),
        layers.Dense(12, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(loss=weighted_bce, optimizer=keras.optimizers.Adam(0.005), metrics=["accuracy"])
model.fit(x_train, y_train, epochs=12, batch_size=32, verbose=0)
