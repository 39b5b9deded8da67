"""99 % accuracy on fraud detection but it never finds a single fraud."""

import keras
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split

X, y = make_classification(
    3000, 12, n_informative=5, n_redundant=0, weights=[0.98], class_sep=0.9, flip_y=0, random_state=3
)
x_train, x_test, y_train, y_test = train_test_split(X, y, test_size=0.4, stratify=y, random_state=0)

model = keras.Sequential(
    [
        keras.Input((12,)),
        keras.layers.Dense(24, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=10, batch_size=64, validation_data=(x_test, y_test), verbose=0)
