"""Kaggle metric is RMSLE so I made it my loss. loss: nan from epoch 1 (profit of shops in thousands)."""

import keras
import numpy as np
from keras import ops
from sklearn.model_selection import train_test_split


def msle(y_true, y_pred):
    difference = ops.log1p(y_pred) - ops.log1p(y_true)
    return ops.mean(ops.square(difference), axis=-1)


rng = np.random.default_rng(64)
n = 1300
visitors = rng.normal(0, 1, n)
rent = rng.normal(0, 1, n)
staff = rng.normal(0, 1, n)
profit = 2 * visitors - 1.5 * rent + visitors * staff + rng.normal(0, 0.3, n)
X = np.c_[visitors, rent, staff]
x_train, x_test, y_train, y_test = train_test_split(X, profit.reshape(-1, 1), test_size=0.25, random_state=0)

model = keras.Sequential()
model.add(keras.layers.Input((3,)))
model.add(keras.layers.Dense(48, activation="relu"))
model.add(keras.layers.Dense(24, activation="relu"))
model.add(keras.layers.Dense(1))
model.compile(loss=msle, optimizer=keras.optimizers.RMSprop(0.003), metrics=["mae"])
model.fit(x_train, y_train, epochs=18, batch_size=32, validation_split=0.1, verbose=0)
