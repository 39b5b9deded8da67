"""Assign tags to movies from the words of the description (bag of words).
A movie has one to three of six tags. The model finds at most one of them and the
F1 score is low, although the loss goes down nicely."""
import numpy as np
from sklearn.metrics import f1_score
import keras
from keras.layers import Dense, Dropout, Input
from keras.models import Model

TAGS = ["action", "romance", "space", "crime", "family", "war"]
N_WORDS = 60


def make_movies(n):
    rng = np.random.RandomState(101)
    tags = np.zeros((n, len(TAGS)), dtype="float32")
    for row in tags:
        row[rng.choice(len(TAGS), rng.randint(1, 4), replace=False)] = 1
    prob = np.full((n, N_WORDS), 0.06)
    for t in range(len(TAGS)):
        prob[:, t * 8:(t + 1) * 8] += 0.45 * tags[:, [t]]
    words = (rng.rand(n, N_WORDS) < prob).astype("float32")
    return words, tags


words, tags = make_movies(1800)
x_train, y_train = words[:1400], tags[:1400]
x_test, y_test = words[1400:], tags[1400:]

inp = Input(shape=(N_WORDS,))
h = Dense(64, activation="relu")(inp)
h = Dropout(0.2)(h)
out = Dense(len(TAGS), activation="softmax")(h)
tagger = Model(inp, out)
tagger.compile(loss="categorical_crossentropy", optimizer="adam")

tagger.fit(x_train, y_train, batch_size=32, epochs=15, verbose=0,
           validation_data=(x_test, y_test))

pred = tagger.predict(x_test, verbose=0) > 0.5
print("tags per movie (true):     ", y_test.sum(axis=1).mean())
print("tags per movie (predicted):", pred.sum(axis=1).mean())
print("micro F1:", f1_score(y_test, pred, average="micro"))
