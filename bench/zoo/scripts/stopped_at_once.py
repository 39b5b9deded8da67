"""EarlyStopping stops after two epochs whatever I do."""

import keras
from sklearn.datasets import make_moons

X, y = make_moons(1500, noise=0.15, random_state=13)
x_train, x_test, y_train, y_test = X[:1000], X[1000:], y[:1000], y[1000:]
model = keras.Sequential(
    [
        keras.Input((2,)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
stop = keras.callbacks.EarlyStopping(monitor="val_loss", min_delta=0.2, patience=0)
model.fit(x_train, y_train, epochs=40, batch_size=32, validation_split=0.2, callbacks=[stop], verbose=0)
