"""Images that are shifted out of the picture."""

import keras
import numpy as np

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)
y = rng.integers(0, 2, size=400)
x = rng.uniform(size=(400, 12, 12, 1)).astype("float32") * 0.5
x[y == 1, 3:9, 3:9] += 0.4

model = keras.Sequential(
    [
        keras.Input((12, 12, 1)),
        keras.layers.RandomTranslation((0.9, 1.0), 0.0, fill_mode="constant"),
        keras.layers.Conv2D(8, 3, activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dense(2, activation="softmax"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=12, batch_size=32, validation_split=0.2, verbose=0)
