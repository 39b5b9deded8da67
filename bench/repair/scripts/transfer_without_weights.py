"""Transfer learning in small: take a base network, freeze it, train only the head. I get 20 % on ten digits."""

import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def make_base():
    return keras.Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Conv2D(6, 3, activation="relu"),
            layers.Conv2D(12, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
        ],
        name="base",
    )


def make_classifier(base, freeze):
    base.trainable = not freeze
    inputs = keras.Input((8, 8, 1))
    features = base(inputs)
    features = layers.Dense(32, activation="relu")(features)
    scores = layers.Dense(10)(features)
    return keras.Model(inputs, scores)


digits = load_digits()
x_train, x_test, y_train, y_test = train_test_split(
    digits.images.reshape(-1, 8, 8, 1) / 16.0, digits.target, test_size=0.25, random_state=3
)
model = make_classifier(make_base(), freeze=True)
model.compile(
    optimizer=keras.optimizers.Adam(0.005),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(x_train, y_train, epochs=10, batch_size=32, validation_split=0.1, verbose=0)
