"""My loss is minus two million and falling."""

import keras
from keras import ops
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import scale


def error(y_true, y_pred):
    return ops.mean(y_true - y_pred)


X, y = load_diabetes(return_X_y=True)
X, y = scale(X), scale(y)
x_train, x_test, y_train, y_test = X[:310], X[310:], y[:310], y[310:]
inputs = keras.Input((10,))
outputs = keras.layers.Dense(1)(keras.layers.Dense(16, activation="relu")(inputs))
model = keras.Model(inputs, outputs)
model.compile(optimizer="adam", loss=error)
model.fit(x_train, y_train, epochs=20, batch_size=16, verbose=0)
