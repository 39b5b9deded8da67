"""Text topics with embeddings, RMSprop(0.5): it learns nothing, the loss is in the hundreds."""

import keras
import numpy as np

rng = np.random.default_rng(30)
topic = rng.integers(0, 3, 1200)
words = rng.integers(30, 90, (1200, 15))
own = rng.random((1200, 15)) < 0.3
words[own] = (topic[:, None] * 10 + rng.integers(0, 10, (1200, 15)))[own]
x_train, x_test, y_train, y_test = words[:900], words[900:], topic[:900], topic[900:]
model = keras.Sequential(
    [
        keras.layers.Embedding(90, 12),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(3, activation="softmax"),
    ]
)
model.compile(keras.optimizers.RMSprop(0.5), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=10, batch_size=32, validation_split=0.1, verbose=0)
