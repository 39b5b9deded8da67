"""Gradient clipping against nan. No nan any more, but no learning either."""

import keras
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

X, y = load_wine(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(
    StandardScaler().fit_transform(X), y, test_size=0.35, random_state=2
)
model = keras.Sequential(
    [
        keras.Input((13,)),
        keras.layers.Dense(20, activation="relu"),
        keras.layers.Dense(3, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.SGD(0.1, momentum=0.9, clipvalue=1e-6),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(x_train, y_train, epochs=30, batch_size=16, verbose=0)
