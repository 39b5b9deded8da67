"""All my hidden units have the same weights after training, is this a bug in Keras?"""

import keras
from sklearn.datasets import make_circles

X, y = make_circles(1200, noise=0.1, factor=0.5, random_state=1)
x_train, x_test, y_train, y_test = X[:900], X[900:], y[:900], y[900:]
ones = keras.initializers.Constant(0.5)
model = keras.Sequential(
    [
        keras.Input((2,)),
        keras.layers.Dense(24, activation="relu", kernel_initializer=ones),
        keras.layers.Dense(12, activation="relu", kernel_initializer=ones),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=15, batch_size=32, verbose=0)
