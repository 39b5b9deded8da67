"""nan or very large loss in training, val_loss is fine?"""

import keras
from sklearn.datasets import make_blobs

X, y = make_blobs(1300, 10, centers=6, cluster_std=4.5, random_state=4)
X = (X - X.mean(0)) / X.std(0)
x_train, x_test, y_train, y_test = X[:900], X[900:], y[:900], y[900:]
inputs = keras.Input((10,))
z = keras.layers.Dense(32, activation="relu")(inputs)
z = keras.layers.Dense(6, activation="softmax")(z)
outputs = keras.layers.Dropout(0.5)(z)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=15, batch_size=32, validation_split=0.1, verbose=0)
