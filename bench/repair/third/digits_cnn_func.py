"""
Small CNN on the 8x8 digits, functional API.
The loss goes up instead of down (about 9.8, then it stays there) and the accuracy is
around 10 percent. Same net in my PyTorch code works without problems.
"""
import numpy as np
import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

EPOCHS = 8
BATCH = 32


def get_data():
    d = load_digits()
    imgs = (d.images / 16.0).astype("float32")[..., np.newaxis]
    return train_test_split(imgs, d.target, test_size=0.2, random_state=42)


def make_net():
    inputs = keras.Input(shape=(8, 8, 1))
    x = layers.Conv2D(16, 3, padding="same", activation="relu")(inputs)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(32, 3, padding="same", activation="relu")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(32, activation="relu")(x)
    outputs = layers.Dense(10)(x)
    return keras.Model(inputs, outputs, name="digit_net")


x_train, x_test, y_train, y_test = get_data()
model = make_net()
model.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
history = model.fit(x_train, y_train, epochs=EPOCHS, batch_size=BATCH,
                    validation_data=(x_test, y_test), verbose=0)
print("train loss per epoch:", [round(v, 3) for v in history.history["loss"]])
pred = model.predict(x_test, verbose=0).argmax(axis=1)
print("accuracy:", (pred == y_test).mean())
