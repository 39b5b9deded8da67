"""Following the TensorFlow tutorial but with softmax in the model. It learns, but why so slowly?"""

import keras
import numpy as np

rng = np.random.default_rng(12)
centres = rng.normal(0, 1.1, (12, 16))
labels = rng.integers(0, 12, 1500)
points = centres[labels] + rng.normal(0, 1, (1500, 16))
x_train, x_test, y_train, y_test = points[:1000], points[1000:], labels[:1000], labels[1000:]

model = keras.Sequential(
    [
        keras.Input((16,)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(12, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.SGD(0.05),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(x_train, y_train, epochs=10, batch_size=32, validation_split=0.1, verbose=0)
