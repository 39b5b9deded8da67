"""Sentences padded to 400 in front of the words' end; the LSTM forgets everything."""

import keras
import numpy as np

rng = np.random.default_rng(52)
label = rng.integers(0, 2, 700)
words = rng.integers(21, 60, (700, 10))
marked = rng.integers(0, 10, 700)
words[np.arange(700), marked] = 1 + 10 * label + rng.integers(0, 10, 700)
x = keras.utils.pad_sequences(words, maxlen=60, padding="post")
x_train, x_test, y_train, y_test = x[:500], x[500:], label[:500], label[500:]
model = keras.Sequential(
    [
        keras.layers.Embedding(61, 8),
        keras.layers.SimpleRNN(16),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=6, batch_size=32, validation_split=0.1, verbose=0)
