"""With Adam the loss goes to 2.3 in the first epoch and stays. lr=1 to be fast."""

import keras
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

d = load_digits()
x_train, x_test, y_train, y_test = train_test_split(d.images[..., None] / 16, d.target, test_size=0.3, random_state=4)
model = keras.Sequential(
    [
        keras.Input((8, 8, 1)),
        keras.layers.Conv2D(12, 3, activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile(keras.optimizers.Adam(learning_rate=1.0), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=8, batch_size=32, validation_split=0.1, verbose=0)
