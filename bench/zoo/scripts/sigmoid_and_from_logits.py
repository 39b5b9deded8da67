"""Is it normal that binary cross-entropy never falls below 0.5?"""

import keras
from keras import layers, losses
from sklearn.datasets import make_circles

X, y = make_circles(1400, noise=0.12, factor=0.5, random_state=3)
x_train, x_test, y_train, y_test = X[:1000], X[1000:], y[:1000], y[1000:]

model = keras.Sequential(
    [
        layers.Input((2,)),
        layers.Dense(16, activation="tanh"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(keras.optimizers.SGD(0.1), losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"])
model.fit(x_train, y_train, epochs=30, batch_size=32, validation_data=(x_test, y_test), verbose=0)
