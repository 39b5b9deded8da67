"""Labels are -1 and +1 (from an SVM tutorial). Loss becomes hugely negative, is that good?"""

import keras
import numpy as np
from sklearn.datasets import make_moons

X, t = make_moons(1200, noise=0.2, random_state=0)
y = np.where(t == 1, 1, -1)
x_train, x_test, y_train, y_test = X[:800], X[800:], y[:800], y[800:]

model = keras.Sequential(name="svm_like")
model.add(keras.layers.Dense(32, activation="relu"))
model.add(keras.layers.Dense(32, activation="relu"))
model.add(keras.layers.Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.005), metrics=["accuracy"])
model.fit(x_train, y_train, epochs=15, batch_size=32, validation_split=0.2, verbose=0)
