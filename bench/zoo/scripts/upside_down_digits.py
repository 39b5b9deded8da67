"""Added data augmentation to get more data; now 6 and 9 are mixed up and everything is worse."""

import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

digits = load_digits()
x_train, x_test, y_train, y_test = train_test_split(
    digits.images[..., None] / 16.0, digits.target, test_size=0.3, random_state=0
)
model = keras.Sequential(
    [
        keras.Input((8, 8, 1)),
        layers.RandomFlip("horizontal_and_vertical"),
        layers.RandomTranslation(0.5, 0.5),
        layers.Conv2D(16, 3, activation="relu"),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=8, batch_size=32, validation_split=0.1, verbose=0)
