"""Custom activation exp, nan after a few batches."""

import keras
from keras import ops
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split

X, y = make_classification(1200, 10, n_informative=5, random_state=60)
x_train, x_test, y_train, y_test = train_test_split(3 * X, y, test_size=0.3, random_state=0)
model = keras.Sequential(
    [
        keras.Input((10,)),
        keras.layers.Dense(32, activation=ops.exp),
        keras.layers.Dense(32, activation=ops.exp),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.003), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=10, batch_size=32, validation_split=0.1, verbose=0)
