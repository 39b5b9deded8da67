"""A training for `bench/exam`: digits, a small convolutional network, as many epochs as asked for.

Arguments: EPOCHS [LEARNING_RATE]
"""

import sys

import keras
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(0)
epochs = int(sys.argv[1])
rate = float(sys.argv[2]) if len(sys.argv) > 2 else 0.001

images, labels = load_digits(return_X_y=True)
images = images.reshape(-1, 8, 8, 1).astype("float32") / 16
x, x_held_out, y, y_held_out = train_test_split(images, labels, test_size=0.2, stratify=labels, random_state=0)

model = keras.Sequential(
    [
        keras.Input((8, 8, 1)),
        keras.layers.Conv2D(32, 3, padding="same", activation="relu"),
        keras.layers.Conv2D(64, 3, padding="same", activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dropout(0.3),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, batch_size=32, epochs=epochs, validation_data=(x_held_out, y_held_out), verbose=0)
