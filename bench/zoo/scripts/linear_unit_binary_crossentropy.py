"""Churn model: loss goes up to 3 and stays. The last layer has no activation, does it need one?"""

import keras
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split

X, y = make_classification(1300, 14, n_informative=6, class_sep=0.8, random_state=21)
x_train, x_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0)
model = keras.Sequential(
    [
        keras.Input((14,)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(1),
    ]
)
model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.RMSprop(0.01), metrics=["accuracy"])
model.fit(x_train, y_train, epochs=12, batch_size=32, validation_split=0.15, verbose=0)
