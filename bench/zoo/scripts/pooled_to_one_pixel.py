"""CNN with many pooling layers on tiny images."""

import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

d = load_digits()
x_train, x_test, y_train, y_test = train_test_split(d.images[..., None] / 16, d.target, test_size=0.3, random_state=18)
model = keras.Sequential(
    [
        layers.Input((8, 8, 1)),
        layers.MaxPooling2D(8),
        layers.Conv2D(16, 3, padding="same", activation="relu"),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=8, batch_size=32, validation_split=0.1, verbose=0)
