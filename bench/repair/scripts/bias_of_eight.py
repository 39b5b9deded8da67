"""Course exercise: 'initialise the bias to a positive constant so that units are active in the beginning'.

I did exactly that but the network does not learn (XOR of two signs, accuracy 0.5).
"""
import numpy as np
import keras

rng = np.random.default_rng(1234)


def quadrants(n):
    p = rng.uniform(-1.5, 1.5, size=(n, 2))
    label = p[:, 0] * p[:, 1] > 0
    return p, label.astype(int)


x_train, y_train = quadrants(1600)
x_test, y_test = quadrants(400)

positive = keras.initializers.Constant(8.0)
hidden = dict(activation="tanh", bias_initializer=positive)

model = keras.Sequential(
    [
        keras.layers.Input((2,)),
        keras.layers.Dense(64, **hidden),
        keras.layers.Dense(32, **hidden),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=15, batch_size=32, verbose=0)
print(model.evaluate(x_test, y_test, verbose=0)[1])
