"""accuracy 0.99, val_accuracy 0.1. Same data for both!"""

import keras
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

data = load_digits()
x_train, x_test, y_train, y_test = train_test_split(data.images[..., None], data.target, test_size=0.3, random_state=0)
model = keras.Sequential(
    [
        keras.Input((8, 8, 1)),
        keras.layers.Conv2D(16, 3, use_bias=False),
        keras.layers.BatchNormalization(momentum=0.9999),
        keras.layers.Activation("relu"),
        keras.layers.Flatten(),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=8, batch_size=32, validation_data=(x_train, y_train), verbose=0)
