"""index out of range in the loss / "target out of bounds" after a few batches. Labels are integers 0 ... 5."""

import keras
import numpy as np
from sklearn.datasets import make_blobs
from sklearn.model_selection import train_test_split

X, y = make_blobs(1300, n_features=5, centers=6, cluster_std=2.5, random_state=30)
X = (X - X.mean(0)) / X.std(0)
x_train, x_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=30)

n_features = x_train.shape[1]
n_classes = np.max(y_train)


def create_model(units=32):
    model = keras.Sequential()
    model.add(keras.Input((n_features,)))
    model.add(keras.layers.Dense(units, activation="relu"))
    model.add(keras.layers.Dense(int(n_classes), activation="softmax"))
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


model = create_model()
model.fit(x_train, y_train, epochs=12, batch_size=32, verbose=0)
print(model.evaluate(x_test, y_test, verbose=0))
