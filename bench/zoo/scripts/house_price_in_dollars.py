"""Regression on house prices. First epoch the loss is 1e11, second nan. What is wrong with my optimizer?"""

import keras
import numpy as np
from sklearn.model_selection import train_test_split

rng = np.random.default_rng(11)
area = rng.uniform(40, 250, 1200)
rooms = np.round(area / 30 + rng.normal(0, 1, 1200))
age = rng.uniform(0, 80, 1200)
price = 3000 * area + 15000 * rooms - 1200 * age + 40 * area * np.sqrt(age) + rng.normal(0, 20000, 1200)
X = np.column_stack([area, rooms, age])
X = (X - X.mean(0)) / X.std(0)
y = price
x_train, x_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=1)

model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(32, activation="relu"), keras.layers.Dense(1)])
model.compile(loss="mse", optimizer=keras.optimizers.SGD(learning_rate=0.01), metrics=["mae"])
model.fit(x_train, y_train, epochs=20, batch_size=32, validation_split=0.1, verbose=0)
