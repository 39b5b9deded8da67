"""Short texts padded behind to a long length; the recurrent layer answers after the zeros."""

import keras
import numpy as np

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)
y = rng.integers(0, 2, 800)
words = rng.integers(21, 60, (800, 12))
words[np.arange(800), rng.integers(0, 12, 800)] = 1 + 10 * y + rng.integers(0, 10, 800)
x = keras.utils.pad_sequences(words, maxlen=80, padding="post")

model = keras.Sequential(
    [
        keras.layers.Embedding(61, 8),
        keras.layers.SimpleRNN(16),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=8, batch_size=32, validation_split=0.2, verbose=0)
