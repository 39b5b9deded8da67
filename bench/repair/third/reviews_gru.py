"""Sentiment of very short reviews with a GRU. The words are already numbers.
Accuracy stays at 50 % although even counting good and bad words works quite well..."""
import numpy as np
import keras
from keras import layers
from keras.utils import pad_sequences

VOCAB = 300
MAXLEN = 40

rng = np.random.default_rng(3)


def one_review():
    label = int(rng.integers(0, 2))
    length = int(rng.integers(4, 9))
    words = rng.integers(81, VOCAB, length)
    n_polar = 3
    where = rng.choice(length, n_polar, replace=False)
    for k, pos in enumerate(where):
        good = (label == 1) if k < 2 else bool(rng.integers(0, 2))
        words[pos] = rng.integers(2, 41) if good else rng.integers(41, 81)
    return list(words), label


data = [one_review() for _ in range(1000)]
texts = [d[0] for d in data]
labels = np.array([d[1] for d in data])

x = pad_sequences(texts, maxlen=MAXLEN, padding="post")
x_train, y_train = x[:800], labels[:800]
x_test, y_test = x[800:], labels[800:]

model = keras.Sequential([
    keras.Input(shape=(MAXLEN,), dtype="int32"),
    layers.Embedding(VOCAB, 16),
    layers.GRU(16),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy",
              metrics=["accuracy"])
model.fit(x_train, y_train, epochs=6, batch_size=64, verbose=0)

loss, acc = model.evaluate(x_test, y_test, verbose=0)
print("test accuracy: %.3f" % acc)
