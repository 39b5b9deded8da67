"""loss: nan after some batches (regression, everything is standardised!)"""

import keras
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import scale

X, y = load_diabetes(return_X_y=True)
X, y = scale(X), scale(y)
x_train, x_test, y_train, y_test = X[:310], X[310:], y[:310], y[310:]
model = keras.Sequential([keras.Input((10,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.SGD(learning_rate=10.0), loss="mse", metrics=["mae"])
model.fit(x_train, y_train, epochs=12, batch_size=16, validation_data=(x_test, y_test), verbose=0)
