"""Time series people told me never to shuffle. My rows are one per customer, sorted by plan."""

import keras
import numpy as np
from sklearn.datasets import make_blobs

X, plan = make_blobs(1500, 6, centers=4, cluster_std=3.0, random_state=1)
X = (X - X.mean(0)) / X.std(0)
x_test, y_test = X[1100:], plan[1100:]
rows = np.argsort(plan[:1100])
x_train, y_train = X[:1100][rows], plan[:1100][rows]

model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(24, activation="relu"), keras.layers.Dense(4)])
model.compile(
    optimizer=keras.optimizers.SGD(0.1, momentum=0.9),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(x_train, y_train, batch_size=32, epochs=10, shuffle=False, verbose=0)
