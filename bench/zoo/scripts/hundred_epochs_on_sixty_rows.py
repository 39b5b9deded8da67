"""Train loss 1e-5, validation loss rises since epoch 15. Bigger network did not help."""

import keras
from sklearn.datasets import make_classification

X, y = make_classification(1000, 30, n_informative=4, flip_y=0.15, class_sep=0.9, random_state=50)
x_train, y_train, x_test, y_test = X[:120], y[:120], X[120:], y[120:]
model = keras.Sequential(
    [
        keras.Input((30,)),
        keras.layers.Dense(256, activation="relu"),
        keras.layers.Dense(256, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(keras.optimizers.Adam(0.002), "binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=80, batch_size=16, validation_data=(x_test[:200], y_test[:200]), verbose=0)
